/** Why: several libraries under the real engine, with the log, the connections and the time in a test's hand. */
import type { AlertView } from '#contract';
import { silentLogger } from '#lib/logger';
import type { State } from '#state';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { MINUTE, NOON } from './tests.ts';
import { type FakeBroker, fakeBroker, frameOf, handTime, settings, stateWith } from './world.ts';

export interface Many {
  state: State;
  broker: FakeBroker;
  time: ReturnType<typeof handTime>;
  engine: ReturnType<typeof createAlertEngine>;
  /** All that are connected give signs of life while minutes pass. */
  pass(minutes: number): void;
  offline(sites: readonly string[]): void;
  /** They connect and send. */
  back(sites: readonly string[]): Promise<void>;
  /** `rule subject kind` of all messages, oldest first. */
  told(): string[];
  alerts(): AlertView[];
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function manySites(sites: readonly string[], of?: Parameters<typeof stateWith>[2]): Many {
  const state = stateWith(':memory:', sites, of);
  const broker = fakeBroker();
  const time = handTime(NOON);
  const gone = new Set<string>();
  time.every(1000, () => {
    for (const site of sites) if (!gone.has(site)) broker.online(site, time.clock.wallMs());
  });
  const engine = createAlertEngine({
    settings: { ...settings, CARREL_SMTP: undefined },
    state,
    broker,
    clock: time.clock,
    every: time.every,
    log: silentLogger,
    agentVersion: '0.2.0',
  });
  engine.start();
  const settled = async (): Promise<void> => {
    for (let n = 0; n < 2000; n++) await Promise.resolve();
  };
  const alerts = (): AlertView[] => engine.list({ limit: 500 }).reverse();
  return {
    state,
    broker,
    time,
    engine,
    alerts,
    pass: (minutes) => time.pass(minutes * MINUTE),
    offline(which) {
      const now = time.clock.wallMs();
      for (const site of which) {
        gone.add(site);
        broker.offline(site, now, now);
      }
    },
    async back(which) {
      const now = time.clock.wallMs();
      for (const site of which) {
        gone.delete(site);
        broker.online(site, now);
        broker.put(frameOf(site, [], now));
      }
      await settled();
    },
    told: () => alerts().flatMap((alert) => alert.deliveries.map((one) => `${alert.rule} ${alert.ap} ${one.kind}`)),
    settled,
    async close() {
      await engine.stop();
      state.close();
    },
  };
}
