/** `npm run test:long`: what takes more time or more processes than the fast suite may. */
import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

/** For what hangs, as in the fast suite. */
const testTimeout = 300_000;

export default defineConfig({
  test: {
    ...shared,
    testTimeout,
    hookTimeout: testTimeout,
    pool: 'forks',
    maxWorkers: 2,
    include: ['test/**/*.long.test.ts'],
  },
});
