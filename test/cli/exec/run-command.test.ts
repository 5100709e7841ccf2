/** How the end of a command is told: as a POSIX shell tells it. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { runCommand, type SignalPost } from '../../../cli/exec/run-command.ts';

const noSignals: SignalPost = { early: () => undefined, deliverTo: () => undefined };

/** What the program itself says meanwhile. */
async function ended(command: readonly string[], signals: SignalPost = noSignals) {
  const said: string[] = [];
  const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  onTestFinished(() => spy.mockRestore());
  return { code: await runCommand(command, { GREETING: 'hello' }, signals), said: said.join('') };
}

it.each<[string, readonly string[], number, string]>([
  ['its exit code', ['sh', '-c', 'exit 9'], 9, ''],
  ['128 and the number of the signal that ended it', ['sh', '-c', 'kill -TERM $$'], 143, ''],
  ['127 when it is not found', ['no-such-command'], 127, 'dps-emulator: no-such-command: command not found\n'],
  [
    '126 when it may not be run',
    [import.meta.filename],
    126,
    `dps-emulator: ${import.meta.filename}: cannot be run (EACCES)\n`,
  ],
])('is %s', async (_what, command, code, said) => {
  expect(await ended(command)).toEqual({ code, said });
});

it('has the variables, beside those of this process', async () => {
  expect(await ended(['sh', '-c', 'test "$GREETING" = hello && test -n "$PATH"'])).toEqual({ code: 0, said: '' });
});

it('is not started when a signal came before', async () => {
  const signals: SignalPost = { early: () => 'SIGINT', deliverTo: () => expect.unreachable('it was started') };
  expect(await ended(['true'], signals)).toEqual({ code: 130, said: '' });
});
