/** Why: every condition besides *slow* and *dark*: what exactly is "so", for how long it must be, and how it is told. */
import type { Broker } from '#broker';
import type { MetricName, ThroughputEvent } from '#contract';
import type { State } from '#state';
import type { Context } from './context.ts';
import type { Sight } from './dark.ts';
import type { Fleet, FleetEntry } from './fleet.ts';
import { emptySteadyInstance, type Memories } from './memory.ts';
import type { ServerWatch } from './server-watch.ts';
import { SEVERITY } from './view.ts';
import { dateTime, duration } from './words.ts';
import { type Opening, placeOf, type Work, workSteady } from './work.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** What ended must have ended for so long. */
const CLEAR_MS = 15 * MINUTE;

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
    const opening = (what: string): Opening =>
      told('device', `Probe in trouble: ${placeOf(entry)}, ${what}`, [
        `${what} for ${duration(hold)} or longer.`,
        'It may stop measuring, or measure wrongly.',
      ]);
    workSteady(
      work,
      memories,
      'device',
      ap.id,
      entry,
      { at, bad: faults === null ? null : faults.length > 0, what: faults?.join(', ') },
      { holdMs: hold, clearMs: CLEAR_MS },
      opening,
      context,
    );
  }
  if (!table.on('quality', site) || !context.hours(entry).open(Math.min(at, now))) return;
  const poor = qualityFaults(value, entry, context);
  const hold = table.number('quality.hold_min', site) * MINUTE;
  const opening = (what: string): Opening =>
    told('quality', `Poor quality: ${placeOf(entry)}, ${what}`, [
      `${what}, in opening hours, for ${duration(hold)} or longer.`,
      'Pages load slowly and calls break up, whatever the speed.',
    ]);
  workSteady(
    work,
    memories,
    'quality',
    ap.id,
    entry,
    { at, bad: poor === null ? null : poor.length > 0, what: poor?.join(', ') },
    { holdMs: hold, clearMs: CLEAR_MS },
    opening,
    context,
  );
}

function deviceFaults(
  value: (name: MetricName) => number | null,
  { site }: FleetEntry,
  { table }: Context,
): string[] | null {
  const [temp, disk, memory, throttled] = [
    value('temp_c'),
    value('disk_used_pct'),
    value('mem_used_pct'),
    value('throttled'),
  ];
  if (temp === null && disk === null && memory === null && throttled === null) return null;
  const faults: string[] = [];
  if (temp !== null && temp >= table.number('device.temp_c', site)) faults.push(`${Math.round(temp)} °C hot`);
  if (disk !== null && disk >= table.number('device.disk_pct', site)) faults.push(`disk ${Math.round(disk)} % full`);
  if (memory !== null && memory >= table.number('device.mem_pct', site))
    faults.push(`memory ${Math.round(memory)} % full`);
  if (throttled !== null && (throttled & 1) === 1) faults.push('too little voltage');
  return faults;
}

function qualityFaults(
  value: (name: MetricName) => number | null,
  { site }: FleetEntry,
  { table }: Context,
): string[] | null {
  const [loss, rtt, up] = [value('loss_pct'), value('rtt_ms'), value('internet_up')];
  // Without internet it is no question of quality.
  if (up === 0 || (loss === null && rtt === null)) return null;
  const faults: string[] = [];
  if (loss !== null && loss >= table.number('quality.loss_pct', site)) faults.push(`${loss} % of connections lost`);
  if (rtt !== null && rtt >= table.number('quality.rtt_ms', site)) faults.push(`${Math.round(rtt)} ms to the internet`);
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
      { at, bad: spent, what: 'no data left for tests' },
      { holdMs: 0, clearMs: 0 },
      () =>
        told('budget', `Data budget spent: ${placeOf(entry)}`, [
          `The month's data for tests is spent (told at ${dateTime(at, site.zone)}): nothing is measured until the next month, so a slow line would not be noticed.`,
          'Raise the budget of the site, or have it tested less often.',
        ]),
      context,
    );
  if (!table.on('weak', site) || spent) return;
  const row = memoryOf(work, memories, `weak ${ap.id}`);
  const bound = event.limited_by === 'cpu' || event.limited_by === 'nic';
  const count = bound ? Number(/^\d+/.exec(row.what)?.[0] ?? 0) + 1 : 0;
  const needed = table.number('weak.tests', site);
  const seen = { at, bad: bound, what: `${count} tests in a row` };
  // It is counted in tests, not in time.
  workSteady(
    work,
    memories,
    'weak',
    ap.id,
    entry,
    seen,
    { holdMs: count >= needed ? 0 : Number.POSITIVE_INFINITY, clearMs: 0 },
    (what) =>
      told('weak', `Probe too weak: ${placeOf(entry)}`, [
        `${what} were limited by the probe's own processor or port, not by the line: it cannot measure the target. A pass from it still counts.`,
      ]),
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
        { at: now, bad, what: store.error ?? store.state },
        { holdMs, clearMs: 0 },
        (what) =>
          told('database', `Database refuses: ${store.name}`, [
            `${store.name} takes nothing for ${duration(holdMs)} or longer: ${what}.`,
            'Nothing is lost while the log has room; alerts go on. Reports and charts stand still.',
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
        { at: now, bad, what: `${low} of ${sites} sites low` },
        { holdMs: 0, clearMs: CLEAR_MS },
        (what) =>
          told('server', `Test server in trouble: ${server}`, [
            `${what} against it in half an hour, and well against others. Low results from it are not counted against the lines.`,
          ]),
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
    opening: (what: string) => Opening,
    what = '',
  ): void => {
    if (!table.on(rule, site)) return;
    const seen = probe === null ? { at: now, bad: null, gone: true } : { at: now, bad, what };
    workSteady(work, memories, rule, ap.id, entry, seen, { holdMs, clearMs: 0 }, opening, context);
  };
  if (slow) {
    const since = slow.noDataSince;
    observe('silent', since !== null && sightOf(probe)?.online === true, 0, () =>
      told('silent', `No measurements: ${placeOf(entry)}`, [
        `Its probe is connected, but brought no valid test since ${since === null ? 'long' : dateTime(since, site.zone)} in opening hours.`,
        ...slow.skipped
          .slice(-2)
          .map((one) => `The test of ${dateTime(one.at, site.zone)} does not count: ${one.why}.`),
      ]),
    );
  }
  observe('cloned', probe !== null && (facts.stats.cloned ?? []).includes(probe), 0, () =>
    told('cloned', `Cloned probe: ${placeOf(entry)}`, [
      `Two devices use the identity ${probe}. Their results mix, and they throw each other out. Give one of them a credential of its own.`,
    ]),
  );
  const version = probe === null ? null : (facts.reported(probe)?.agent ?? null);
  observe(
    'outdated',
    agentVersion === null || version === null || version === '' ? null : olderThan(version, agentVersion),
    table.number('outdated.hold_h', site) * HOUR,
    (what) =>
      told('outdated', `Old agent: ${placeOf(entry)}`, [
        `Its agent is ${what}; this server hands out ${agentVersion}. Run the installation command again.`,
      ]),
    version ?? '',
  );
}

/** Versions as major.minor.patch; anything else is not judged older. */
export function olderThan(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => /^(\d+)\.(\d+)\.(\d+)/.exec(text)?.slice(1, 4).map(Number));
  if (!a || !b) return false;
  for (let i = 0; i < 3; i++) if (a[i] !== b[i]) return (a[i] ?? 0) < (b[i] ?? 0);
  return false;
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
  const bad = Math.abs(skewMs) > table.number('clock.skew_s', entry.site) * 1000;
  const what = `${duration(Math.abs(skewMs))} ${skewMs > 0 ? 'fast' : 'slow'}`;
  workSteady(
    work,
    memories,
    'clock',
    entry.ap.id,
    entry,
    { at, bad, what },
    { holdMs: 10 * MINUTE, clearMs: 0 },
    (text) =>
      told('clock', `Wrong clock: ${placeOf(entry)}, ${text}`, [
        `The probe's clock is ${text}. Its results are stamped with corrected times where that is possible; certificates may be refused.`,
      ]),
    context,
  );
}

function memoryOf(work: Work, memories: Memories, key: string): typeof emptySteadyInstance.rule {
  return (work.steady.get(key) ?? memories.steady.get(key) ?? emptySteadyInstance).rule;
}

function told(rule: keyof typeof SEVERITY, title: string, reasons: string[]): Opening {
  return { title, reasons, severity: SEVERITY[rule] };
}
