/** Why: every condition besides *slow* and *dark*: what exactly is "so", for how long it must be, and how it is told. */
import type { Broker } from '#broker';
import type { MetricName, ThroughputEvent } from '#contract';
import type { State } from '#state';
import type { Said } from '../said/said.ts';
import type { Fault } from '../said/sayings-site.ts';
import { CLEAR_MS, CLOCK_HOLD_MS } from './condition-times.ts';
import type { Context } from './context.ts';
import type { Sight } from './dark.ts';
import type { Fleet, FleetEntry } from './fleet.ts';
import { emptySteadyInstance, type Memories } from './memory.ts';
import type { ServerWatch } from './server-watch.ts';
import { skippedReason } from './slow-words.ts';
import { SEVERITY } from './view.ts';
import { type Opening, placeOf, type Work, workSteady } from './work.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Device and line, from one sample. */
export function workSample(
  work: Work,
  memories: Memories,
  entry: FleetEntry,
  at: number,
  value: (name: MetricName) => number | null,
  context: Context,
): void {
  const { table, now } = context;
  const { site, ap } = entry;
  if (table.on('device', site)) {
    const faults = deviceFaults(value, entry, context);
    const hold = table.number('device.hold_min', site) * MINUTE;
    const opening = (found: readonly Fault[]): Opening =>
      told('device', { code: 'device.title', place: placeOf(entry), faults: found }, [
        { code: 'device.lasts', faults: found, ms: hold },
        { code: 'device.effect' },
      ]);
    workSteady(
      work,
      memories,
      'device',
      ap.id,
      entry,
      { at, bad: faults === null ? null : faults.length > 0, ...(faults && { what: faults }) },
      { holdMs: hold, clearMs: CLEAR_MS },
      opening,
      context,
    );
  }
  if (!table.on('quality', site) || !context.hours(entry).open(Math.min(at, now))) return;
  const poor = qualityFaults(value, entry, context);
  const hold = table.number('quality.hold_min', site) * MINUTE;
  const opening = (found: readonly Fault[]): Opening =>
    told('quality', { code: 'quality.title', place: placeOf(entry), faults: found }, [
      { code: 'quality.lasts', faults: found, ms: hold },
      { code: 'quality.effect' },
    ]);
  workSteady(
    work,
    memories,
    'quality',
    ap.id,
    entry,
    { at, bad: poor === null ? null : poor.length > 0, ...(poor && { what: poor }) },
    { holdMs: hold, clearMs: CLEAR_MS },
    opening,
    context,
  );
}

function deviceFaults(
  value: (name: MetricName) => number | null,
  { site }: FleetEntry,
  { table }: Context,
): Fault[] | null {
  const [temp, disk, memory, throttled] = [
    value('temp_c'),
    value('disk_used_pct'),
    value('mem_used_pct'),
    value('throttled'),
  ];
  if (temp === null && disk === null && memory === null && throttled === null) return null;
  const faults: Fault[] = [];
  if (temp !== null && temp >= table.number('device.temp_c', site))
    faults.push({ kind: 'hot', celsius: Math.round(temp) });
  if (disk !== null && disk >= table.number('device.disk_pct', site))
    faults.push({ kind: 'disk', percent: Math.round(disk) });
  if (memory !== null && memory >= table.number('device.mem_pct', site))
    faults.push({ kind: 'memory', percent: Math.round(memory) });
  if (throttled !== null && (throttled & 1) === 1) faults.push({ kind: 'voltage' });
  return faults;
}

function qualityFaults(
  value: (name: MetricName) => number | null,
  { site }: FleetEntry,
  { table }: Context,
): Fault[] | null {
  const [loss, rtt, up] = [value('loss_pct'), value('rtt_ms'), value('internet_up')];
  // Without internet it is no question of quality.
  if (up === 0 || (loss === null && rtt === null)) return null;
  const faults: Fault[] = [];
  if (loss !== null && loss >= table.number('quality.loss_pct', site)) faults.push({ kind: 'loss', percent: loss });
  if (rtt !== null && rtt >= table.number('quality.rtt_ms', site)) faults.push({ kind: 'rtt', ms: Math.round(rtt) });
  return faults;
}

/** Budget and strength of the probe, from one test. */
export function workTestFacts(
  work: Work,
  memories: Memories,
  entry: FleetEntry,
  event: ThroughputEvent,
  at: number,
  context: Context,
): void {
  const { table } = context;
  const { site, ap } = entry;
  const spent = event.limited_by === 'budget' && event.verdict === 'inconclusive';
  if (table.on('budget', site))
    workSteady(
      work,
      memories,
      'budget',
      ap.id,
      entry,
      { at, bad: spent },
      { holdMs: 0, clearMs: 0 },
      () =>
        told('budget', { code: 'budget.title', place: placeOf(entry) }, [
          { code: 'budget.spent', at },
          { code: 'budget.advice' },
        ]),
      context,
    );
  if (!table.on('weak', site) || spent) return;
  const row = memoryOf(work, memories, `weak ${ap.id}`);
  const bound = event.limited_by === 'cpu' || event.limited_by === 'nic';
  const before = row.what.find((one) => one.kind === 'weak_tests')?.n ?? 0;
  const n = bound ? before + 1 : 0;
  const needed = table.number('weak.tests', site);
  const seen = { at, bad: bound, what: [{ kind: 'weak_tests', n } as const] };
  // It is counted in tests, not in time.
  workSteady(
    work,
    memories,
    'weak',
    ap.id,
    entry,
    seen,
    { holdMs: n >= needed ? 0 : Number.POSITIVE_INFINITY, clearMs: 0 },
    (faults) => told('weak', { code: 'weak.title', place: placeOf(entry) }, [{ code: 'weak.limited', faults }]),
    context,
  );
}

export interface ConditionFacts {
  work: Work;
  memories: Memories;
  fleet: Fleet;
  context: Context;
  servers: ServerWatch;
  sightOf(probe: string | null): Sight | null;
  facts: {
    stats: ReturnType<Broker['stats']>;
    stores: ReturnType<Broker['stores']>;
    reported: State['registry']['reported'];
  };
  agentVersion: string | null;
}

/** What no frame tells: looked at every half minute. */
export function workConditions(all: ConditionFacts): void {
  const { work, memories, context, servers, facts } = all;
  const { now, table } = context;
  for (const entry of all.fleet.byAp.values()) workEntry(all, entry);
  if (table.on('database', null))
    for (const store of facts.stores) {
      const bad = store.state === 'refused' || store.state === 'down';
      const holdMs = table.number('database.hold_min', null) * MINUTE;
      workSteady(
        work,
        memories,
        'database',
        `store:${store.name}`,
        null,
        { at: now, bad, what: [{ kind: 'refused', error: store.error ?? store.state }] },
        { holdMs, clearMs: 0 },
        (faults) =>
          told('database', { code: 'database.title', name: store.name }, [
            { code: 'database.refuses', name: store.name, ms: holdMs, faults },
            { code: 'database.effect' },
          ]),
        context,
      );
    }
  if (table.on('server', null))
    for (const { server, bad, low, sites } of servers.judged(now))
      workSteady(
        work,
        memories,
        'server',
        `server:${server}`,
        null,
        { at: now, bad, what: [{ kind: 'low_sites', low, sites }] },
        { holdMs: 0, clearMs: CLEAR_MS },
        (faults) => told('server', { code: 'server.title', server }, [{ code: 'server.low', faults }]),
        context,
      );
}

function workEntry({ work, memories, context, facts, sightOf, agentVersion }: ConditionFacts, entry: FleetEntry): void {
  const { now, table } = context;
  const { ap, site, probe } = entry;
  const slow = (work.slow.get(ap.id) ?? memories.slow.get(ap.id))?.rule;
  const observe = (
    rule: 'silent' | 'cloned' | 'outdated',
    bad: boolean | null,
    holdMs: number,
    opening: (faults: readonly Fault[]) => Opening,
    what: readonly Fault[] = [],
  ): void => {
    if (!table.on(rule, site)) return;
    const seen = probe === null ? { at: now, bad: null, gone: true } : { at: now, bad, what };
    workSteady(work, memories, rule, ap.id, entry, seen, { holdMs, clearMs: 0 }, opening, context);
  };
  if (slow) {
    const since = slow.noDataSince;
    observe('silent', since !== null && sightOf(probe)?.online === true, 0, () =>
      told('silent', { code: 'silent.title', place: placeOf(entry) }, [
        { code: 'silent.no_valid', since },
        ...slow.skipped.slice(-2).map(skippedReason),
      ]),
    );
  }
  observe('cloned', probe !== null && (facts.stats.cloned ?? []).includes(probe), 0, () =>
    told('cloned', { code: 'cloned.title', place: placeOf(entry) }, [{ code: 'cloned.both', probe: probe ?? '' }]),
  );
  const version = probe === null ? null : (facts.reported(probe)?.agent ?? null);
  observe(
    'outdated',
    agentVersion === null || version === null || version === '' ? null : olderThan(version, agentVersion),
    table.number('outdated.hold_h', site) * HOUR,
    (faults) =>
      told('outdated', { code: 'outdated.title', place: placeOf(entry) }, [
        { code: 'outdated.agent', faults, current: agentVersion ?? '' },
      ]),
    version === null ? [] : [{ kind: 'agent', version }],
  );
}

/** Versions as major.minor.patch; anything else is not judged older. */
export function olderThan(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => /^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1, 4).map(Number));
  if (!a || !b) return false;
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return (a[i] ?? 0) < (b[i] ?? 0);
  return false;
}

export function isWrongClock(skewMs: number, { site }: FleetEntry, table: Context['table']): boolean {
  return Math.abs(skewMs) > table.number('clock.skew_s', site) * 1000;
}

/** Clocks: frames say what the probe believes, arrival what is true. */
export function workClock(
  work: Work,
  memories: Memories,
  entry: FleetEntry,
  skewMs: number,
  at: number,
  context: Context,
): void {
  const { table } = context;
  if (!table.on('clock', entry.site)) return;
  const bad = isWrongClock(skewMs, entry, table);
  workSteady(
    work,
    memories,
    'clock',
    entry.ap.id,
    entry,
    { at, bad, what: [{ kind: 'skew', ms: skewMs }] },
    { holdMs: CLOCK_HOLD_MS, clearMs: 0 },
    (faults) => told('clock', { code: 'clock.title', place: placeOf(entry), faults }, [{ code: 'clock.skew', faults }]),
    context,
  );
}

function memoryOf(work: Work, memories: Memories, key: string): typeof emptySteadyInstance.rule {
  return (work.steady.get(key) ?? memories.steady.get(key) ?? emptySteadyInstance).rule;
}

function told(rule: keyof typeof SEVERITY, headline: Said, reasons: Said[]): Opening {
  return { headline, reasons, severity: SEVERITY[rule] };
}
