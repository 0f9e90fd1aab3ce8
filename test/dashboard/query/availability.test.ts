import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { availability, availabilityOf } from '../../../dashboard/query/availability.ts';
import { openSpans } from '../../../dashboard/query/opening-spans.ts';
import { intersect, type Span, subtract, totalMs, union } from '../../../dashboard/query/spans.ts';
import { batchOf, outageEvent } from '../../store/batches.ts';

const HOUR = 3_600_000;
const MONDAY = Date.UTC(2026, 10, 16); // 2026-11-16
const daily = (...spans: [number, number][]) => Array.from({ length: 7 }, () => spans);

describe('availability', () => {
  it('counts opening time only, and what nobody saw is neither up nor down', () => {
    const open: Span[] = [[10 * HOUR, 18 * HOUR]];
    expect(
      availability(open, {
        up: [[0, 12 * HOUR]],
        down: [
          [11 * HOUR, 11.5 * HOUR],
          [20 * HOUR, 22 * HOUR],
        ],
      }),
    ).toEqual({ expected_s: 8 * 3600, up_s: 1.5 * 3600, down_s: 0.5 * 3600, unknown_s: 6 * 3600, percent: 75 });
  });

  it('says nothing where nothing is known', () => {
    expect(availability([[0, HOUR]], { up: [], down: [] })).toEqual({
      expected_s: 3600,
      up_s: 0,
      down_s: 0,
      unknown_s: 3600,
      percent: null,
    });
    expect(availability([], { up: [[0, HOUR]], down: [] }).percent).toBeNull();
  });

  it('adds up for any evidence, and more outage never makes it better', () => {
    const spans = fc.array(
      fc.tuple(fc.nat(500), fc.nat(100)).map(([from, length]): Span => [from * 1000, (from + length) * 1000]),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(spans, spans, spans, spans, (open, up, down, more) => {
        const once = availability(open, { up, down });
        expect(once.up_s + once.down_s + once.unknown_s).toBeCloseTo(once.expected_s);
        expect(Math.min(once.up_s, once.down_s, once.unknown_s)).toBeGreaterThanOrEqual(0);
        const worse = availability(open, { up, down: [...down, ...more] });
        expect(worse.percent ?? 0).toBeLessThanOrEqual((once.percent ?? 100) + 1e-9);
      }),
    );
  });

  it('of an access point joins samples, outage events and the probes that watched it', async () => {
    const store = createMemoryStore();
    const from = MONDAY + 10 * HOUR;
    const t = Array.from({ length: 60 }, (_, i) => (from + i * 60_000) / 1000);
    await store.write(
      batchOf(
        { probe: 'old', seq: 0, t: t.slice(0, 30), m: { internet_up: t.slice(0, 30).map((_, i) => (i < 10 ? 0 : 1)) } },
        // Down for 90 s, told when it ended; the sample at that minute still says up.
        {
          probe: 'new',
          seq: 0,
          t: t.slice(30),
          m: { internet_up: t.slice(30).map(() => 1) },
          e: [{ t_ms: from + 45 * 60_000, event: outageEvent('o', 10_000, 100_000) }],
        },
      ),
      { next: 1, held: [] },
    );
    const watched = [
      { probe: 'old', from_ms: 0, to_ms: from + HOUR / 2 },
      { probe: 'new', from_ms: from + HOUR / 2, to_ms: Infinity },
    ];
    const query = {
      watched,
      from_ms: MONDAY,
      to_ms: MONDAY + 24 * HOUR,
      opening: daily([600, 720]),
      zone: 'UTC',
      sample_s: 60,
    };
    expect(await availabilityOf(store, query)).toMatchObject({
      expected_s: 7200,
      down_s: 600 + 90,
      up_s: 3600 - 690,
      unknown_s: 3600,
    });
  });
});

describe('opening hours as moments', () => {
  const hours = (spans: Span[]): string[] =>
    spans.map(([from, to]) => `${new Date(from).toISOString().slice(5, 16)} ${(to - from) / HOUR}h`);

  it('follow the local clock over both changes of the year', () => {
    const opening = daily([600, 1080]);
    expect(hours(openSpans(opening, 'Europe/Vilnius', Date.UTC(2026, 2, 28), Date.UTC(2026, 2, 30)))).toEqual([
      '03-28T08:00 8h',
      '03-29T07:00 8h',
    ]);
    expect(hours(openSpans(opening, 'Europe/Vilnius', Date.UTC(2026, 9, 24), Date.UTC(2026, 9, 26)))).toEqual([
      '10-24T07:00 8h',
      '10-25T08:00 8h',
    ]);
  });

  it('make days of 23 and 25 hours where a site is open all day', () => {
    const local = (zone: string, from: number, days: number) =>
      totalMs(openSpans(daily([0, 1440]), zone, from, from + days * 24 * HOUR));
    expect(
      hours(openSpans(daily([0, 1440]), 'Europe/Vilnius', Date.UTC(2026, 2, 28, 22), Date.UTC(2026, 2, 29, 21))),
    ).toEqual(['03-28T22:00 23h']);
    expect(local('Pacific/Auckland', Date.UTC(2026, 3, 1), 10)).toBe(240 * HOUR);
    expect(local('America/St_Johns', Date.UTC(2026, 10, 1), 2)).toBe(48 * HOUR);
  });

  it('know the week day of the site, not that of the server', () => {
    const mondays = [[[0, 1440]], [], [], [], [], [], []] as [number, number][][];
    expect(hours(openSpans(mondays, 'Pacific/Kiritimati', MONDAY - 24 * HOUR, MONDAY + 24 * HOUR))).toEqual([
      '11-15T10:00 24h',
    ]);
    expect(hours(openSpans(mondays, 'America/Los_Angeles', MONDAY - 24 * HOUR, MONDAY + 48 * HOUR))).toEqual([
      '11-16T08:00 24h',
    ]);
  });
});

describe('spans', () => {
  const spans = fc
    .array(
      fc.tuple(fc.nat(60), fc.nat(20)).map(([from, length]): Span => [from, from + length]),
      { maxLength: 10 },
    )
    .map(union);
  const holds = (set: readonly Span[], at: number): boolean => set.some(([from, to]) => at >= from && at < to);

  it('intersect and subtract as sets of moments do', () => {
    fc.assert(
      fc.property(spans, spans, (a, b) => {
        const both = intersect(a, b);
        const rest = subtract(a, b);
        for (let at = 0; at < 90; at++) {
          expect(holds(both, at)).toBe(holds(a, at) && holds(b, at));
          expect(holds(rest, at)).toBe(holds(a, at) && !holds(b, at));
        }
      }),
    );
  });
});
