/** `dps-emulator contracts run --target`: it tidies up after Ctrl+C, and shows no key. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { azureLike, runningEmulator } from '../contracts/support/targets.ts';
import { begin, run, temporaryHome } from './support/in-process.ts';

describe('contracts run --target', () => {
  it('leaves a running emulator as it was after Ctrl+C', async () => {
    const { emulator } = await runningEmulator({ clock: 'scaled', clockFactor: 3 });
    const before = await emulator.exportSetUp();
    const home = await temporaryHome();
    const { control } = emulator.endpoints;
    const { signal, ended } = begin(home, ['contracts', 'run', '--target', control]);
    const stop = emulator.journal.subscribe((_subject, { event }) => {
      if (event.kind !== 'operation-opened') return;
      stop();
      signal('SIGINT');
    });
    expect(await ended).toMatchObject({ code: 2 });
    expect(await emulator.exportSetUp()).toEqual(before);
    expect([emulator.clock.mode, emulator.clock.factor]).toEqual(['scaled', 3]);
    expect(emulator.journal.timelines()).toEqual([]);
  });

  it('lists what it will make at the real service, and asks for --yes where there is no terminal', async () => {
    const { emulator, path, keys } = await azureLike({ hasWebhook: false });
    const home = await temporaryHome();
    const args = ['contracts', 'run', 'allocate-static', '--transport', 'https', '--target', `azure:${path}`];
    const asked = await run(home, [...args, '--prefix', 'ct-cli']);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(/^allocate-static \(https\): enrollment group ct-cli-[0-9a-f]{8}-hashed-group, /);
    expect(asked.stderr).toContain('there is no terminal to ask on: say --yes');
    const { code, stdout, stderr } = await run(home, [...args, '--yes']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('✓ allocate-static  https')]);
    expect(await emulator.registrations()).toEqual([]);
    for (const key of keys) expect(asked.stderr + stdout + stderr).not.toContain(key);
    expect(await readFile(path, 'utf8')).toContain(keys[0]);
  });

  it('says what is not run and why, in lines of 80 columns', async () => {
    const { emulator } = await runningEmulator();
    const home = await temporaryHome();
    const args = [
      'contracts',
      'run',
      'answer-t*',
      'poll-answers-*',
      '--transport',
      'https',
      '--target',
      emulator.endpoints.control,
    ];
    const { stdout } = await run(home, args);
    expect(stdout).toContain(
      'not run, because it needs an emulator with options of its own:\n  poll-answers-assigned,',
    );
    expect(stdout).toContain(`target ${emulator.endpoints.control}`);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it.each([
    [
      'nonsense',
      '"nonsense" is no target; a target is in-process, the control URL of a running emulator, or azure:FILE',
    ],
    ['azure:/nowhere.yaml', '/nowhere.yaml cannot be read: ENOENT'],
  ])('%s is refused: %s', async (target, told) => {
    const { code, stderr } = await run(await temporaryHome(), ['contracts', 'run', 'row:1', '--target', target]);
    expect(code).toBe(2);
    expect(stderr).toContain(told);
  });

  it('ends with 3 when no emulator is there', async () => {
    const args = ['contracts', 'run', 'row:1', '--target', 'http://127.0.0.1:1'];
    const { code, stderr } = await run(await temporaryHome(), args);
    expect(code).toBe(3);
    expect(stderr).toContain('the emulator at http://127.0.0.1:1 (from --target) cannot be reached');
  });
});
