import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));
// As `npm start` does: the servers and tools that tests start read what the first of them compiled.
process.env['NODE_COMPILE_CACHE'] ??= join(root, '.cache/node');

// What starts browsers and servers, and what would be disturbed by what an earlier file left behind.
const ALONE = [
  'test/{faults,infra,journeys}/**/*.test.ts',
  'test/agent/{bundle,deploy/deploy}.test.ts',
  'test/broker/{clients,frozen-reader,kill}.test.ts',
  'test/incident/{offline,phone,pushed}.test.ts',
  'test/store/{duckdb-crash,worker}.test.ts',
  'test/web/{page-*,drawn-walk,languages,telling}.test.ts',
];

// What tells the rate of a line by packets that must be in time.
const LINES = [
  'test/lab/**/*.test.ts',
  'test/journeys/slow-line.test.ts',
  'test/agent/{sensors/throughput,speed/clients}.test.ts',
  'test/broker/speed/{ndt7,thread,udp}.test.ts',
];

export default defineConfig({
  root,
  test: {
    globalSetup: ['test/support/built.ts'],
    setupFiles: ['test/support/seed.ts'],
    // Two noisy cores: a limit is for what hangs, not for what is slow.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Kills, cuts and stalls are played in real time on two shared cores: what fails only once is told as flaky, not as broken.
    retry: process.env['CI'] ? 2 : 0,
    expect: { poll: { timeout: 15_000 } },
    pool: 'forks',
    projects: [
      // With a process each first, so that many short ones fill the end. One more at a time than there are cores: many wait for a browser,
      // a kill or a clock.
      { extends: true, test: { name: 'alone', include: ALONE, exclude: LINES, maxWorkers: 3 } },
      // To load the same libraries for each file took as long as the tests themselves.
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: [...ALONE, ...LINES],
          isolate: false,
          maxWorkers: 3,
        },
      },
      // After all others, with a core each.
      { extends: true, test: { name: 'lines', include: LINES, maxWorkers: 2, sequence: { groupOrder: 1 } } },
    ],
  },
});
