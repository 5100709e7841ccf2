/** Installs from Debian what a program is missing. */
import { run, works } from '../support/run.ts';

const LIMIT_MS = 300_000;

/** @param packages name of the package by the program that is missing without it */
export async function installFromDebian(packages: Readonly<Record<string, string>>): Promise<void> {
  const missing = new Set<string>();
  for (const [program, name] of Object.entries(packages)) {
    if (!(await works('sh', ['-c', `command -v ${program}`]))) missing.add(name);
  }
  if (missing.size === 0) return;
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: LIMIT_MS };
  await run('apt-get', ['update', '-qq'], options);
  await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...missing], options);
}
