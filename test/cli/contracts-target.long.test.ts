/** Ctrl+C as the terminal sends it, to a process that runs cases at a target which is not its own. */
import { expect, it } from 'vitest';
import { azureLike, runningEmulator, stateOf } from '../contracts/support/targets.ts';
import { runOn, temporaryHome } from './support/command.ts';

it.each([
  ['a running emulator', () => runningEmulator()],
  ['a service that is addressed as the real one is', () => azureLike()],
] as const)('leaves %s as it was', async (_what, start) => {
  const { emulator, args } = await start();
  const before = await stateOf(emulator);
  const { child, ended } = runOn(await temporaryHome(), ['contracts', 'run', ...args, '--yes', '--json']);
  const stop = emulator.journal.subscribe((_subject, { event }) => {
    if (event.kind !== 'concluded') return;
    stop();
    child.kill('SIGINT');
  });
  expect(await ended).toBe(2);
  expect(await stateOf(emulator)).toEqual(before);
});
