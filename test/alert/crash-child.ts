/**
 * Why: the alert engine in a process of its own, so that a test can kill it at any moment; or it kills itself at a write, which is the
 * worst one. Usage: crash-child.ts STATE_FILE [WRITE]
 */
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { CRASH_NOW, CRASH_SITES, crashLog } from './crash-log.ts';
import { fakeBroker, settings, stateWith } from './world.ts';

const [path = '', write = '0'] = process.argv.slice(2);
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
engine.editRules({ all: { 'slow.profile': 'demo' } }, 'test');
if (Number(write) > 0) killAt(Number(write));
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

/** Before its n-th write, within the transaction. */
function killAt(n: number): void {
  let writes = 0;
  const counted =
    <A extends unknown[], R>(work: (...args: A) => R): ((...args: A) => R) =>
    (...args) => {
      writes += 1;
      if (writes === n) process.kill(process.pid, 'SIGKILL');
      return work(...args);
    };
  const { alerts, outbox, keep } = state;
  alerts.add = counted(alerts.add);
  alerts.update = counted(alerts.update);
  alerts.setMemory = counted(alerts.setMemory);
  outbox.add = counted(outbox.add);
  keep.set = counted(keep.set);
}
