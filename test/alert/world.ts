/** Why: a broker that a test holds in its hand: frames are put into its log, probes come and go, time is set. State is the real database. */

import type { Broker, Presence } from '#broker';
import type { Frame, Site, TestView, ThroughputEvent } from '#contract';
import type { Feed, FeedFrame } from '#feed';
import type { Clock } from '#lib/clock';
import { openState, type State } from '#state';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { NOON } from './tests.ts';

export type FakeBroker = Pick<
  Broker,
  'openFeed' | 'commit' | 'presence' | 'onPresence' | 'publishDesired' | 'store' | 'stores' | 'stats'
> & {
  log: FeedFrame[];
  put(frame: FeedFrame): void;
  online(probe: string, lastSeen: number): void;
  offline(probe: string, since: number, lastSeen: number | null): void;
  published: string[];
  committed: number;
};

export function fakeBroker(log: FeedFrame[] = []): FakeBroker {
  const presence = new Map<string, Presence>();
  const waiting = new Set<() => void>();
  const listeners = new Set<(one: Presence) => void>();
  const set = (news: Presence): void => {
    // As the real one: what a probe is seen by stays the same object.
    const one = Object.assign(presence.get(news.probe) ?? {}, news);
    presence.set(one.probe, one);
    for (const listener of listeners) listener(one);
  };
  const broker: FakeBroker = {
    log,
    published: [],
    committed: 0,
    put(frame) {
      log.push(frame);
      for (const wake of waiting) wake();
    },
    online: (probe, lastSeen) => set({ probe, online: true, since: NOON, lastSeen, byWill: false, state: null }),
    offline: (probe, since, lastSeen) => set({ probe, online: false, since, lastSeen, byWill: true, state: null }),
    openFeed: (_consumer, cursor) => feedOver(log, cursor?.next ?? 0, waiting),
    commit(_consumer, cursor) {
      broker.committed = cursor.next;
    },
    presence: () => presence,
    onPresence(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    publishDesired: (probe) => void broker.published.push(probe),
    store: createMemoryStore(),
    stores: () => [],
    stats: () => ({
      connections: 0,
      framesAccepted: 0,
      refused: {},
      authFailures: 0,
      takeovers: 0,
      wal: { bytes: 0, capBytes: 1, durableEnd: log.length, writable: true, error: null, oldestMs: null },
    }),
  };
  return broker;
}

/** A cursor is an index into the log. */
function feedOver(log: FeedFrame[], from: number, waiting: Set<() => void>): Feed {
  let next = from;
  return {
    async next(_maxBytes, signal) {
      while (next >= log.length) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            waiting.delete(wake);
            resolve();
          };
          waiting.add(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
      }
      const frames = log.slice(next, next + 3);
      next += frames.length;
      return { frames, unsynced: [], cursor: { next, held: [] }, atEnd: next >= log.length };
    },
    close: async () => undefined,
  };
}

/** A frame that arrived at `receivedMs` and carries these tests at their own times. */
export function frameOf(
  probe: string,
  tests: TestView[],
  receivedMs: number,
  m: Frame['m'] = {},
  sampleAt?: number,
): FeedFrame {
  const e = tests.map(
    ({ ap: _ap, probe: _probe, at, ...rest }): ThroughputEvent => ({ ...rest, at, kind: 'throughput', job: null }),
  );
  const frame: Frame = {
    v: 1,
    boot: 'b',
    run: 'r',
    seq: 0,
    wall: receivedMs,
    mono: receivedMs,
    sync: 1,
    t: sampleAt === undefined ? [] : [sampleAt],
    m,
    e,
  };
  return { position: 0, receivedMs, probe, frame, offsetMs: 0, approx: false, late: false };
}

export function stateWith(
  path: string,
  sites: readonly string[],
  of: (n: number) => Partial<Site> = () => ({}),
): State {
  const state = openState({ path });
  for (const [n, id] of sites.entries()) {
    if (state.registry.site(id)) continue;
    state.registry.putSite({
      id,
      name: `${id} biblioteka`,
      region: 'Utena',
      isp: 'Ryšys Plius',
      zone: 'Europe/Vilnius',
      opening: Array.from({ length: 7 }, () => [[0, 1440]]),
      contract_mbps: 50,
      metered: false,
      lat: null,
      lon: null,
      notes: '',
      ...of(n),
    });
    state.registry.putAccessPoint({ id, site: id, name: 'Internet', target_mbps: 30 });
    state.registry.addProbe(id, null, NOON - 86_400_000);
    state.registry.bind(id, id, NOON - 86_400_000);
    state.registry.setCredential(id, new Uint8Array(32), NOON - 86_400_000);
    state.registry.putDesired(id, {
      sample_s: 60,
      batch: 5,
      profile: 'default',
      target_mbps: 30,
      zone: 'Europe/Vilnius',
      opening: Array.from({ length: 7 }, () => [[0, 1440]]),
      tests_per_day: 6,
      budget_mb: 3000,
    });
  }
  return state;
}

/** Time that only moves by hand; repeated work runs as it passes. */
export function handTime(start = NOON): {
  clock: Clock;
  every: (ms: number, run: () => void) => () => void;
  pass(ms: number): void /** Time goes by and nothing runs: the machine was suspended. */;
  sleep(ms: number): void;
} {
  let now = start;
  const jobs = new Set<{ ms: number; due: number; run: () => void }>();
  return {
    clock: { wallMs: () => now, monoMs: () => now },
    every(ms, run) {
      const job = { ms, due: now + ms, run };
      jobs.add(job);
      return () => jobs.delete(job);
    },
    sleep(ms) {
      now += ms;
    },
    pass(ms) {
      const end = now + ms;
      while (now < end) {
        now = Math.min(end, now + 1000);
        for (const job of jobs) {
          if (job.due > now) continue;
          job.due = now + job.ms;
          job.run();
        }
      }
    },
  };
}

export const settings = {
  CARREL_DARK_AFTER_S: 300,
  CARREL_VIEWERS: 500,
  CARREL_VIEWERS_EACH: 20,
  CARREL_SMTP: 'smtp://127.0.0.1:1',
  CARREL_MAIL_FROM: 'carrel@library.example',
  CARREL_REPORT_TO: [],
  CARREL_ONCALL: ['night@library.example'],
  CARREL_WEBHOOKS: ['http://127.0.0.1:1/secret-path'],
  CARREL_WEBHOOK_SECRET: 'key',
  CARREL_WEBHOOK_ALLOW: ['127.0.0.1'],
  CARREL_LANGUAGE: 'en' as const,
};
