/** Why: `npm run screenshots` draws the pictures of the docs; it is no test, and `npm test` does not run it. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: { include: ['test/screenshots/*.shots.ts'], testTimeout: 120_000, hookTimeout: 120_000, maxWorkers: 1 },
});
