/** Why: which folder may import what (docs/ARCHITECTURE.md), as data, so that the test of the walls can also be shown a breach. */
import { dirname, posix } from 'node:path';

export interface SourceFile {
  /** From the root of the repository, with `/`. */
  path: string;
  text: string;
}
interface Wall {
  doors: readonly string[];
  packages: readonly string[];
}

const NODE = 'node:*';
/** Longest prefix wins. A folder may always import itself. `infra` and `test` compose everything and have no wall. */
export const WALLS: Readonly<Record<string, Wall>> = {
  'broker/contract': { doors: [], packages: [] },
  'infra/lib': { doors: [], packages: [NODE] },
  agent: { doors: ['#contract', '#lib/*'], packages: [NODE, 'mqtt', 'node-cron'] },
  'agent/inventory.ts': { doors: ['#contract', '#lib/*'], packages: [NODE, 'systeminformation'] },
  broker: {
    doors: ['#contract', '#lib/*'],
    packages: [
      NODE,
      'aedes',
      'aedes-persistence/asyncPersistence.js',
      'mqtt-packet',
      'influx',
      'influx/lib/src/pool.js', // its HTTP pool, to which the package has no door
      '@influxdata/influxdb-client',
      '@duckdb/node-api',
      '@peculiar/x509',
      'reflect-metadata',
    ],
  },
  dashboard: {
    doors: ['#contract', '#lib/*', '#store', '#state', '#feed', '#broker'],
    packages: [
      NODE,
      'fastify',
      '@fastify/*',
      'nodemailer',
      'node-cron',
      'prom-client',
      'topojson-server',
      'topojson-simplify',
      'topojson-specification',
      'geojson',
      'write-excel-file/*',
    ],
  },
  'dashboard/web': {
    doors: ['#contract'],
    packages: ['preact', 'preact/*', '@preact/signals', 'uplot', 'uplot/dist/uPlot.min.css'],
  },
};
/** Doors that give types only: the dashboard is handed a broker, it never makes one. */
const TYPE_DOORS = ['#broker', '#feed'];

interface Import {
  specifier: string;
  typeOnly: boolean;
}

/** Every static, re-exporting, side-effect and dynamic import with a literal name. */
export function importsOf(text: string): Import[] {
  const found: Import[] = [];
  for (const [, keyword = '', type, specifier = ''] of text.matchAll(STATIC)) {
    found.push({ specifier, typeOnly: type !== undefined && keyword !== '' });
  }
  for (const [, specifier = ''] of text.matchAll(BARE_OR_DYNAMIC)) found.push({ specifier, typeOnly: false });
  return found;
}
const STATIC = /^[ \t]*(import|export)\s+(type\s+)?[\w*{][^'";]*?\bfrom\s*['"]([^'"]+)['"]/gm;
const BARE_OR_DYNAMIC = /(?:^[ \t]*import\s*|\bimport\(\s*|\brequire\(\s*)['"]([^'"]+)['"]/gm;

/** The wall that a file stands behind; null where there is none. */
export function areaOf(path: string): string | null {
  const areas = Object.keys(WALLS).filter((area) => path === area || path.startsWith(`${area}/`));
  return areas.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** One sentence per import that goes through a wall. */
export function breachesOf(file: SourceFile): string[] {
  const area = areaOf(file.path);
  if (area === null) return [];
  return importsOf(file.text).flatMap((found) => {
    const why = whyForbidden(file.path, area, found);
    return why === null ? [] : [`${file.path} imports ${found.specifier}: ${why}`];
  });
}

function whyForbidden(path: string, area: string, { specifier, typeOnly }: Import): string | null {
  const wall = WALLS[area];
  if (!wall) return null;
  if (specifier.startsWith('.')) {
    const target = posix.join(dirname(path), specifier);
    return mayReach(area, target) ? null : `leaves ${area} without a door`;
  }
  if (specifier.startsWith('#')) {
    if (!matches(specifier, wall.doors)) return `${area} has no door ${specifier}`;
    return TYPE_DOORS.includes(specifier) && !typeOnly ? `${specifier} is a door for types (import type)` : null;
  }
  return matches(specifier, wall.packages) ? null : `${area} may not use this package`;
}

/** Inside its own folder; the agent's inventory is part of the agent, and the broker owns the contract. */
function mayReach(area: string, target: string): boolean {
  const home = area.endsWith('.ts') ? dirname(area) : area;
  const there = areaOf(target);
  return (
    target.startsWith(`${home}/`) &&
    (there === area ||
      there === home ||
      there === 'agent/inventory.ts' ||
      (home === 'broker' && there === 'broker/contract'))
  );
}

function matches(specifier: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? specifier.startsWith(pattern.slice(0, -1)) : specifier === pattern,
  );
}

/** Areas whose code may end up in a bundle of `area` (esbuild's metafile knows what is really in it). */
export function foreignInputs(area: string, inputs: readonly string[]): string[] {
  const reachable: Readonly<Record<string, readonly string[]>> = {
    agent: ['agent', 'broker/contract', 'infra/lib'],
    'dashboard/web': ['dashboard/web', 'broker/contract'],
    'broker/contract': ['broker/contract'],
    dashboard: ['dashboard', 'broker', 'broker/contract', 'infra/lib'],
    broker: ['broker', 'broker/contract', 'infra/lib'],
  };
  return inputs.filter(
    (path) => !path.startsWith('node_modules/') && !(reachable[area] ?? []).includes(areaOf(path) ?? ''),
  );
}
