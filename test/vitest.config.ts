import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/support/built.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Two noisy cores: a limit is for what hangs, not for what is slow.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Kills, cuts and stalls are played in real time on two shared cores: what fails only once is told as flaky, not as broken.
    retry: process.env['CI'] ? 2 : 0,
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
    pool: 'forks',
  },
});
