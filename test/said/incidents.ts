/** Why: one incident of every rule, made by the real engine out of what really makes it: what people read is asserted from there. */
import type { AlertRule, Frame } from '#contract';
import { type Many, manySites } from '../alert/engine-world.ts';
import { MINUTE, testAt } from '../alert/tests.ts';
import { frameOf } from '../alert/world.ts';

const TWELVE = Array.from({ length: 12 }, (_, n) => `s${n}`);
const OTHERS = Array.from({ length: 12 }, (_, n) => `o${n}`);

export type Scene = () => Promise<Many>;
/** Each ends while its incident lasts. */
export const SCENES: Readonly<Record<AlertRule, Scene>> = {
  slow: async () => {
    const it = one();
    for (const minute of [0, 10, 20, 30, 40, 50, 62]) await test(it, minute, 11 + minute / 100);
    return it;
  },
  dark: async () => {
    const it = one();
    it.broker.put(frameOf('antazave', [], it.time.clock.wallMs()));
    await it.settled();
    it.pass(1);
    it.offline(['antazave']);
    it.pass(20);
    return it;
  },
  silent: async () => {
    const it = one({ 'silent.open_min': 30 });
    await test(it, 0, 60);
    await test(it, 10, null, { limited_by: 'wifi' });
    it.pass(45);
    return it;
  },
  quality: () => sampled(32, { loss_pct: 12.5, rtt_ms: 412, internet_up: 1 }),
  device: () => sampled(17, { temp_c: 91, disk_used_pct: 97, mem_used_pct: 99, throttled: 1 }),
  budget: async () => {
    const it = one();
    await test(it, 5, null, { limited_by: 'budget' });
    return it;
  },
  clock: async () => {
    const it = one();
    for (let n = 0; n < 12; n++) {
      it.pass(1);
      const frame = frameOf('antazave', [], it.time.clock.wallMs());
      frame.frame.wall += 5 * MINUTE;
      it.broker.put(frame);
      await it.settled();
    }
    return it;
  },
  weak: async () => {
    const it = one();
    for (const minute of [0, 10, 20]) await test(it, minute, null, { limited_by: 'cpu' });
    return it;
  },
  cloned: async () => {
    const it = one();
    const { stats } = it.broker;
    it.broker.stats = () => ({ ...stats(), cloned: ['antazave'] });
    it.pass(2);
    return it;
  },
  server: async () => {
    const it = manySites([...TWELVE, ...OTHERS]);
    it.pass(1);
    const now = it.time.clock.wallMs();
    for (const [n, id] of TWELVE.entries()) it.broker.put(frameOf(id, [testAt(n / 60, 9, { server: 'vilnius' })], now));
    for (const [n, id] of OTHERS.entries()) it.broker.put(frameOf(id, [testAt(n / 60, 90, { server: 'kaunas' })], now));
    await it.settled();
    it.pass(2);
    return it;
  },
  outdated: async () => {
    const it = one({ 'outdated.hold_h': 1 });
    it.state.registry.putReported('antazave', { version: 1, ok: true, error: null, agent: '0.1.0', jobs: [] }, 1);
    it.pass(61);
    return it;
  },
  database: async () => {
    const it = one();
    const store = { name: 'influx1', primary: true, error: '401', since_ms: 0, lag_bytes: 0, rows_written: 0 };
    it.broker.stores = () => [{ ...store, state: 'refused', quarantined: 0 }];
    it.pass(7);
    return it;
  },
  group: async () => {
    const it = manySites([...TWELVE, ...OTHERS], (n) => ({ isp: n < 12 ? 'Ryšys Plius' : `Kitas ${n % 3}` }));
    for (const site of [...TWELVE, ...OTHERS]) it.broker.put(frameOf(site, [], it.time.clock.wallMs()));
    await it.settled();
    it.pass(10);
    it.offline(TWELVE);
    it.pass(8);
    return it;
  },
};

function one(all: Record<string, unknown> = {}): Many {
  const it = manySites(['antazave']);
  it.engine.editRules({ all }, 'rasa');
  return it;
}

/** A test `minute` minutes after NOON. */
async function test(
  it: Many,
  minute: number,
  rate: number | null,
  more: Parameters<typeof testAt>[2] = {},
): Promise<void> {
  const at = testAt(minute, rate).at;
  it.pass((at - it.time.clock.wallMs()) / MINUTE);
  it.broker.put(frameOf('antazave', [testAt(minute, rate, more)], at));
  await it.settled();
}

/** A sample each minute. */
async function sampled(minutes: number, values: Record<string, number>): Promise<Many> {
  const it = one();
  const m = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value]])) as Frame['m'];
  for (let n = 0; n < minutes; n++) {
    it.pass(1);
    const now = it.time.clock.wallMs();
    it.broker.put(frameOf('antazave', [], now, m, now));
    await it.settled();
  }
  return it;
}
