/** A directory of one test's own, gone when the test has ended. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'dps-emulator-tls-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
