/**
 * Why: the live view of everybody at once: facts from the wal become rows, rows that changed become one delta a second, written once to
 * all viewers. After any sequence of cuts a viewer's rows equal a fresh snapshot (reference: live protocol).
 */
import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Broker } from '#broker';
import {
  type AlertView,
  type HealthNotice,
  hasHours,
  type LiveDelta,
  type LiveRow,
  type Roster,
  type Totals,
} from '#contract';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import type { State } from '#state';
import { fleetReader } from '../alert/fleet.ts';
import type { DashboardSettings } from '../config.ts';
import type { AlertEngine, LiveHub } from '../deps.ts';
import { type Every, onceAfter, systemEvery } from '../timing.ts';
import { createFactsKeeper } from './facts.ts';
import { healthOf, worstFirst } from './health.ts';
import { createRing } from './ring.ts';
import { rowOf, totalsOf } from './row.ts';
import { createViewers, sseEvent } from './viewers.ts';

export interface LiveHubDeps {
  settings: Pick<DashboardSettings, 'CARREL_DARK_AFTER_S'>;
  state: Pick<State, 'registry' | 'keep'>;
  broker: Pick<Broker, 'openFeed' | 'commit' | 'presence' | 'onPresence' | 'store' | 'stores' | 'stats'>;
  alerts: Pick<AlertEngine, 'openOf' | 'onChange' | 'view' | 'notices'>;
  delivery?: { notices(): HealthNotice[] };
  proof?: { notices(): HealthNotice[] };
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

export function createLiveHub(deps: LiveHubDeps): LiveHub {
  const { state, broker, alerts, clock, log, every = systemEvery } = deps;
  const epoch = randomBytes(6).toString('hex');
  const fleet = fleetReader(state.registry, clock);
  const viewers = createViewers({ clock, max: deps.maxViewers ?? 500 });
  const ring = createRing(RING_TICKS);
  const rows = new Map<string, LiveRow>();
  const sentAt = new Map<string, number>();
  const dirty = new Set<string>();
  const facts = createFactsKeeper({ state, broker, fleet, clock, log, onChange: (ap) => dirty.add(ap) });
  let freshAlerts: number[] = [];
  let seq = 0;
  let sweep = 0;
  let swept = -1;
  let totals: Totals = totalsOf([], 0);
  let health: HealthNotice[] = [];
  let roster: Roster & { revision: number } = { revision: -1, hash: '', sites: [], access_points: [], probes: [] };
  let graceUntil = 0;
  let ends: (() => void)[] = [];
  let lastBeat = 0;
  let lastEdit = Number.NEGATIVE_INFINITY;
  const darkAfterMs = deps.settings.CARREL_DARK_AFTER_S * 1000;
  const idNow = (): string => `${epoch}-${seq}`;

  // --- rows and deltas

  function tick(): void {
    const now = clock.wallMs();
    refreshRoster();
    sweepSome();
    const changed = changedRows(now);
    const nextTotals = totalsOf(rows.values(), now);
    const nextHealth = healthNow();
    if (changed.length > 0 || !same(nextTotals, totals) || !same(nextHealth, health))
      publish(changed, nextTotals, nextHealth, now);
    const mono = clock.monoMs();
    if (mono - lastBeat >= HEARTBEAT_MS) {
      lastBeat = mono;
      viewers.send(sseEvent('hb', { at: now }, idNow()));
    }
    viewers.recheck();
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
        const row = rowOf(
          {
            entry,
            facts: facts.of(ap),
            presence: (entry.probe !== null && presence.get(entry.probe)) || null,
            alert: alerts.openOf(ap),
            now,
            darkAfterMs,
            graceUntil,
          },
          before,
        );
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
    const others = [alerts.notices?.() ?? [], deps.delivery?.notices() ?? [], deps.proof?.notices() ?? []].flat();
    return worstFirst([...own, ...others, ...facts.notices()]);
  }

  /** Alerts do not wait for the tick; their row follows in the same breath. */
  function onAlert(alert: AlertView): void {
    freshAlerts.push(alert.id);
    dirty.add(alert.ap);
    viewers.send(sseEvent('alert', alert, idNow()));
    tickSoon();
  }
  const tickSoon = onceAfter(tick);

  // --- viewers

  function greeting(lastEventId: string | null): string[] {
    const hello = [
      'retry: 2000\n\n',
      sseEvent('hb', { at: clock.wallMs() }, idNow()),
      sseEvent('roster', { hash: roster.hash }, null),
    ];
    if (lastEventId === null) return hello;
    const [theirs, number] = lastEventId.split('-');
    const missed = theirs === epoch && /^\d{1,15}$/.test(number ?? '') ? ring.after(Number(number)) : null;
    if (!missed) return ['retry: 2000\n\n', sseEvent('reset', {}, null)];
    const merged = deltaOf(
      [...missed.aps].flatMap((ap) => rows.get(ap) ?? []),
      clock.wallMs(),
    );
    const told = [...missed.alerts].slice(-50).flatMap((id) => alerts.view(id) ?? []);
    return [
      'retry: 2000\n\n',
      ...(Number(number) < seq ? [sseEvent('d', merged, idNow())] : []),
      ...hello.slice(1),
      ...told.map((alert) => sseEvent('alert', alert, null)),
    ];
  }

  return {
    async start() {
      graceUntil = clock.wallMs() + Math.max(darkAfterMs, 10_000);
      lastBeat = clock.monoMs();
      refreshRoster();
      await facts.start();
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
      viewers.closeAll();
      await facts.stop();
    },
    snapshot: () => ({ epoch, seq, at: clock.wallMs(), roster: roster.hash, totals, rows: [...rows.values()], health }),
    roster() {
      refreshRoster();
      const { hash, sites, access_points, probes } = roster;
      return { hash, sites, access_points, probes };
    },
    rosterChanged() {
      // An edit shows at once. While 1,200 probes are being added they show with the ticks: each costs a look at the whole fleet.
      const mono = clock.monoMs();
      if (mono - lastEdit < TICK_MS) return;
      lastEdit = mono;
      tick();
    },
    stream(_request: FastifyRequest, reply: FastifyReply, lastEventId, stillAllowed) {
      reply.hijack();
      if (!viewers.add(reply.raw, reply.getHeaders(), greeting(lastEventId), stillAllowed)) {
        reply.raw.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '30' });
        reply.raw.end(
          JSON.stringify({
            type: 'about:blank',
            title: 'Too many viewers',
            status: 503,
            detail: 'This server shows its live view to as many as it can already; try again in a while.',
            code: 'TOO_MANY_VIEWERS',
          }),
        );
      }
    },
  };
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
