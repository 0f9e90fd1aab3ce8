/**
 * Why: how alerts leave, as figures: over kill -9 with a receiver that fails and forgets to answer, in time at 1,200 sites, over a day
 * without a receiver, and into Debian's Alertmanager over its own kill -9. `--short` takes a tenth.
 */
import { measureAlertmanager } from './notify/alertmanager.ts';
import { measureDay } from './notify/day.ts';
import { measureKills } from './notify/kills.ts';
import { measureLatency } from './notify/latency.ts';

const short = process.argv.includes('--short');
const print = (figure: string, value: number, unit: string, of: string): void =>
  console.log(JSON.stringify({ bench: 'notify', figure, value, unit, of }));

let failed = false;
const must = (holds: boolean, what: string): void => {
  if (holds) return;
  failed = true;
  console.error(`notify: ${what}`);
};

const kills = await measureKills(short ? 20 : 200);
const receiver = 'a receiver that answers 503 to 10 % and drops 5 % of its answers';
print('kills', kills.kills, 'kill -9', receiver);
print('messages', kills.messages, 'messages', 'beginnings and ends that had to be told');
print('lost', kills.lost, 'messages', receiver);
print('invented', kills.invented, 'messages', receiver);
print('repeated_same_key', kills.repeats, 'calls', receiver);
print('repeated_other_key', kills.otherKeys, 'messages', receiver);
must(
  kills.lost === 0 && kills.invented === 0 && kills.otherKeys === 0,
  'a message was lost, invented or repeated under another key',
);

const latency = await measureLatency(short ? 100 : 600);
print('notify_p50_ms', latency.p50, 'ms', 'transition to HTTP request arrived, 1,200 sites');
print('notify_p99_ms', latency.p99, 'ms', 'transition to HTTP request arrived, 1,200 sites');
print('storm_ms', latency.stormMs, 'ms', '1,200 transitions at once: until all are told, as digests');
print('storm_calls', latency.stormCalls, 'calls', '1,200 transitions at once');
must(latency.p99 < 1000, `p99 is ${latency.p99} ms`);
must(latency.stormMs < 10_000, `1,200 at once took ${latency.stormMs} ms: each looks at all others?`);

const day = await measureDay(short ? 3 : 24);
print('down_queue_max', day.queueMax, 'messages', 'waiting for a receiver that is down for a simulated day');
print('down_return_calls', day.returnCalls, 'calls', 'that tell all of it when the receiver is back');
print('down_others_late_ms', day.othersLateMs, 'ms', 'the slowest message to another receiver meanwhile, simulated');
print('down_attempts', day.attempts, 'calls', 'to the receiver that is down');
must(day.returnCalls <= 3 && day.untold === 0, `${day.untold} incidents that go on were not told on return`);

const am = await measureAlertmanager(300);
if (am === null) console.error("notify: Debian's prometheus-alertmanager cannot be started here; skipped");
else {
  print('alertmanager_shown', am.shown, 'alerts', "of 300, in Debian's Alertmanager");
  print('alertmanager_back', am.back, 'alerts', 'of 300, one round after its kill -9');
  print('alertmanager_left', am.left, 'alerts', 'after all were resolved');
  must(am.shown === 300 && am.back === 300 && am.left === 0, 'Alertmanager does not show what we told');
}
process.exitCode = failed ? 1 : 0;
