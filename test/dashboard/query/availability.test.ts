import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSpans, type Span } from '#contract';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { availability, availabilityOf } from '../../../dashboard/query/availability.ts';
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
      open: openSpans({ opening: daily([600, 720]), zone: 'UTC' }, MONDAY, MONDAY + 24 * HOUR),
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
