/** Why: the alert engine in a process of its own, so that a test can kill it at any moment. Usage: crash-child.ts STATE_FILE */
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { CRASH_NOW, CRASH_SITES, crashLog } from './crash-log.ts';
import { fakeBroker, settings, stateWith } from './world.ts';

const [path = ''] = process.argv.slice(2);
const state = stateWith(path, CRASH_SITES);
const log = crashLog();
const broker = fakeBroker(log);
const engine = createAlertEngine({
  settings,
  state,
  broker,
  clock: { wallMs: () => CRASH_NOW, monoMs: systemClock.monoMs },
  log: silentLogger,
  every: () => () => undefined,
});
engine.start();
process.stdout.write('up\n');
const watch = setInterval(() => {
  if (broker.committed < log.length) return;
  clearInterval(watch);
  void engine.stop().then(() => {
    state.close();
    process.stdout.write('done\n');
  });
}, 5);
