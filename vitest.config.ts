import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

// Everything the suite keeps goes below node_modules, never into the home directory of whoever runs it.
const home = join(import.meta.dirname, 'node_modules', '.cache', 'dps-emulator-test');
mkdirSync(home, { recursive: true });

/** For what hangs; a busy machine is no fault. */
const testTimeout = 60_000;

export const shared = {
  testTimeout,
  hookTimeout: testTimeout,
  expect: { poll: { interval: 2, timeout: testTimeout } },
  env: { DPS_EMULATOR_HOME: home },
};

/** Tests that replace a part of Node for their file; all others share a process, which saves a third of the time. */
const ISOLATED = 'test/**/*.isolated.test.ts';
/** Thorough or heavy ones: `npm run test:long`. */
const LONG = 'test/**/*.long.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'fast',
          isolate: false,
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ISOLATED, LONG],
        },
      },
      { test: { ...shared, name: 'isolated', include: [ISOLATED] } },
    ],
  },
});
