import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
// As `npm start` does: the servers and tools that tests start read what the first of them compiled.
process.env['NODE_COMPILE_CACHE'] ??= join(root, '.cache/node');

export default defineConfig({
  root,
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
