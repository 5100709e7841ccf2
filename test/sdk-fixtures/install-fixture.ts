/** Installs a fixture's own packages from its lock, the first time that a test needs them. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Time for a first installation. */
export const INSTALL_TIMEOUT_MS = 180_000;

/** @returns the fixture's directory */
export async function installedFixture(name: string): Promise<string> {
  const directory = join(import.meta.dirname, name);
  // npm writes this file last.
  if (existsSync(join(directory, 'node_modules', '.package-lock.json'))) return directory;
  const flags = ['ci', '--ignore-scripts', '--no-audit', '--no-fund'];
  await promisify(execFile)('npm', flags, { cwd: directory, timeout: INSTALL_TIMEOUT_MS });
  return directory;
}
