/** The map decided without drawing: where it looks, what lies where, what a crowd of marks becomes. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AP_STATES } from '#contract';
import { regionName as ltName } from '../../dashboard/web/lt/words-map.ts';
import { clustersOf, crowded } from '../../dashboard/web/map/clusters.ts';
import { hasNoOutline, KAZAKH_CODES } from '../../dashboard/web/map/kazakhstan.ts';
import { stepOf } from '../../dashboard/web/map/labels.ts';
import { decode, regionAt } from '../../dashboard/web/map/outlines.ts';
import { regionFinder } from '../../dashboard/web/map/points.ts';
import { put } from '../../dashboard/web/map/stamp.ts';
import {
  fitted,
  panned,
  parseView,
  project,
  toScreen,
  toWorld,
  viewText,
  zoomed,
} from '../../dashboard/web/map/view.ts';
import { regionName as ruName } from '../../dashboard/web/ru/words-map.ts';
import { regionName } from '../../dashboard/web/words-map.ts';
import { site } from '../support/state.ts';

const outlines = (name: string) =>
  decode(JSON.parse(readFileSync(new URL(`../../dashboard/web/map/${name}.topojson`, import.meta.url), 'utf8')));
const SIZE = { width: 900, height: 600 };

describe('the regions of Kazakhstan', () => {
  const at = (lat: number, lon: number, region: string) => ({ ...site('a', { lat, lon, region }) });
  const builtIn = regionFinder(outlines('central-asia'), true);

  test.each([
    ['Semey', 50.41, 80.25, 'KZ-10', 'Абайская область', 'KZ-VOS'],
    ['Taldyqorghan', 45.02, 78.37, 'KZ-33', 'Zhetysu region', 'KZ-ALA'],
    ['Jezqazghan', 47.8, 67.71, 'KZ-62', 'Ulytaū oblysy', 'KZ-KAR'],
    ['Shymkent', 42.32, 69.59, 'KZ-79', 'Шымкент', 'KZ-YUZ'],
  ])('%s is counted in its region of today, where its table says so, and else where the older outline is', (...row) => {
    const [, lat, lon, code, spelled, older] = row;
    expect([code, code.toLowerCase(), spelled, '', 'Else'].map((region) => builtIn(at(lat, lon, region)))).toEqual([
      ...[code, code, code, older, older],
    ]);
    expect(hasNoOutline(code)).toBe(true);
    // Whoever uploads borders has what these say.
    expect(regionFinder(outlines('central-asia'), false)(at(lat, lon, code))).toBe(older);
  });

  test('the words of a table do not move a site into another country', () => {
    expect(builtIn(at(54.687, 25.28, 'KZ-10'))).toBe('');
    expect(builtIn(at(43.238, 76.889, 'KZ-10'))).toBe('KZ-ALM');
  });

  test('all twenty have a name in each language', () => {
    expect(new Set(KAZAKH_CODES).size).toBe(20);
    for (const name of [regionName, ltName, ruName]) {
      const names = KAZAKH_CODES.map(name);
      expect(new Set(names).size).toBe(20);
      expect(names.filter((one) => one.startsWith('KZ-'))).toEqual([]);
    }
  });
});

describe('the built-in outlines', () => {
  test.each([
    ['Vilnius', 54.687, 25.28, 'LT-VL'],
    ['Kaunas', 54.898, 23.904, 'LT-KU'],
    ['Klaipėda', 55.711, 21.145, 'LT-KL'],
    ['Nida on its spit', 55.305, 21.005, 'LT-KL'],
    ['Zarasai', 55.731, 26.247, 'LT-UT'],
    ['Mažeikiai', 56.309, 22.341, 'LT-TE'],
    ['Druskininkai', 54.017, 23.972, 'LT-AL'],
  ])('%s lies in its county', (_name, lat, lon, county) => {
    expect(regionAt(outlines('lt'), ...project(lon, lat))?.id).toBe(county);
  });
  test.each([
    ['Almaty', 43.238, 76.889, 'KZ-ALM'],
    ['Aqtau', 43.64, 51.17, 'KZ-MAN'],
    ['Bishkek', 42.875, 74.6, 'KG-GB'],
    ['Samarqand', 39.655, 66.975, 'UZ-SA'],
    ['Khorog', 37.49, 71.553, 'TJ-GB'],
    ['Mary', 37.6, 61.83, 'TM-M'],
  ])('%s lies in its region', (_name, lat, lon, region) => {
    expect(regionAt(outlines('central-asia'), ...project(lon, lat))?.id).toBe(region);
  });
  test('Riga lies in none of them', () => {
    expect(regionAt(outlines('lt'), ...project(24.105, 56.949))).toBeNull();
  });
  test('there are 10 counties and 49 regions, each with an id of its own', () => {
    const ids = ['lt', 'central-asia'].map((name) => outlines(name).regions.map(({ id }) => id));
    expect(ids.map((list) => new Set(list).size)).toEqual([10, 49]);
  });
});

const views = fc.record({
  x: fc.double({ min: 0.5, max: 0.8, noNaN: true }),
  y: fc.double({ min: 0.25, max: 0.45, noNaN: true }),
  scale: fc.double({ min: 5000, max: 4_000_000, noNaN: true }),
});
const pixels = fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 600 }));

describe('where the map looks', () => {
  test('what lies under the pointer stays there while zooming', () => {
    fc.assert(
      fc.property(views, pixels, fc.double({ min: 0.5, max: 2, noNaN: true }), (view, [px, py], factor) => {
        const world = toWorld(view, SIZE, px, py);
        const [x, y] = toScreen(zoomed(view, SIZE, factor, px, py), SIZE, ...world);
        expect(x).toBeCloseTo(px, 3);
        expect(y).toBeCloseTo(py, 3);
      }),
    );
  });
  test('the address brings back the same view, to a pixel', () => {
    fc.assert(
      fc.property(views, (view) => {
        const again = parseView(viewText(view));
        const [x, y] = toScreen(again ?? view, SIZE, view.x, view.y);
        // Four digits of a degree are 11 m: a tenth of a pixel of a county, some pixels of a street.
        expect(Math.hypot(x - 450, y - 300)).toBeLessThan(1 + view.scale / 2_000_000);
        expect(Math.log2((again?.scale ?? 0) / view.scale)).toBeCloseTo(0, 2);
      }),
    );
  });
  test.each([null, '', '7', '7/55', 'a/b/c', '7/55/23/1', 'NaN/1/2'])('%s is no view', (text) => {
    expect(parseView(text)).toBeNull();
  });
  test('all of Lithuania fits, with a margin', () => {
    const { box } = outlines('lt');
    const view = fitted(box, SIZE);
    const [left, top] = toScreen(view, SIZE, box.x0, box.y0);
    const [right, bottom] = toScreen(view, SIZE, box.x1, box.y1);
    expect([left, top, SIZE.width - right, SIZE.height - bottom].every((px) => px >= 15.9)).toBe(true);
    expect(panned(view, 10, 0).x).toBeLessThan(view.x);
  });
});

describe('a crowd of marks', () => {
  test('becomes rings that hold every site once, in its own state', () => {
    const places = fc.array(
      fc.record({ x: fc.integer({ min: 0, max: 900 }), y: fc.integer({ min: 0, max: 600 }), s: fc.nat(4) }),
    );
    fc.assert(
      fc.property(places, (all) => {
        const { clusters, of } = clustersOf({
          inside: all.map((_, i) => i),
          x: Float64Array.from(all, ({ x }) => x),
          y: Float64Array.from(all, ({ y }) => y),
          states: Uint8Array.from(all, ({ s }) => s),
        });
        for (const [state] of AP_STATES.entries())
          expect(clusters.reduce((sum, { per }) => sum + (per[state] ?? 0), 0)).toBe(
            all.filter(({ s }) => s === state).length,
          );
        for (const [at, { n, per, only }] of clusters.entries()) {
          expect(per.reduce((sum, one) => sum + one, 0)).toBe(n);
          expect(of.filter((one) => one === at)).toHaveLength(n);
          expect(only === null).toBe(n > 1);
        }
      }),
    );
  });
  test('1,200 sites are told apart on a desk, 20,000 are not', () => {
    expect(crowded(1200, 900, 700)).toBe(false);
    expect(crowded(20_000, 900, 700)).toBe(true);
  });
});

test('a mark at the edge of the picture is cut off, and never wraps to the other side', () => {
  const stamp = { size: 5, pixels: new Uint32Array(25).fill(0xff00_00ff) };
  const picture = { width: 10, height: 10, pixels: new Uint32Array(100) };
  for (const [x, y] of [
    [-1, 5],
    [10, 5],
    [5, -1],
    [5, 10],
    [-90, -90],
    [90, 90],
  ] as const)
    put(picture, stamp, x, y);
  const column = (x: number) => picture.pixels.filter((pixel, i) => i % 10 === x && pixel !== 0).length;
  expect([column(0), column(9)]).toEqual([5, 5]);
});

describe('the name of a region', () => {
  const box = { x: 100, top: 90, bottom: 110, width: 80 };
  const ring = (x: number, y: number) => ({ x, y, n: 40, only: null });
  test('stays at its place where nothing is counted', () => {
    expect(stepOf(box, 14, [], 1)).toBe(0);
    expect(stepOf(box, 14, [ring(300, 100)], 1)).toBe(0);
  });
  test('steps aside for a count, away from the side on which it lies', () => {
    expect(stepOf(box, 14, [ring(100, 112)], 1)).toBeLessThan(0);
    expect(stepOf(box, 14, [ring(100, 88)], 1)).toBeGreaterThan(0);
  });
  test('stays where no place is free', () => {
    const everywhere = Array.from({ length: 20 }, (_, i) => ring(100, 10 * i));
    expect(stepOf(box, 14, everywhere, 1)).toBe(0);
  });
});
