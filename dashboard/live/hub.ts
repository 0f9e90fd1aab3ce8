/**
 * Why: the live view of everybody at once: facts from the wal become rows, rows that changed become one delta a second, written once to
 * all viewers. After any sequence of cuts a viewer's rows equal a fresh snapshot (reference: live protocol).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AlertView, HealthNotice, LiveDelta, LiveRow, Roster, Totals } from '#contract';
import type { Broker } from '#broker';
import type { FeedBatch } from '#feed';
import type { State } from '#state';
import type { Cursor } from '#store';
import { createBackoff } from '#lib/backoff';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { fleetReader } from '../alert/fleet.ts';
import { hasHours } from '../alert/opening.ts';
import type { DashboardSettings } from '../config.ts';
import type { AlertEngine, LiveHub } from '../deps.ts';
import { healthOf, worstFirst } from './health.ts';
import { NO_FACTS, withFrame, type Facts } from './latest.ts';
import { joinFacts, rebuildFacts } from './rebuild.ts';
import { createRing } from './ring.ts';
import { rowOf, totalsOf } from './row.ts';
import { createViewers, sseEvent } from './viewers.ts';
import { pause, systemEvery, type Every } from '../timing.ts';

export interface LiveHubDeps {
  settings: Pick<DashboardSettings, 'CARREL_DARK_AFTER_S'>;
  state: Pick<State, 'registry' | 'keep'>;
  broker: Pick<Broker, 'openFeed' | 'commit' | 'presence' | 'onPresence' | 'store' | 'stores' | 'stats'>;
  alerts: Pick<AlertEngine, 'openOf' | 'onChange' | 'view'> & { notices?(): HealthNotice[] };
  delivery?: { notices(): HealthNotice[] };
  clock: Clock;
  log: Logger;
  every?: Every;
  /** Viewers at the same time. */
  maxViewers?: number;
}

const TICK_MS = 1000;
const HEARTBEAT_MS = 15_000;
const RING_TICKS = 600;
/** Rows in which nothing but `last_seen` moved wait this long. */
const SEEN_ONLY_MS = 10_000;
/** Every row is looked at again within this many ticks: silence and age change it without any message. */
const SWEEP_TICKS = 10;
const COMMIT_MS = 30_000;
const BATCH_BYTES = 256 * 1024;
const START_WAIT_MS = 5000;
const CURSOR_KEY = 'live.cursor';

export function createLiveHub(deps: LiveHubDeps): LiveHub {
  const { state, broker, alerts, clock, log, every = systemEvery } = deps;
  const epoch = randomBytes(6).toString('hex');
  const fleet = fleetReader(state.registry, clock);
  const viewers = createViewers({ clock, max: deps.maxViewers ?? 500 });
  const ring = createRing(RING_TICKS);
  const stopping = new AbortController();
  const facts = new Map<string, Facts>();
  const rows = new Map<string, LiveRow>();
  const sentAt = new Map<string, number>();
  const dirty = new Set<string>();
  let freshAlerts: number[] = [];
  let seq = 0;
  let sweep = 0;
  let swept = -1;
  let totals: Totals = totalsOf([], 0);
  let health: HealthNotice[] = [];
  let roster: Roster & { revision: number } = { revision: -1, hash: '', sites: [], access_points: [], probes: [] };
  let incomplete: HealthNotice | null = null;
  let cursor: Cursor | null = null;
  let graceUntil = 0;
  let reading: Promise<void> = Promise.resolve();
  let ends: (() => void)[] = [];
  const last = { beat: 0, commit: 0 };
  const darkAfterMs = deps.settings.CARREL_DARK_AFTER_S * 1000;
  const idNow = (): string => `${epoch}-${seq}`;

  // --- facts

  function takeBatch(batch: FeedBatch): void {
    for (const [frames, synced] of [[batch.frames, true], [batch.unsynced, false]] as const) {
      for (const frame of frames) {
        const ap = fleet(frame.probe).apOfProbe.get(frame.probe);
        if (ap === undefined) continue;
        facts.set(ap, withFrame(facts.get(ap) ?? NO_FACTS, frame, synced));
        dirty.add(ap);
      }
    }
    cursor = batch.cursor;
  }

  async function read(): Promise<void> {
    const backoff = createBackoff({ baseMs: 1000, capMs: 30_000, floorMs: 500 });
    while (!stopping.signal.aborted) {
      const feed = broker.openFeed('live', cursor);
      try {
        while (!stopping.signal.aborted) takeBatch(await feed.next(BATCH_BYTES, stopping.signal));
      } catch (error) {
        if (stopping.signal.aborted) return;
        log.error({ error: messageOf(error) }, 'the live view cannot read the log of frames');
        await pause(backoff.next(), stopping.signal);
      } finally {
        await feed.close();
      }
    }
  }

  /** Until the database has answered once, the page says that it may not know everything yet. */
  async function rebuild(): Promise<void> {
    const backoff = createBackoff({ baseMs: 2000, capMs: 60_000, floorMs: 1000 });
    const since = clock.wallMs();
    while (!stopping.signal.aborted) {
      try {
        const stored = await rebuildFacts(broker.store, state.registry, fleet(), clock.wallMs());
        for (const [ap, known] of stored) {
          facts.set(ap, joinFacts(facts.get(ap), known));
          dirty.add(ap);
        }
        incomplete = null;
        return;
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (!incomplete) log.warn({ error: messageOf(error) }, 'what was known before this start is not shown yet');
        incomplete = { code: 'LIVE_INCOMPLETE', severity: 'warning', text: 'The database has not answered since this start: older values are not shown yet, new ones are.', since };
        await pause(backoff.next(), stopping.signal);
      }
    }
  }

  // --- rows and deltas

  function tick(): void {
    const now = clock.wallMs();
    refreshRoster();
    sweepSome();
    const changed = changedRows(now);
    const nextTotals = totalsOf(rows.values(), now);
    const nextHealth = healthNow();
    if (changed.length > 0 || !same(nextTotals, totals) || !same(nextHealth, health)) publish(changed, nextTotals, nextHealth, now);
    const mono = clock.monoMs();
    if (mono - last.beat >= HEARTBEAT_MS) {
      last.beat = mono;
      viewers.send(sseEvent('hb', { at: now }, idNow()));
    }
    viewers.recheck();
    if (mono - last.commit >= COMMIT_MS) keepCursor();
  }

  function refreshRoster(): void {
    const { registry } = state;
    const revision = registry.revision();
    if (roster.revision === revision) return;
    const content = { sites: registry.sites(), access_points: registry.accessPoints(), probes: registry.probes() };
    const hash = createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
    const changed = hash !== roster.hash;
    roster = { revision, hash, ...content };
    if (changed) viewers.send(sseEvent('roster', { hash }, idNow()));
  }

  function sweepSome(): void {
    const index = fleet();
    const aps = [...index.byAp.keys()];
    if (index.revision !== swept) for (const ap of aps) dirty.add(ap);
    swept = index.revision;
    sweep = (sweep + 1) % SWEEP_TICKS;
    for (let i = sweep; i < aps.length; i += SWEEP_TICKS) dirty.add(aps[i] ?? '');
  }

  function changedRows(now: number): LiveRow[] {
    const changed: LiveRow[] = [];
    const presence = broker.presence();
    for (const ap of dirty) {
      const entry = fleet().byAp.get(ap);
      const before = rows.get(ap);
      if (entry) {
        const row = rowOf({ entry, facts: facts.get(ap) ?? NO_FACTS, presence: (entry.probe !== null && presence.get(entry.probe)) || null, alert: alerts.openOf(ap), now, darkAfterMs, graceUntil }, before);
        if (before && same({ ...row, last_seen: before.last_seen }, before)) {
          if (row.last_seen !== before.last_seen && now - (sentAt.get(ap) ?? 0) < SEEN_ONLY_MS) continue; // stays dirty
          dirty.delete(ap);
          if (row.last_seen === before.last_seen) continue;
        }
        rows.set(ap, row);
        sentAt.set(ap, now);
        changed.push(row);
      }
      dirty.delete(ap);
    }
    return changed;
  }

  function publish(changed: LiveRow[], nextTotals: Totals, nextHealth: HealthNotice[], now: number): void {
    seq += 1;
    totals = nextTotals;
    health = nextHealth;
    ring.push({ seq, aps: changed.map((row) => row.ap), alerts: freshAlerts });
    freshAlerts = [];
    viewers.send(sseEvent('d', deltaOf(changed, now), idNow()));
  }

  function deltaOf(changed: LiveRow[], at: number): LiveDelta {
    return { epoch, seq, at, totals, rows: changed, health };
  }

  function healthNow(): HealthNotice[] {
    const withoutHours = [...fleet().byAp.values()].filter(({ site }) => !hasHours(site.opening));
    const own = healthOf(broker.stores(), broker.stats(), new Set(withoutHours.map(({ site }) => site.id)).size);
    return worstFirst([...own, ...(alerts.notices?.() ?? []), ...(deps.delivery?.notices() ?? []), ...(incomplete ? [incomplete] : [])]);
  }

  /** Alerts do not wait for the tick; their row follows in the same breath. */
  function onAlert(alert: AlertView): void {
    freshAlerts.push(alert.id);
    dirty.add(alert.ap);
    viewers.send(sseEvent('alert', alert, idNow()));
    tick();
  }

  function keepCursor(): void {
    last.commit = clock.monoMs();
    if (!cursor) return;
    try {
      state.keep.set(CURSOR_KEY, JSON.stringify(cursor));
      broker.commit('live', cursor);
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'the live view could not note how far it has read'); // it reads a little twice
    }
  }

  // --- viewers

  function greeting(lastEventId: string | null): string[] {
    const hello = ['retry: 2000\n\n', sseEvent('hb', { at: clock.wallMs() }, idNow()), sseEvent('roster', { hash: roster.hash }, null)];
    if (lastEventId === null) return hello;
    const [theirs, number] = lastEventId.split('-');
    const missed = theirs === epoch && /^\d{1,15}$/.test(number ?? '') ? ring.after(Number(number)) : null;
    if (!missed) return ['retry: 2000\n\n', sseEvent('reset', {}, null)];
    const merged = deltaOf([...missed.aps].flatMap((ap) => rows.get(ap) ?? []), clock.wallMs());
    const told = [...missed.alerts].slice(-50).flatMap((id) => alerts.view(id) ?? []);
    return ['retry: 2000\n\n', ...(Number(number) < seq ? [sseEvent('d', merged, idNow())] : []), ...hello.slice(1), ...told.map((alert) => sseEvent('alert', alert, null))];
  }

  return {
    async start() {
      const kept = state.keep.get(CURSOR_KEY);
      cursor = kept === null ? { next: broker.stats().wal.durableEnd, held: [] } : (JSON.parse(kept) as Cursor);
      graceUntil = clock.wallMs() + Math.max(darkAfterMs, 10_000);
      last.beat = clock.monoMs();
      refreshRoster();
      const rebuilt = rebuild();
      reading = read();
      const limit = new AbortController();
      await Promise.race([rebuilt, pause(START_WAIT_MS, limit.signal)]);
      limit.abort();
      ends = [
        every(TICK_MS, tick),
        alerts.onChange(onAlert),
        broker.onPresence(({ probe }) => {
          const ap = fleet().apOfProbe.get(probe);
          if (ap !== undefined) dirty.add(ap);
        }),
      ];
      tick();
    },
    async stop() {
      for (const end of ends.splice(0)) end();
      stopping.abort();
      viewers.closeAll();
      await reading;
      keepCursor();
    },
    snapshot: () => ({ epoch, seq, at: clock.wallMs(), roster: roster.hash, totals, rows: [...rows.values()], health }),
    roster() {
      refreshRoster();
      const { hash, sites, access_points, probes } = roster;
      return { hash, sites, access_points, probes };
    },
    rosterChanged: () => tick(),
    stream(_request: FastifyRequest, reply: FastifyReply, lastEventId, stillAllowed) {
      reply.hijack();
      if (!viewers.add(reply.raw, reply.getHeaders(), greeting(lastEventId), stillAllowed)) {
        reply.raw.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '30' });
        reply.raw.end(JSON.stringify({ type: 'about:blank', title: 'Too many viewers', status: 503, detail: 'This server shows its live view to as many as it can already; try again in a while.', code: 'TOO_MANY_VIEWERS' }));
      }
    },
  };
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
