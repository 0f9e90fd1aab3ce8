/**
 * Why: the live view of everybody at once: facts from the wal become rows, rows that changed become one delta a second, written once to
 * all viewers of a channel. After any sequence of cuts a viewer's rows equal a fresh snapshot (reference: live protocol).
 */
import { randomBytes } from 'node:crypto';
import type { Broker } from '#broker';
import {
  type AlertView,
  hasHours,
  type Language,
  type LiveDelta,
  type LivePoll,
  type LiveRow,
  type SiteScope,
  type Totals,
} from '#contract';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import type { State } from '#state';
import { inForce } from '../alert/context.ts';
import { type Fleet, fleetReader } from '../alert/fleet.ts';
import { hoursOfFleet } from '../alert/fleet-hours.ts';
import type { DashboardSettings } from '../config.ts';
import type { AlertEngine, LiveHub } from '../deps.ts';
import type { Notice } from '../said/said.ts';
import { wordNotice } from '../said/say.ts';
import { type Every, onceAfter, systemEvery } from '../timing.ts';
import type { Channel } from './channel.ts';
import { ALL } from './channel-name.ts';
import { createChannels } from './channels.ts';
import { createFactsKeeper } from './facts.ts';
import { healthOf, worstFirst } from './health.ts';
import { createStateTrail, hourCounts } from './history.ts';
import { clockOf, readingOf, sampleAtOf } from './latest.ts';
import { refuse } from './refuse.ts';
import { createRing } from './ring.ts';
import { createRows } from './rows.ts';
import { createSlots } from './slots.ts';
import { createTail } from './tail.ts';
import { totalsOf } from './tally.ts';
import { createViewers, sseEvent } from './viewers.ts';

export interface LiveHubDeps {
  settings: Pick<DashboardSettings, 'CARREL_DARK_AFTER_S' | 'CARREL_VIEWERS' | 'CARREL_VIEWERS_EACH'>;
  state: Pick<State, 'registry' | 'keep' | 'alerts'>;
  broker: Pick<Broker, 'openFeed' | 'commit' | 'presence' | 'onPresence' | 'store' | 'stores' | 'stats'>;
  alerts: Pick<AlertEngine, 'openOf' | 'onChange' | 'view' | 'notices' | 'needAction'>;
  delivery?: { notices(): Notice[] };
  proof?: { notices(): Notice[] };
  clock: Clock;
  log: Logger;
  every?: Every;
}

const TICK_MS = 1000;
/** Of raw samples: people do not read faster. */
const TAIL_MS = 500;
const HEARTBEAT_MS = 15_000;
const TRAIL_MS = 10_000;
const RING_TICKS = 600;
/** Alerts that a viewer who comes back is told again. */
const ALERTS_TOLD = 50;

export function createLiveHub(deps: LiveHubDeps): LiveHub {
  const { settings, state, broker, alerts, clock, log, every = systemEvery } = deps;
  const epoch = randomBytes(6).toString('hex');
  const fleet = fleetReader(state.registry, clock);
  const maxEach = settings.CARREL_VIEWERS_EACH;
  const viewers = createViewers({ clock, max: settings.CARREL_VIEWERS, maxEach });
  const ring = createRing(RING_TICKS);
  const slots = createSlots();
  const channels = createChannels(slots, epoch, viewers.channels);
  const darkAfterMs = settings.CARREL_DARK_AFTER_S * 1000;
  const tail = createTail({ fleet, clock, maxEach });
  const facts = createFactsKeeper({
    ...{ state, broker, fleet, slots, clock, log, onChange: (slot) => rows.look(slot), onBatch: tail.take },
  });
  const hours = hoursOfFleet(state);
  const rows = createRows({
    ...{ fleet, slots, hours, presence: broker.presence, openOf: alerts.openOf, facts: facts.of, darkAfterMs },
  });
  const withoutHours = countWithoutHours();
  const trail = createStateTrail(state, slots);
  let freshAlerts: { id: number; site: string }[] = [];
  let seq = 0;
  let revision = -1;
  let totals: Totals = { ...totalsOf([], 0), need_action: 0 };
  let health: Notice[] = [];
  let healthText = '[]';
  /** Ids of the silences in force: what they begin or cease to hold needs action no more, or again. */
  let lastSilenced = '';
  let graceUntil = 0;
  let ends: (() => void)[] = [];
  let lastBeat = 0;
  let lastTrail = Number.NEGATIVE_INFINITY;
  let lastEdit = Number.NEGATIVE_INFINITY;
  const idOf = (channel: Channel): string => `${channel.epoch}-${channel.seq}`;

  // --- rows and deltas

  function tick(): void {
    const now = clock.wallMs();
    const edited = refreshRoster();
    const held = inForce(state.alerts.silences(now), now);
    const silenced = held.map(({ id }) => id).join();
    rows.setWorks(held.filter(({ kind }) => kind === 'maintenance'));
    const changed = rows.next(now, graceUntil);
    const nextTotals = { ...rows.totals(), need_action: needAction(null) };
    const nextHealth = healthNow();
    const nextText = JSON.stringify(nextHealth);
    const news = nextText !== healthText;
    const told = freshAlerts.length > 0 || nextTotals.need_action !== totals.need_action || silenced !== lastSilenced;
    lastSilenced = silenced;
    if (changed.length > 0 || news || told || edited || JSON.stringify(nextTotals) !== JSON.stringify(totals)) {
      totals = nextTotals;
      health = nextHealth;
      healthText = nextText;
      publish(changed, { news, told }, now);
    }
    beat(now);
    note(now);
    viewers.recheck();
    tail.recheck();
  }

  function beat(now: number): void {
    const mono = clock.monoMs();
    if (mono - lastBeat < HEARTBEAT_MS) return;
    lastBeat = mono;
    hours.refresh();
    for (const channel of watchedChannels()) viewers.send(channel.key, sseEvent('hb', { at: now }, idOf(channel)));
  }

  /** Not while rows only fill up after a start: what was before it is in the trail already. */
  function note(now: number): void {
    const mono = clock.monoMs();
    if (mono - lastTrail < TRAIL_MS || now < graceUntil) return;
    lastTrail = mono;
    trail.note(rows.all, now);
  }

  const watchedChannels = (): Channel[] => [...viewers.channels()].flatMap((key) => channels.known(key) ?? []);

  /** Whether any channel has another roster now. */
  function refreshRoster(): boolean {
    const { registry } = state;
    if (revision === registry.revision()) return false;
    revision = registry.revision();
    const edited = channels.follow(registry);
    for (const channel of edited) {
      // Its totals may be others: it is told again.
      channel.needAction = null;
      viewers.send(channel.key, sseEvent('roster', { hash: channel.hash() }, idOf(channel)));
    }
    return edited.length > 0;
  }

  /** `news`: of Carrel itself; `told`: an alert is another one, or how many need action. */
  function publish(changed: readonly number[], { news, told }: { news: boolean; told: boolean }, now: number): void {
    seq += 1;
    ring.push({ seq, slots: changed, alerts: freshAlerts.map(({ id }) => id) });
    const watched = viewers.channels();
    for (const channel of channels.all()) {
      const listened = watched.has(channel.key);
      const all = channel.key === '';
      const places = all && !listened ? [] : channel.places(changed, seq - 1, ring.lastOf, rows.all);
      const before = channel.needAction;
      if (told || before === null) channel.needAction = needAction(channel.sight);
      const alerted = told && freshAlerts.some(({ site }) => channel.sees(site));
      // The one of everything counts each tick; in others most ticks change nothing.
      if (!all && !news && !alerted && places.length === 0 && channel.needAction === before) continue;
      const after = channel.seq;
      channel.seq = seq;
      if (!listened) continue;
      const delta = deltaOf(channel, places, now, after);
      // Only what is worded differs by language.
      if (!news) viewers.send(channel.key, sseEvent('d', delta, idOf(channel)));
      else viewers.send(channel.key, (lang) => sseEvent('d', { ...delta, health: worded(lang) }, idOf(channel)));
    }
    freshAlerts = [];
  }

  const needAction = (sight: Channel['sight']): number => alerts.needAction?.(sight) ?? 0;

  const worded = (lang: Language) => health.map((one) => wordNotice(one, lang));

  function deltaOf(channel: Channel, places: number[], at: number, after: number): LiveDelta {
    const { n, cols } = channel.some(places, rows.all, at);
    return {
      ...{ epoch: channel.epoch, seq: channel.seq, after, at, list: channel.list(), totals: totalsFor(channel, at) },
      ...{ health: null, n, cols },
    };
  }

  function totalsFor(channel: Channel, at: number): Totals {
    if (channel.key === '') return totals;
    return { ...totalsOf(rowsIn(channel), at), need_action: channel.needAction ?? needAction(channel.sight) };
  }

  const rowsIn = (channel: Channel): LiveRow[] => channel.slots().flatMap((slot) => rows.all.row(slot) ?? []);

  function healthNow(): Notice[] {
    const own = healthOf(broker.stores(), broker.stats(), withoutHours(fleet()));
    const others = [alerts.notices?.() ?? [], deps.delivery?.notices() ?? [], deps.proof?.notices() ?? []].flat();
    return worstFirst([...own, ...others, ...facts.notices()]);
  }

  /** Listeners are told in English. */
  const inLanguage = (alert: AlertView, lang: Language): AlertView =>
    lang === 'en' ? alert : (alerts.view(alert.id, lang) ?? alert);

  function lookAt(ap: string | undefined): void {
    const slot = ap === undefined ? undefined : slots.known(ap);
    if (slot !== undefined) rows.look(slot);
  }

  /** Alerts do not wait for the tick; their row follows in the same breath. */
  function onAlert(alert: AlertView): void {
    freshAlerts.push({ id: alert.id, site: alert.site });
    lookAt(alert.ap);
    for (const channel of watchedChannels())
      if (channel.sees(alert.site))
        viewers.send(channel.key, (lang) => sseEvent('alert', inLanguage(alert, lang), idOf(channel)));
    tickSoon();
  }
  const tickSoon = onceAfter(tick);

  // --- viewers

  function channelOf(scope: SiteScope | undefined, channel = ALL): Channel {
    // An edit that no tick has seen yet: places and rows must belong together.
    if (revision !== state.registry.revision()) tick();
    const one = channels.of(scope, channel, seq);
    one.needAction ??= needAction(one.sight);
    return one;
  }

  /** What changed after the event of this id; null when only a snapshot helps. */
  function since(id: string, channel: Channel, lang: Language): { delta: LiveDelta | null; told: AlertView[] } | null {
    const [theirs, number] = id.split('-');
    const from = /^\d{1,15}$/.test(number ?? '') ? Number(number) : Number.NaN;
    if (theirs !== channel.epoch || Number.isNaN(from)) return null;
    // However long ago: nothing has happened in this channel since.
    if (from === channel.seq) return { delta: null, told: [] };
    const missed = ring.after(from);
    if (!missed) return null;
    const told = [...missed.alerts].slice(-ALERTS_TOLD).flatMap((alert) => alerts.view(alert, lang) ?? []);
    const at = clock.wallMs();
    const delta = () => deltaOf(channel, channel.places(missed.slots, from, ring.lastOf, rows.all), at, from);
    return {
      delta: from < channel.seq ? { ...delta(), health: worded(lang) } : null,
      told: told.filter((alert) => channel.sees(alert.site)),
    };
  }

  function greeting(lastEventId: string | null, channel: Channel, lang: Language): string[] {
    const retry = 'retry: 2000\n\n';
    const id = idOf(channel);
    const hello = [sseEvent('hb', { at: clock.wallMs() }, id), sseEvent('roster', { hash: channel.hash() }, id)];
    if (lastEventId === null) return [retry, ...hello];
    const missed = since(lastEventId, channel, lang);
    // The one event without a position: whoever is cut off before the snapshot came must not resume from here.
    if (!missed) return [retry, sseEvent('reset', {}, null)];
    const delta = missed.delta ? [sseEvent('d', missed.delta, id)] : [];
    return [retry, ...delta, ...hello, ...missed.told.map((alert) => sseEvent('alert', alert, id))];
  }

  return {
    async start() {
      graceUntil = clock.wallMs() + Math.max(darkAfterMs, 10_000);
      lastBeat = clock.monoMs();
      refreshRoster();
      await facts.start();
      ends = [
        every(TICK_MS, tick),
        every(TAIL_MS, tail.flush),
        alerts.onChange(onAlert),
        broker.onPresence(({ probe }) => lookAt(fleet().apOfProbe.get(probe))),
      ];
      tick();
    },
    async stop() {
      for (const end of ends.splice(0)) end();
      viewers.closeAll();
      tail.closeAll();
      await facts.stop();
      trail.save();
    },
    now: () => ({ at: clock.wallMs(), rows: rows.all.rows() }),
    heard(probe) {
      const ap = fleet().apOfProbe.get(probe);
      if (ap === undefined) return null;
      const known = facts.of(slots.of(ap));
      return { sampleAt: sampleAtOf(known), clock: clockOf(known), waiting: readingOf(known, 'spool_frames') };
    },
    snapshot(scope, lang = 'en', part = ALL) {
      const channel = channelOf(scope, part);
      const at = clock.wallMs();
      return {
        ...{ epoch: channel.epoch, seq: channel.seq, at, roster: channel.hash(), list: channel.list() },
        ...{ totals: totalsFor(channel, at), health: worded(lang), cols: channel.all(rows.all, at) },
      };
    },
    first(scope) {
      const channel = channelOf(scope);
      const at = clock.wallMs();
      return { ...channel.first(rows.all, at), totals: totalsFor(channel, at) };
    },
    roster: (scope, part = ALL) => channelOf(scope, part).roster(),
    history(scope) {
      const channel = channelOf(scope);
      const now = clock.wallMs();
      const view = trail.view(channel.aps(), now);
      // Quarters are counted of everybody: who sees some sites gets the hours of these.
      return { ...view, ...(channel.key === '' ? {} : hourCounts(view.hours, now)), list: channel.list() };
    },
    poll(id, scope, lang = 'en', part = ALL): LivePoll {
      const channel = channelOf(scope, part);
      const missed = since(id, channel, lang);
      if (!missed) return { kind: 'reset' };
      const { delta, told } = missed;
      return { kind: 'delta', at: clock.wallMs(), roster: channel.hash(), delta, alerts: told };
    },
    recheck() {
      viewers.recheck(true);
      tail.recheck(true);
    },
    rosterChanged() {
      // An edit shows at once. While 1,200 probes are being added they show with the ticks: each costs a look at the whole fleet.
      const mono = clock.monoMs();
      if (mono - lastEdit < TICK_MS) return;
      lastEdit = mono;
      tick();
    },
    stream(_request, reply, { who, lastEventId, scope, part = ALL, lang = 'en', packed, stillAllowed }) {
      const channel = channelOf(scope, part);
      reply.hijack();
      const headers = reply.getHeaders();
      const viewer = { raw: reply.raw, headers, channel: channel.key, who, lang, packed, stillAllowed };
      const noPlace = viewers.add(viewer, greeting(lastEventId, channel, lang));
      if (noPlace) refuse(reply.raw, headers, noPlace, lang);
    },
    tail(reply, { scope, lang = 'en', ...viewer }, filter) {
      reply.hijack();
      const headers = reply.getHeaders();
      const noPlace = tail.watch({ ...viewer, raw: reply.raw, headers, lang, filter, scope });
      if (noPlace) refuse(reply.raw, headers, noPlace, lang);
    },
  };
}

/** Counted once per version of the fleet. */
function countWithoutHours(): (fleet: Fleet) => number {
  let counted = { revision: -1, n: 0 };
  return ({ revision, byAp }) => {
    if (counted.revision !== revision) {
      const sites = [...byAp.values()].filter(({ site }) => !hasHours(site.opening)).map(({ site }) => site.id);
      counted = { revision, n: new Set(sites).size };
    }
    return counted.n;
  };
}
