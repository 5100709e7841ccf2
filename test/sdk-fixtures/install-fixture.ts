/** A fixture with packages of its own: the service SDKs may not share a tree with the device SDKs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The test suite needs no network, so it does not install; CI does it as a step of its own. */
export const HOW_TO_INSTALL = 'THE SERVICE SDKS ARE NOT INSTALLED: npm run fixtures';

/** @returns the fixture's directory; `undefined` when its packages are not there */
export function installedFixture(name: string): string | undefined {
  const directory = join(import.meta.dirname, name);
  // npm writes this file last.
  return existsSync(join(directory, 'node_modules', '.package-lock.json')) ? directory : undefined;
}
