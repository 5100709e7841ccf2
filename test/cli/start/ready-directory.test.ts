import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FREE_PORTS, run, temporaryHome } from '../support/in-process.ts';

describe('start', () => {
  it('ends with one line when there is no place for its ready file, and leaves nothing running', async () => {
    const home = await temporaryHome();
    await writeFile(join(home.directory, 'run'), 'a file where a directory belongs');
    const ran = await run(home, ['start', ...FREE_PORTS]);
    const directory = join(home.directory, 'run');
    expect(ran).toEqual({
      code: 1,
      stdout: '',
      stderr: `dps-emulator: ${directory} is where commands find this emulator, and cannot be written: make it writable, or set DPS_EMULATOR_HOME to a directory that is\n`,
    });
  });
});
