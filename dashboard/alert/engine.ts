/**
 * Why: carries the pure rules through time: reads the wal from its own cursor, looks at presence each second,
 * and commits what follows (memory, incidents, messages, cursor) in one transaction. Decides nothing itself.
 */

import type { Broker } from '#broker';
import type { AlertView } from '#contract';
import type { FeedBatch, FeedFrame } from '#feed';
import { createBackoff } from '#lib/backoff';
import type { Clock } from '#lib/clock';
import { CarrelError, messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Incident, State } from '#state';
import type { Cursor } from '#store';
import type { DashboardSettings } from '../config.ts';
import type { AlertEngine } from '../deps.ts';
import { followFeed } from '../follow-feed.ts';
import { createNoticePlanner } from '../notify/plan.ts';
import type { NotifySettings } from '../notify/targets.ts';
import { type Every, pause, systemEvery } from '../timing.ts';
import { commitWork, readCursor, silenceOver } from './commit.ts';
import type { Sight } from './dark.ts';
import { explainAll } from './explain.ts';
import { fleetReader } from './fleet.ts';
import { readMemories } from './memory.ts';
import { alertViewOf } from './view.ts';
import { type DarkSettings, emptyWork, type Work, workDark, workSlow, workTest } from './work.ts';

export interface AlertEngineDeps {
  settings: Pick<DashboardSettings, 'CARREL_DARK_AFTER_S'> & NotifySettings;
  state: State;
  broker: Pick<Broker, 'openFeed' | 'commit' | 'presence' | 'publishDesired'>;
  clock: Clock;
  log: Logger;
  /** Repeats `run` until the answer is called; the system's timers unless a test holds time. */
  every?: Every;
}

/** While nothing but "last seen" changed, cursor and memory are committed this often; a crash repeats at most that much. */
const LAZY_COMMIT_MS = 5000;
const SLOW_TICK_MS = 10_000;
const HOUSEKEEPING_MS = 5000;
const GRACE_MIN_MS = 10_000;
/** Wall and monotonic clock apart by more, or a longer pause between ticks: what was silent meanwhile is unknown. */
const CLOCK_JUMP_MS = 60_000;
const PAUSE_MS = 30_000;

/** The alert engine of one server. `start` once, then `stop`. */
export function createAlertEngine(deps: AlertEngineDeps): AlertEngine & Required<Pick<AlertEngine, 'notices'>> {
  const { state, broker, clock, log, every = systemEvery } = deps;
  const notices = createNoticePlanner(deps.settings, state);
  const fleet = fleetReader(state.registry, clock);
  const memories = readMemories(state.alerts);
  const listeners = new Set<(alert: AlertView) => void>();
  const stopping = new AbortController();
  let dark: DarkSettings = {
    darkAfterMs: deps.settings.CARREL_DARK_AFTER_S * 1000,
    graceUntil: Number.POSITIVE_INFINITY,
  };
  let open = openIndex(state.alerts.open());
  let pending = emptyWork();
  let cursor: Cursor | null = readCursor(state);
  let failure: { text: string; since: number } | null = null;
  let reading: Promise<void> = Promise.resolve();
  let timers: (() => void)[] = [];
  let lastTick = { wall: 0, mono: 0 };
  const last = { commit: 0, slow: 0, house: 0 };

  const viewOf = (incident: Incident): AlertView => alertViewOf(incident, fleet(), state.outbox);
  const view = (id: number): AlertView | null => {
    const incident = state.alerts.get(id);
    return incident && viewOf(incident);
  };
  const announce = (ids: readonly number[]): void => {
    if (ids.length === 0) return;
    open = openIndex(state.alerts.open());
    for (const id of ids) {
      const alert = view(id);
      if (alert) for (const listener of listeners) listener(alert);
    }
  };

  /** Makes the work durable together with the cursor, then believes it. @throws when the state database refuses */
  function commit(work: Work, upTo: Cursor | null): void {
    const now = clock.wallMs();
    const done = commitWork({ state, work, cursor: upTo, now, notices });
    for (const [ap, memory] of work.slow) memories.slow.set(ap, memory);
    for (const [ap, memory] of work.dark) memories.dark.set(ap, memory);
    pending = emptyWork();
    last.commit = clock.monoMs();
    failure = null;
    if (upTo) broker.commit('alerts', upTo);
    for (const probe of done.probes) broker.publishDesired(probe);
    for (const id of done.incidents) {
      const { rule, ap, condition } = state.alerts.get(id) ?? {};
      log.info({ alert: id, rule, ap, condition }, 'alert changed');
    }
    announce(done.incidents);
  }

  /** Repeats until it is durable: a full disk must not lose a transition. */
  async function takeBatch(batch: FeedBatch): Promise<void> {
    const backoff = createBackoff({ baseMs: 500, capMs: 30_000, floorMs: 200 });
    while (!stopping.signal.aborted) {
      const work = copyOf(pending);
      try {
        const now = clock.wallMs();
        for (const frame of batch.frames) workFrame(work, frame, now, true);
        for (const frame of batch.unsynced) workFrame(work, frame, now, false);
        if (work.urgent || clock.monoMs() - last.commit >= LAZY_COMMIT_MS) commit(work, batch.cursor);
        else pending = work;
        cursor = batch.cursor;
        return;
      } catch (error) {
        noteFailure(error);
        await pause(backoff.next(), stopping.signal);
      }
    }
  }

  function workFrame(work: Work, { probe, receivedMs, offsetMs, frame }: FeedFrame, now: number, timed: boolean): void {
    const index = fleet(probe);
    const judged = index.byAp.get(index.apOfProbe.get(probe) ?? '');
    if (judged) workDark(work, memories, judged, { kind: 'frame', receivedMs }, now, dark);
    if (!timed) return;
    for (const event of frame.e) {
      if (event.kind !== 'throughput') continue;
      // A time in the future is a wrong clock; it cannot be later than its arrival.
      const at = Math.min(offsetMs + event.at, receivedMs);
      const entry = index.byAp.get(state.registry.accessPointOf(probe, Math.round(at)) ?? '');
      if (entry) workTest(work, memories, entry, probe, at, event, now);
    }
  }

  function tick(): void {
    const now = clock.wallMs();
    const mono = clock.monoMs();
    const slept = mono - lastTick.mono;
    if (slept > PAUSE_MS || Math.abs(now - lastTick.wall - slept) > CLOCK_JUMP_MS) startGrace(now);
    lastTick = { wall: now, mono };
    const work = copyOf(pending);
    for (const entry of fleet().byAp.values())
      workDark(work, memories, entry, { kind: 'look', sight: sightOf(entry.probe) }, now, dark);
    if (mono - last.slow >= SLOW_TICK_MS) {
      last.slow = mono;
      for (const [ap, entry] of fleet().byAp)
        if (memories.slow.has(ap)) workSlow(work, memories, entry, { kind: 'tick' }, now);
    }
    try {
      if (work.urgent || mono - last.commit >= LAZY_COMMIT_MS) commit(work, cursor);
      else pending = work;
      if (mono - last.house >= HOUSEKEEPING_MS) housekeeping(now);
    } catch (error) {
      noteFailure(error); // the next tick works it out again
    }
  }

  function startGrace(now: number): void {
    dark = { ...dark, graceUntil: now + Math.max(dark.darkAfterMs, GRACE_MIN_MS) };
  }

  /** Acknowledgements end by themselves; what still fires when a silence ends is told then. */
  function housekeeping(now: number): void {
    last.house = clock.monoMs();
    const silences = state.alerts.silences(now);
    const changed: number[] = [];
    for (const incident of state.alerts.open()) {
      const site = fleet().byAp.get(incident.ap)?.site.id ?? null;
      if (incident.acknowledged_until !== null && incident.acknowledged_until <= now) {
        state.alerts.update({ ...incident, acknowledged_by: null, acknowledged_at: null, acknowledged_until: null });
        changed.push(incident.id);
      } else if (incident.acknowledged_at === null && !silenceOver(silences, incident.ap, site, now)) {
        const notice = { incident, kind: 'firing', severity: incident.severity } as const;
        if (state.transaction(() => notices.plan(notice, now))) changed.push(incident.id);
      }
    }
    announce(changed);
  }

  function sightOf(probe: string | null): Sight | null {
    if (probe === null) return null;
    const presence = broker.presence().get(probe);
    return presence
      ? { online: presence.online, since: presence.since, lastSeen: presence.lastSeen, byWill: presence.byWill }
      : { online: false, since: 0, lastSeen: null, byWill: false };
  }

  function noteFailure(error: unknown): void {
    if (!failure)
      log.error({ error: messageOf(error) }, 'alerts cannot be stored; nothing fires or ends until they can');
    failure = { text: messageOf(error), since: failure?.since ?? clock.wallMs() };
  }

  return {
    start() {
      lastTick = { wall: clock.wallMs(), mono: clock.monoMs() };
      last.commit = lastTick.mono;
      startGrace(lastTick.wall);
      reading = followFeed({
        open: () => broker.openFeed('alerts', cursor),
        take: takeBatch,
        onFailure: noteFailure,
        signal: stopping.signal,
      });
      timers = [every(1000, tick)];
    },
    async stop() {
      for (const end of timers.splice(0)) end();
      stopping.abort();
      await reading;
      try {
        commit(pending, cursor);
      } catch (error) {
        noteFailure(error); // it is worked out again from the cursor at the next start
      }
    },
    openOf: (ap) => open.get(ap) ?? null,
    explain: (ap) =>
      explainAll(
        ap,
        fleet().byAp.get(ap) ?? null,
        memories,
        sightOf(fleet().byAp.get(ap)?.probe ?? null),
        clock.wallMs(),
        dark,
      ),
    view,
    list: (filter) => state.alerts.list(filter).map(viewOf),
    acknowledge(id, who, untilMs) {
      const incident = state.alerts.get(id);
      if (!incident) throw new CarrelError('ALERT_UNKNOWN', `there is no alert ${id}`, { id });
      if (incident.condition !== 'firing')
        throw new CarrelError('ALERT_CLOSED', `alert ${id} is over already; there is nothing to acknowledge`, { id });
      const acknowledged: Incident = {
        ...incident,
        acknowledged_by: who,
        acknowledged_at: clock.wallMs(),
        acknowledged_until: untilMs,
      };
      state.alerts.update(acknowledged);
      announce([id]);
      return viewOf(acknowledged);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notices: () =>
      failure
        ? [
            {
              code: 'ALERTS_STUCK',
              severity: 'critical',
              text: `Alerts cannot be judged or stored: ${failure.text}.`,
              since: failure.since,
            },
          ]
        : [],
  };
}

function openIndex(incidents: readonly Incident[]): Map<string, { id: number; rule: Incident['rule']; since: number }> {
  // Dark is worse than slow, so it is put in last.
  const worstLast = incidents.toSorted((a, b) => Number(a.rule === 'dark') - Number(b.rule === 'dark'));
  return new Map(worstLast.map(({ ap, id, rule, since }) => [ap, { id, rule, since }]));
}

function copyOf(work: Work): Work {
  return { slow: new Map(work.slow), dark: new Map(work.dark), actions: [...work.actions], urgent: work.urgent };
}
