/** Installs from Debian what a program is missing. */
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { run, works } from '../support/run.ts';

const LIMIT_MS = 240_000;
/** Offline, each address would be tried for minutes. */
const OPTIONS = ['-qq', '-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::Retries=1', '-o', 'DPkg::Lock::Timeout=60'];
/** Asked by packages whether their services may start. */
const POLICY = '/usr/sbin/policy-rc.d';

/** @param packages name of the package by the program that is missing without it */
export async function installFromDebian(packages: Readonly<Record<string, string>>): Promise<void> {
  const missing = new Set<string>();
  for (const [program, name] of Object.entries(packages)) {
    if (!(await works('sh', ['-c', `command -v ${program}`]))) missing.add(name);
  }
  if (missing.size === 0) return;
  console.log(`test:docker: installing ${[...missing].join(', ')} from Debian`);
  const options = { env: { DEBIAN_FRONTEND: 'noninteractive' }, timeoutMs: LIMIT_MS };
  await run('apt-get', ['update', ...OPTIONS], options);
  await withoutServices(() =>
    run('apt-get', ['install', '-y', '--no-install-recommends', ...OPTIONS, ...missing], options),
  );
}

/** The package's own engine would stay when the tests have ended. */
async function withoutServices(install: () => Promise<unknown>): Promise<void> {
  if (existsSync(POLICY)) return void (await install());
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await install();
  } finally {
    await rm(POLICY);
  }
}
