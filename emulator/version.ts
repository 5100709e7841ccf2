/** The version of this package, from its own manifest: the same from the sources and from the build. */
import { createRequire } from 'node:module';

const manifest = createRequire(import.meta.url)('dps-emulator/package.json') as { readonly version: string };

export const VERSION = manifest.version;
