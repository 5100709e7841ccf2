/** How the end of a command is told: as a POSIX shell tells it. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand, type SignalPost } from '../../../cli/exec/run-command.ts';
import { type Home, ranWith, temporaryHome } from '../support/in-process.ts';

const noSignals: SignalPost = { early: () => undefined, deliverTo: () => undefined };

/** With what the program itself says meanwhile. */
async function ended(command: readonly string[], signals: SignalPost = noSignals, env: Home['env'] = {}) {
  const { code, stderr } = await ranWith(env, () => runCommand(command, { GREETING: 'hello' }, signals));
  return { code, said: stderr };
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

describe('on a PATH', () => {
  /** A folder with no command, one that may not be searched, one that holds a folder of the command's name, and a file. */
  async function path(...folders: readonly ('empty' | 'locked' | 'misleading' | 'file')[]): Promise<Home['env']> {
    const { directory } = await temporaryHome();
    await Promise.all(
      ['empty', 'locked', 'misleading/tool', 'file'].map((name) => mkdir(join(directory, name), { recursive: true })),
    );
    await writeFile(join(directory, 'file', 'tool'), '#!/bin/sh\n', { mode: 0o600 });
    await chmod(join(directory, 'locked'), 0o600);
    return { PATH: folders.map((name) => join(directory, name)).join(delimiter) };
  }
  const absent = { code: 127, said: 'dps-emulator: tool: command not found\n' };

  it.each([
    ['a folder that may not be searched', ['locked', 'empty']],
    ['a folder that holds a folder of that name', ['misleading', 'empty']],
  ] as const)('with %s it is still 127 when it is not found', async (_what, folders) => {
    expect(await ended(['tool'], noSignals, await path(...folders))).toEqual(absent);
  });

  it('is 126 when it is found and may not be run', async () => {
    expect(await ended(['tool'], noSignals, await path('locked', 'file'))).toEqual({
      code: 126,
      said: 'dps-emulator: tool: cannot be run (EACCES)\n',
    });
  });
});

it('has the variables, beside those of this process', async () => {
  expect(await ended(['sh', '-c', 'test "$GREETING" = hello && test -n "$PATH"'])).toEqual({ code: 0, said: '' });
});

it('is not started when a signal came before', async () => {
  const signals: SignalPost = { early: () => 'SIGINT', deliverTo: () => expect.unreachable('it was started') };
  expect(await ended(['true'], signals)).toEqual({ code: 130, said: '' });
});
