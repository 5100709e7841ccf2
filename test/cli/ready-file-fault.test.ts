/** A ready file that cannot be written is one clear line, also where Node's own recursive mkdir would never return. */
import { expect, it } from 'vitest';
import { type ReadyDocument, writeReadyFile } from '../../client/ready-file.ts';

it.skipIf(process.platform !== 'linux')('names the flag when the directory cannot be made', () => {
  const path = '/proc/no-such-directory/ready.json';
  expect(() => writeReadyFile(path, {} as ReadyDocument)).toThrow(
    /the ready file \/proc\/.* cannot be written .*--ready-file/,
  );
});
