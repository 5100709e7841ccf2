import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

// Everything the suite keeps goes below node_modules, never into the home directory of whoever runs it.
const home = join(import.meta.dirname, 'node_modules', '.cache', 'dps-emulator-test');
mkdirSync(home, { recursive: true });

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'webhook/test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    env: { DPS_EMULATOR_HOME: home },
  },
});
