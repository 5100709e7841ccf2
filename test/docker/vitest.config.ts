/** The suite that needs a container engine: `npm run test:docker`. One file at a time: containers are measured. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/docker/**/*.docker.ts'],
    globalSetup: ['test/docker/global-setup.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 60_000,
  },
});
