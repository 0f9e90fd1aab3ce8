/**
 * Why: carries the pure rules through time: reads the wal from its own cursor, looks at presence each second,
 * and commits what follows (memory, incidents, messages, cursor) in one transaction. Decides nothing itself.
 */

import type { Broker } from '#broker';
import type { AlertView, Language } from '#contract';
import type { FeedBatch } from '#feed';
import { createBackoff } from '#lib/backoff';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Incident, State } from '#state';
import type { Cursor } from '#store';
import type { DashboardSettings } from '../config.ts';
import type { AlertEngine } from '../deps.ts';
import { followFeed } from '../follow-feed.ts';
import { createNoticePlanner } from '../notify/plan.ts';
import type { NotifySettings } from '../notify/targets.ts';
import { type Every, pause, systemEvery } from '../timing.ts';
import { createClockWatch } from './clock-watch.ts';
import { commitWork, readCursor } from './commit.ts';
import { isWrongClock, workConditions } from './conditions.ts';
import { type Context, inForce, overlaysOf } from './context.ts';
import { createCovers } from './covers.ts';
import type { Sight } from './dark.ts';
import { explainAll, overlaysOfIncident } from './explain.ts';
import { fleetReader } from './fleet.ts';
import { hoursOfFleet } from './fleet-hours.ts';
import { workFrame } from './frames.ts';
import { workGroups } from './groups.ts';
import { workLost } from './lost.ts';
import { readMemories } from './memory.ts';
import { createOpenList, silencedUntil } from './open-list.ts';
import { acknowledge, endOver } from './people.ts';
import { openRules } from './rule-store.ts';
import { createServerWatch } from './server-watch.ts';
import { alertViewOf } from './view.ts';
import { copyOf, emptyWork, type Work, workDark, workSlow } from './work.ts';

export interface AlertEngineDeps {
  settings: Pick<DashboardSettings, 'CARREL_DARK_AFTER_S'> &
    Partial<Pick<DashboardSettings, 'CARREL_RULES'>> &
    NotifySettings;
  state: State;
  broker: Pick<Broker, 'openFeed' | 'commit' | 'presence' | 'publishDesired' | 'stats' | 'stores'>;
  clock: Clock;
  log: Logger;
  /** Version of the agent that this server hands out. */
  agentVersion?: string;
  /** Repeats `run` until the answer is called; the system's timers unless a test holds time. */
  every?: Every;
}

/** While nothing but "last seen" changed, cursor and memory are committed this often; a crash repeats at most that much. */
const LAZY_COMMIT_MS = 5000;
const SLOW_TICK_MS = 10_000;
const CONDITIONS_MS = 30_000;
const HOUSEKEEPING_MS = 5000;
const GRACE_MIN_MS = 10_000;
/** Wall and monotonic clock apart by more, or a longer pause between ticks: what was silent meanwhile is unknown. */
const CLOCK_JUMP_MS = 60_000;
const PAUSE_MS = 30_000;

/** The alert engine of one server. `start` once, then `stop`. */
export function createAlertEngine(
  deps: AlertEngineDeps,
): AlertEngine & Required<Pick<AlertEngine, 'notices' | 'needAction'>> {
  const { state, broker, clock, log, every = systemEvery } = deps;
  const notices = createNoticePlanner(deps.settings, state);
  const rules = openRules(deps.settings, state);
  const fleet = fleetReader(state.registry, clock);
  const hours = hoursOfFleet(state);
  const memories = readMemories(state.alerts);
  const covers = createCovers();
  const clocks = createClockWatch();
  const servers = createServerWatch(() => {
    const table = rules.table();
    return { sites: table.number('server.sites', null), share: table.number('server.share_pct', null) / 100 };
  });
  const listeners = new Set<(alert: AlertView) => void>();
  const stopping = new AbortController();
  let graceUntil = Number.POSITIVE_INFINITY;
  let unresolved = state.alerts.open();
  let open = openIndex(unresolved);
  let pending = emptyWork();
  let cursor: Cursor | null = readCursor(state);
  let failure: { text: string; since: number } | null = null;
  let reading: Promise<void> = Promise.resolve();
  let timers: (() => void)[] = [];
  let lastTick = { wall: 0, mono: 0 };
  const last = { commit: 0, slow: 0, conditions: 0, house: 0 };

  const openList = createOpenList({ state, fleet, now: clock.wallMs, open: () => unresolved });

  const viewOf = (incident: Incident, lang: Language = 'en', known?: Context): AlertView => {
    const shown = alertViewOf(incident, fleet(), state.outbox, lang);
    if (incident.condition !== 'firing') return shown;
    const context = known ?? contextAt(clock.wallMs());
    const entry = fleet().byAp.get(incident.ap) ?? null;
    const held = overlaysOf(context, incident.rule, incident.ap, entry);
    return {
      ...shown,
      overlays: overlaysOfIncident(incident, memories, held, lang),
      taken_by: takenBy(incident),
      silenced_until: silencedUntil(context.silences, { ap: incident.ap, site: entry?.site ?? null }),
    };
  };
  const view = (id: number, lang?: Language): AlertView | null => {
    const incident = state.alerts.get(id);
    return incident && viewOf(incident, lang);
  };
  const announce = (ids: readonly number[]): void => {
    if (ids.length === 0) return;
    unresolved = state.alerts.open();
    open = openIndex(unresolved);
    // Once for all of them: a provider's outage announces hundreds.
    const context = contextAt(clock.wallMs());
    for (const id of ids) {
      const incident = state.alerts.get(id);
      if (!incident) continue;
      const alert = viewOf(incident, 'en', context);
      for (const listener of listeners) listener(alert);
    }
  };
  /** Whoever has the incident of many has what it covers. */
  const takenBy = ({ acknowledged_by, parent }: Incident): string | null => {
    if (acknowledged_by !== null || parent === null) return acknowledged_by;
    const above = state.alerts.get(parent);
    return above && takenBy(above);
  };
  const contextAt = (now: number): Context => ({
    now,
    table: rules.table(),
    hours: hours.of,
    silences: inForce(state.alerts.silences(now), now),
    coverOf: covers.of,
    serverInTrouble: servers.inTrouble,
    graceUntil,
  });

  /** Makes the work durable together with the cursor, then believes it. @throws when the state database refuses */
  function commit(work: Work, upTo: Cursor | null): void {
    const now = clock.wallMs();
    const done = commitWork({ state, work, cursor: upTo, now, notices });
    for (const [ap, one] of work.slow) memories.slow.set(ap, one);
    for (const [ap, one] of work.dark) memories.dark.set(ap, one);
    for (const [key, one] of work.steady) memories.steady.set(key, one);
    for (const [key, one] of work.group) memories.group.set(key, one);
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
        const context = contextAt(clock.wallMs());
        const taking = { work, memories, context, servers, clocks, fleet, accessPointOf: state.registry.accessPointOf };
        for (const frame of batch.frames) workFrame(taking, frame, true);
        for (const frame of batch.unsynced) workFrame(taking, frame, false);
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

  function tick(): void {
    const now = clock.wallMs();
    const mono = clock.monoMs();
    const slept = mono - lastTick.mono;
    if (slept > PAUSE_MS || Math.abs(now - lastTick.wall - slept) > CLOCK_JUMP_MS) startGrace(now);
    lastTick = { wall: now, mono };
    try {
      const work = copyOf(pending);
      judgeAll(work, now, mono);
      if (work.urgent || mono - last.commit >= LAZY_COMMIT_MS) commit(work, cursor);
      else pending = work;
      if (mono - last.house >= HOUSEKEEPING_MS) housekeeping(now);
    } catch (error) {
      noteFailure(error); // the next tick works it out again
    }
  }

  function judgeAll(work: Work, now: number, mono: number): void {
    const context = contextAt(now);
    const index = fleet();
    if (mono - last.slow >= SLOW_TICK_MS) {
      last.slow = mono;
      // Groups first: what they cover must not be told by itself.
      if (now >= graceUntil) workGroups({ work, memories, fleet: index, context, sightOf, covers });
      for (const [ap, entry] of index.byAp) {
        if (!memories.slow.has(ap)) continue;
        workSlow(work, memories, entry, { kind: 'tick', heard: sightOf(entry.probe)?.online === true }, context);
      }
      const stores = broker.stores().map(({ name }) => name);
      workLost({ work, memories, fleet: index, context, stores });
    }
    for (const entry of index.byAp.values())
      workDark(work, memories, entry, { kind: 'look', sight: sightOf(entry.probe) }, context);
    if (mono - last.conditions < CONDITIONS_MS) return;
    last.conditions = mono;
    const facts = { stats: broker.stats(), stores: broker.stores(), reported: state.registry.reported };
    workConditions({
      work,
      memories,
      fleet: index,
      context,
      servers,
      sightOf,
      facts,
      agentVersion: deps.agentVersion ?? null,
    });
  }

  function startGrace(now: number): void {
    graceUntil = now + Math.max(rules.table().number('dark.after_s', null) * 1000, GRACE_MIN_MS);
  }

  /** Acknowledgements end by themselves. */
  function housekeeping(now: number): void {
    last.house = clock.monoMs();
    rules.refresh();
    hours.refresh();
    const ended = state.alerts
      .open()
      .filter((incident) => incident.acknowledged_until !== null && incident.acknowledged_until <= now);
    if (ended.length > 0)
      state.transaction(() => {
        for (const incident of ended) {
          state.alerts.update({ ...incident, acknowledged_by: null, acknowledged_at: null, acknowledged_until: null });
          notices.ackEnded(incident, now);
        }
      });
    announce(ended.map((incident) => incident.id));
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
      covers.read(memories);
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
    needAction: (sees) => openList.counts(sees).need_action,
    counts: openList.counts,
    explain(ap, lang = 'en') {
      const entry = fleet().byAp.get(ap) ?? null;
      const context = contextAt(clock.wallMs());
      const closed = entry && hours.closedToday(entry, context.now);
      const held = (rule: Incident['rule'], subject = ap) => ({
        overlays: overlaysOf(context, rule, subject, subject === ap ? entry : null),
        incident: state.alerts.openOf(rule, subject),
      });
      return explainAll(ap, entry, memories, sightOf(entry?.probe ?? null), context, closed, held, lang);
    },
    clockOf(probe) {
      const entry = fleet().byAp.get(fleet().apOfProbe.get(probe) ?? '');
      const skew = clocks.last(probe);
      if (!entry || skew === null) return null;
      return { skew_ms: skew, wrong: isWrongClock(skew, entry, rules.table()) };
    },
    clockBehindMost: (probe) => clocks.behindMost(probe),
    view,
    list({ lang, ...filter }) {
      const context = contextAt(clock.wallMs());
      return state.alerts.list(filter).map((incident) => viewOf(incident, lang, context));
    },
    open({ lang, ...filter }) {
      const { items, next } = openList.page(filter);
      const context = contextAt(clock.wallMs());
      return { items: items.map((incident) => viewOf(incident, lang, context)), next };
    },
    acknowledge(id, who, untilMs) {
      const incident = acknowledge(state, id, who, clock.wallMs(), untilMs);
      announce([id]);
      return viewOf(incident);
    },
    resolve(id, who) {
      const now = clock.wallMs();
      const work = copyOf(pending);
      endOver({ work, memories, fleet: fleet(), context: contextAt(now) }, state.alerts.get(id), id, who);
      commit(work, cursor);
      const done = view(id);
      if (!done) throw new Error(`alert ${id} is gone`);
      return done;
    },
    rules: rules.view,
    editRules(edits, who) {
      rules.edit(edits, who, clock.wallMs());
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
              said: { code: 'notice.alerts_stuck', error: failure.text },
              since: failure.since,
            },
          ]
        : rules.notices(),
  };
}

function openIndex(incidents: readonly Incident[]): Map<string, { id: number; rule: Incident['rule']; since: number }> {
  // Only what the state of an access point is made of; dark is worse than slow, so it is put in last.
  const shown = incidents.filter(({ rule }) => rule === 'slow' || rule === 'dark');
  const worstLast = shown.toSorted((a, b) => Number(a.rule === 'dark') - Number(b.rule === 'dark'));
  return new Map(worstLast.map(({ ap, id, rule, since }) => [ap, { id, rule, since }]));
}
