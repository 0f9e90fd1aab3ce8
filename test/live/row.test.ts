import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Presence } from '#broker';
import type { FeedFrame } from '#feed';
import { type Facts, newFacts, readingOf, sampleAtOf, takeFrame, takeSample } from '../../dashboard/live/latest.ts';
import { type RowInput, rowOf, whyText } from '../../dashboard/live/row.ts';
import { totalsOf } from '../../dashboard/live/tally.ts';
import { MINUTE, NOON, testAt } from '../alert/tests.ts';
import { frameOf } from '../alert/world.ts';
import { site } from '../notify/cases.ts';

const always = Array.from({ length: 7 }, () => [[0, 1440]] as const);
const entry = {
  ap: { id: 'antazave', site: 'antazave', name: 'Internet', target_mbps: 30 },
  site: { ...site, opening: always },
  probe: 'antazave',
  quietByDesign: false,
};
const here: Presence = { probe: 'antazave', online: true, since: NOON, lastSeen: NOON, byWill: false, state: null };
const gone: Presence = { ...here, online: false, byWill: true };
const base: RowInput = {
  entry,
  facts: newFacts(),
  presence: here,
  alert: null,
  now: NOON,
  darkAfterMs: 5 * MINUTE,
  graceUntil: 0,
  openSince: () => NOON - 240 * MINUTE,
};
const taken = (frames: readonly FeedFrame[], synced = true): Facts => {
  const facts = newFacts();
  for (const frame of frames) takeFrame(facts, frame, synced);
  return facts;
};
const tested = (...rates: (number | null)[]): Facts =>
  taken(rates.map((rate, n) => frameOf('antazave', [testAt(n, rate)], NOON + n * MINUTE)));
const row = (input: Partial<RowInput>) => {
  const made = rowOf({ ...base, ...input }, undefined);
  return { ...made, why: whyText(made, { ...base, ...input }.entry) };
};

describe('the state of an access point', () => {
  test('is below or meets by the median of the last three valid tests', () => {
    expect(row({ facts: tested(60, 11, 12), now: NOON + 3 * MINUTE })).toMatchObject({
      state: 'below',
      why: 'Median of the last 3 valid tests: 12.0 Mb/s, the newest Thu 19 Nov 2026, 14:02.',
      down_mbps: 12,
      verdict: 'fail',
    });
    expect(row({ facts: tested(11, 60, 61), now: NOON + 3 * MINUTE })).toMatchObject({ state: 'meets', down_mbps: 61 });
  });
  test('is maintenance while works are planned and something is wrong; its figures stay', () => {
    const slow = { facts: tested(60, 11, 12), now: NOON + 3 * MINUTE, maintenance: true };
    expect(row(slow)).toMatchObject({ state: 'maint', why_code: 'maint', median_mbps: 12 });
    expect(row({ ...slow, facts: tested(60, 61) })).toMatchObject({ state: 'meets' });
  });
  test('is unknown without a valid test in 48 h, never 0', () => {
    expect(row({ facts: tested(null, null) })).toMatchObject({
      state: 'nodata',
      down_mbps: null,
      why: 'No valid throughput test in the last 48 h.',
    });
    expect(
      row({
        facts: tested(60, 61),
        now: NOON + 49 * 60 * MINUTE,
        presence: { ...here, lastSeen: NOON + 49 * 60 * MINUTE },
      }),
    ).toMatchObject({ state: 'nodata', down_mbps: 61 });
  });
  test('says why nothing is known', () => {
    expect(row({ presence: null })).toMatchObject({
      state: 'nodata',
      why: 'Its probe has never been seen.',
      probe_online: null,
      last_seen: null,
    });
    expect(row({ entry: { ...entry, probe: null }, presence: null })).toMatchObject({
      state: 'nodata',
      why: 'No admitted probe watches it.',
    });
  });
  test('is offline after the dark time in opening hours, not before, not when closed, not right after a start', () => {
    const late = { presence: gone, facts: tested(60), now: NOON + 5 * MINUTE };
    expect(row(late)).toMatchObject({
      state: 'offline',
      why: 'No sign of life since Thu 19 Nov 2026, 14:00.',
      probe_online: false,
    });
    expect(row({ ...late, now: NOON + 4 * MINUTE })).toMatchObject({ state: 'meets' });
    expect(row({ ...late, openSince: () => null })).toMatchObject({
      state: 'meets',
    });
    expect(row({ ...late, graceUntil: NOON + 6 * MINUTE })).toMatchObject({ state: 'meets' });
  });
  test('follows the alerts, and carries their number', () => {
    expect(
      row({ alert: { id: 3, rule: 'slow', since: NOON }, facts: tested(11, 60, 61), now: NOON + 3 * MINUTE }),
    ).toMatchObject({ state: 'below', alert: 3, since: NOON });
    expect(row({ alert: { id: 4, rule: 'dark', since: NOON }, facts: tested(60) })).toMatchObject({
      state: 'offline',
      alert: 4,
    });
  });
  test('has begun when it changed; after a start that is not known', () => {
    const before = row({ facts: tested(60) });
    expect(before.since).toBeNull();
    expect(rowOf({ ...base, facts: tested(11), now: NOON + MINUTE }, before)).toMatchObject({
      state: 'below',
      since: NOON + MINUTE,
    });
  });
});

describe('values', () => {
  const sample = (rtt: number, at: number) => frameOf('antazave', [], at + 1000, { rtt_ms: [rtt] }, at);
  test('come from the newest sample, whatever order frames arrive in', () => {
    const frames = [sample(10, NOON), sample(20, NOON + MINUTE), sample(30, NOON + 2 * MINUTE)];
    fc.assert(
      fc.property(fc.shuffledSubarray([...frames, ...frames], { minLength: 6 }), (order) => {
        expect(row({ facts: taken(order), now: NOON + 3 * MINUTE }).rtt_ms).toBe(30);
      }),
    );
  });
  test('older than an hour, or missing in newer samples, are unknown', () => {
    const later = frameOf('antazave', [], NOON + 20 * MINUTE, { cpu_pct: [7] }, NOON + 20 * MINUTE);
    const facts = taken([sample(10, NOON), later]);
    expect(row({ facts, now: NOON + 20 * MINUTE })).toMatchObject({ rtt_ms: null, cpu_pct: 7 });
    expect(row({ facts, now: NOON + 81 * MINUTE })).toMatchObject({ rtt_ms: null, cpu_pct: null });
  });
  test('of a probe whose clock was never set are shown at the time of their arrival', () => {
    const frame = frameOf('antazave', [], NOON, { rtt_ms: [9] }, 70_000);
    const unset = { ...frame, frame: { ...frame.frame, mono: 100_000 } };
    const facts = taken([unset], false);
    expect([sampleAtOf(facts), readingOf(facts, 'rtt_ms')]).toEqual([NOON - 30_000, 9]);
  });
  test('from the database fill in after a start', () => {
    const facts = newFacts();
    takeSample(facts, { probe: 'antazave', t_s: NOON / 1000, values: { rtt_ms: 12, clients: 0 } });
    expect(row({ facts })).toMatchObject({ rtt_ms: 12, clients: 0, wan_rx_mbps: null });
  });
});

test('totals count every state, and their mean says how many went into it', () => {
  const rows = [row({ facts: tested(60) }), row({ facts: tested(11) }), row({})];
  expect(totalsOf(rows, NOON)).toEqual({
    meets: 1,
    below: 1,
    offline: 0,
    nodata: 1,
    maint: 0,
    total: 3,
    mean_mbps: 35.5,
    mean_n: 2,
  });
  expect(totalsOf([row({})], NOON)).toMatchObject({ mean_mbps: null, mean_n: 0 });
});
