/** `npm run test:long`: what takes more time or more processes than the fast suite may. */
import { defineConfig } from 'vitest/config';
import { shared } from './vitest.config.ts';

export default defineConfig({
  test: { ...shared, testTimeout: 120_000, pool: 'forks', maxWorkers: 2, include: ['test/**/*.long.test.ts'] },
});
