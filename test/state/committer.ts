/** Why: a process of its own that can be killed: commits as fast as it can and tells each commit after it returned. */
import { writeSync } from 'node:fs';
import { openState } from '#state';

const state = openState({ path: process.argv[2] ?? '' });
for (let n = 1; ; n++) {
  state.transaction(() => {
    state.keep.set('n', String(n));
    state.alerts.setMemory('slow', 'a', String(n));
  });
  writeSync(1, `${n}\n`);
}
