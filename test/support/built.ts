/** Why: the page is built once for all tests, as it is served: `dist/` is what `npm start` makes, and vitest looks first whether it is that of the sources. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './server.ts';

/** What `buildWeb` wrote; a test that changes it takes a copy. */
export const BUILT_WEB = join(ROOT, 'dist/web');

/** For vitest's `globalSetup`. @throws Error where the sources cannot be built. */
export default function buildWhatIsOld(): void {
  const { status } = spawnSync(process.execPath, ['infra/ready.mjs'], { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) throw new Error('dist/ could not be built: see above');
}
