/** The virtual fleet is plausible, the same in every run, and says only what the contract accepts. */
import { describe, expect, test } from 'vitest';
import { decodeFrame, encodeFrame, isId, isOpen } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { createFrameMaker } from '../../infra/simulate/frames.ts';
import { libraryOf } from '../../infra/simulate/library.ts';
import { isDown, sampleAt, testAt, testSlots } from '../../infra/simulate/line.ts';
import { readOptions } from '../../infra/simulate.ts';

const fleet = Array.from({ length: 1200 }, (_, index) => libraryOf(index));
const THURSDAY_15H = Date.parse('2026-11-19T15:00:00+02:00');
const share = (n: number): number => n / fleet.length;

describe('the fleet', () => {
  test('is the same in every run, and each id is one of its own', () => {
    expect(libraryOf(7)).toEqual(libraryOf(7));
    expect(new Set(fleet.map(({ id }) => id)).size).toBe(1200);
    expect(fleet.every(({ id }) => isId(id))).toBe(true);
  });

  test('has about 4 % slow, 1 % dark and 2 % flaky lines, and metered satellite sites', () => {
    const part = (trouble: string): number => share(fleet.filter((library) => library.trouble === trouble).length);
    expect(part('slow')).toBeGreaterThan(0.025);
    expect(part('slow')).toBeLessThan(0.055);
    expect(part('dark')).toBeGreaterThan(0.002);
    expect(part('flaky')).toBeGreaterThan(0.008);
    expect(fleet.some(({ site }) => site.metered)).toBe(true);
  });

  test('below 30 Mb/s are the slow ones and hardly anyone else', () => {
    for (const library of fleet.filter(({ trouble }) => trouble !== 'dark')) {
      const results = [0, 1, 2, 3, 4].map((hour) =>
        testAt(library, THURSDAY_15H + hour * 3_600_000, 30, 'slot', false),
      );
      const fails = results.filter(({ verdict }) => verdict === 'fail').length;
      if (library.trouble === 'slow') expect(fails, library.id).toBeGreaterThanOrEqual(3);
      if (library.trouble === 'none' && library.provider.kind === 'fibre') expect(fails, library.id).toBe(0);
    }
  });

  test('a test that could not tell has no rate and a cause; it is never 0', () => {
    const results = fleet
      .map((library) => testAt(library, THURSDAY_15H, 30, 'slot', true))
      .filter(({ verdict }) => verdict === 'inconclusive');
    expect(results.length).toBeGreaterThan(0);
    for (const { rate_mbps, limited_by } of results) expect([rate_mbps, limited_by === null]).toEqual([null, false]);
  });

  test('is busier in the afternoon than at night', () => {
    const clients = (wallMs: number): number =>
      fleet.reduce((sum, library) => sum + (sampleAt(library, wallMs, 60, false).clients ?? 0), 0);
    expect(clients(THURSDAY_15H)).toBeGreaterThan(5 * clients(THURSDAY_15H + 12 * 3_600_000));
  });

  test('with faults, providers fail for a while and come back', () => {
    const hour = Array.from(
      { length: 48 },
      (_, i) => fleet.filter((library) => isDown(library, THURSDAY_15H + i * 600_000, true)).length,
    );
    expect(Math.max(...hour)).toBeGreaterThan(1.3 * Math.min(...hour));
    expect(Math.min(...hour)).toBeLessThan(60);
  });
});

describe('time', () => {
  test('scheduled tests fall into opening hours, six on an open day, and do not depend on how the time is cut', () => {
    for (const library of fleet.slice(0, 50)) {
      const from = THURSDAY_15H - 7 * 86_400_000;
      const slots = testSlots(library, 6, from, THURSDAY_15H);
      for (const at of slots) expect(isOpen(library.site, at)).toBe(true);
      const middle = from + 3.4 * 86_400_000;
      expect([...testSlots(library, 6, from, middle), ...testSlots(library, 6, middle, THURSDAY_15H)]).toEqual(slots);
      expect(slots.length).toBeGreaterThanOrEqual(24);
    }
  });
});

test('its frames are accepted by the decoder without a rejected value, in any order of sending', () => {
  for (const library of fleet.slice(0, 100)) {
    const make = createFrameMaker(library, { boot: 'b', run: 'r', bootWallMs: THURSDAY_15H - 400 * 86_400_000 }, true);
    const history = make.frame(
      THURSDAY_15H - 3_600_000,
      60,
      60,
      make.tests(6, THURSDAY_15H - 86_400_000, THURSDAY_15H, 30),
    );
    const live = make.frame(THURSDAY_15H, 1, 60, [
      make.boot(THURSDAY_15H),
      make.outage(THURSDAY_15H - 600_000, THURSDAY_15H),
    ]);
    for (const frame of [live, history]) {
      const decoded = decodeFrame(encodeFrame(frame, nodeRawDeflate), nodeRawDeflate);
      expect(decoded).toMatchObject({ ok: true, rejected: [], frame: { seq: frame.seq, t: frame.t } });
    }
    expect([history.seq, live.seq]).toEqual([0, 1]);
  }
});

describe('arguments', () => {
  test('have defaults', () => {
    expect(readOptions([])).toEqual({
      sites: 120,
      http: 'http://127.0.0.1:8080',
      broker: null,
      hours: 0,
      speed: Number.POSITIVE_INFINITY,
      faults: false,
    });
    expect(
      readOptions(['--sites', '1200', '--hours', '24', '--speed', '60', '--faults', '--broker', 'mqtts://b:8883']),
    ).toMatchObject({ sites: 1200, hours: 24, speed: 60, faults: true });
    expect(readOptions(['--help'])).toBeNull();
  });

  test.each([
    ['--sites', '0'],
    ['--sites', '1.5'],
    ['--hours', 'x'],
    ['--speed', '0'],
    ['--broker', 'http://b'],
    ['--http', 'b:8080'],
    ['--wrong', 'x'],
  ])('%s %s is refused with what is accepted', (name, value) => {
    expect(() => readOptions([name, value])).toThrow(expect.objectContaining({ code: 'SIMULATE_ARGUMENT' }));
  });
});
