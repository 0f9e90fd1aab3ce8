/** Which probes the page of the fleet shows, in what order, and what goes into a spreadsheet. */
import { describe, expect, test } from 'vitest';
import type { LiveRow, ProbeFleet } from '#contract';
import type { Named } from '../../dashboard/web/fleet.ts';
import {
  PROBE_SORTS,
  type ProbeFilter,
  type ProbeRow,
  parseProbeSort,
  parseTroubles,
  probeOrder,
  probePasser,
  probeRows,
  probeSortText,
  troubleCounts,
  versionsOf,
} from '../../dashboard/web/probes.ts';
import { probesCsv } from '../../dashboard/web/probes-csv.ts';
import { fleetOf, rosterOf } from './fleet-fixture.ts';
import { probeFleetOf } from './probe-fixture.ts';

const NOW = Date.parse('2026-11-19T14:15:00Z');
const ALL: ProbeFilter = { q: '', troubles: [], versions: [], metered: false };

function named(n: number): Named[] {
  const { sites, access_points } = rosterOf(n, false);
  return access_points.flatMap((ap, rank) => {
    const site = sites.find(({ id }) => id === ap.site);
    return site ? [{ ap, site, name: site.name, rank }] : [];
  });
}
const world = (n: number): { fleet: ProbeFleet; rows: ProbeRow[]; live: LiveRow[] } => {
  const live = fleetOf(n, NOW);
  const fleet = probeFleetOf(live, NOW);
  return { fleet, live, rows: probeRows(fleet, named(n)) };
};

describe('the probes of the fleet', () => {
  test('are told with what they watch, and one that watches nothing is there too', () => {
    const { rows, live } = world(200);
    expect(rows).toHaveLength(live.filter(({ probe }) => probe !== null).length + 1);
    expect(rows.filter((row) => row.named === null).map(({ id }) => id)).toEqual(['probe-on-the-shelf']);
    expect(rows.find(({ id }) => id === 'probe-7')?.named?.site.id).toBe('site-7');
  });

  test('stand worst first, and of one trouble the longest silent first', () => {
    const sorted = world(400).rows.sort(probeOrder({ by: 'trouble', descending: false }));
    const worst = sorted.map(({ troubles }) => troubles[0] ?? 'well');
    const runs = worst.filter((one, i) => one !== worst[i - 1]);
    expect(new Set(runs).size).toBe(runs.length);
    expect([runs[0], runs.at(-1)]).toEqual(['away', 'well']);
    const silent = sorted.filter(({ troubles }) => troubles[0] === 'away').map(({ seenAt }) => seenAt ?? 0);
    expect(silent.length).toBeGreaterThan(3);
    expect(silent).toEqual([...silent].sort((a, b) => a - b));
  });

  test.each(PROBE_SORTS)('sort by %s both ways, with what is not known last', (by) => {
    const { rows } = world(300);
    for (const descending of [false, true]) {
      const sorted = [...rows].sort(probeOrder({ by, descending }));
      expect(parseProbeSort(probeSortText({ by, descending }))).toEqual({ by, descending });
      if (by === 'waiting' || by === 'seen') {
        const values = sorted.map((row) => (by === 'seen' ? row.seenAt : row.waitingS));
        const known = values.filter((value) => value !== null);
        expect(values.slice(0, known.length)).toEqual(known.toSorted((a, b) => (descending ? b - a : a - b)));
      }
    }
  });

  test('a clock that was never set is worse than any that is wrong', () => {
    const [first] = world(300).rows.sort(probeOrder({ by: 'clock', descending: true }));
    expect(first?.clock).toBe(0);
  });

  test('pass filters that widen within a kind and narrow between kinds', () => {
    const { rows } = world(400);
    const of = (filter: Partial<ProbeFilter>): ProbeRow[] => rows.filter(probePasser({ ...ALL, ...filter }));
    const counts = troubleCounts(rows);
    expect(of({ troubles: ['clock'] })).toHaveLength(counts.clock);
    const both = of({ troubles: ['clock', 'away'] });
    expect(both.length).toBeGreaterThan(Math.max(counts.clock, counts.away));
    expect(both.length).toBeLessThanOrEqual(counts.clock + counts.away);
    expect(of({ troubles: ['clock'], versions: ['0.4.1'] }).every(({ version }) => version === '0.4.1')).toBe(true);
    expect(of({ q: 'PROBE-12' }).some(({ id }) => id === 'probe-12')).toBe(true);
    expect(of({ q: 'vilnius' }).length).toBeGreaterThan(0);
    expect(of({ q: 'no such library' })).toEqual([]);
    expect(parseTroubles('never,x,away')).toEqual(['away', 'never']);
  });

  test('versions are counted, most first, and what runs nowhere known is one of them', () => {
    const { rows } = world(400);
    const versions = versionsOf(rows);
    expect(versions[0]?.version).toBe('0.4.2');
    expect(versions.reduce((sum, { n }) => sum + n, 0)).toBe(rows.length);
    expect(versions.some(({ version }) => version === null)).toBe(true);
  });

  test('go into a spreadsheet with exact values, and unknown is empty', () => {
    const { rows, fleet } = world(20);
    const [head = '', ...lines] = probesCsv(rows, fleet).trimEnd().split('\r\n');
    expect(head.split(',').slice(0, 3)).toEqual(['\ufeffprobe', 'site', 'access_point']);
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('probe-on-the-shelf,,,,,,,never,false,,,,,,,,,,2026-11,,');
  });
});
