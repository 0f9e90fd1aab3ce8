/** The walls between the folders hold, and the test that says so is shown breaches that it must catch. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { missingPlatforms } from '../infra/complete-lock.ts';
import { breachesOf, foreignInputs, importsOf } from './support/walls.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');
const SOURCES = globSync('{agent,broker,dashboard,infra}/**/*.{ts,tsx,mjs}', { cwd: ROOT });

/** Files of this repository and packages that end up in a bundle. */
async function bundled(
  entry: { file: string } | { text: string; folder: string },
  packages: 'external' | 'bundle',
): Promise<string[]> {
  const result = await build({
    ...('file' in entry
      ? { entryPoints: [`./${entry.file}`] }
      : { stdin: { contents: entry.text, resolveDir: `${ROOT}${entry.folder}`, loader: 'ts' as const } }),
    absWorkingDir: ROOT,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages,
    logLevel: 'silent',
    loader: { '.css': 'empty', '.svg': 'text', '.topojson': 'text' },
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  return Object.keys(result.metafile.inputs).filter((path) => path !== '<stdin>');
}

describe('the walls between folders', () => {
  test('no source file imports through a wall', () => {
    expect(SOURCES.length).toBeGreaterThan(50);
    expect(SOURCES.flatMap((path) => breachesOf({ path, text: read(path) }))).toEqual([]);
  });

  test.each([
    ['agent/planted.ts', "import { x } from '../broker/gate.ts';", 'leaves agent without a door'],
    ['agent/planted.ts', "import type { State } from '#state';", 'no door #state'],
    ['agent/planted.ts', "import si from 'systeminformation';", 'may not use this package'],
    ['broker/contract/planted.ts', "import { readFileSync } from 'node:fs';", 'may not use this package'],
    ['broker/planted.ts', "const d = await import('fastify');", 'may not use this package'],
    ['infra/lib/planted.ts', "export * from '#contract';", 'no door #contract'],
    ['dashboard/planted.ts', "import { startBroker } from '#broker';", 'door for types'],
    ['dashboard/planted.ts', "import {\n  a,\n  b,\n} from '../broker/index.ts';", 'without a door'],
    ['dashboard/web/planted.tsx', "import '../server.ts';", 'without a door'],
  ])('a forbidden import planted in %s is caught: %s', (path, text, why) => {
    expect(breachesOf({ path, text })).toEqual([expect.stringContaining(why)]);
  });

  test('imports of every form are seen', () => {
    const text =
      "import a from 'a';\nimport type { B } from 'b';\nexport { c } from 'c';\nimport 'd';\nconst e = await import('e');\nimport {\n f,\n} from 'f';";
    expect(
      importsOf(text)
        .map(({ specifier }) => specifier)
        .sort(),
    ).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    expect(importsOf(text).filter(({ typeOnly }) => typeOnly)).toEqual([{ specifier: 'b', typeOnly: true }]);
  });

  test('Biome refuses the same breach in the editor', () => {
    const dir = mkdtempSync(join(tmpdir(), 'carrel-walls-'));
    const { vcs: _, ...config } = JSON.parse(read('.biome.json'));
    writeFileSync(join(dir, '.biome.json'), JSON.stringify(config));
    mkdirSync(join(dir, 'agent'));
    const refusals = (text: string): string[] => {
      writeFileSync(join(dir, 'agent/planted.ts'), text);
      const run = spawnSync('biome', ['lint', '.'], { cwd: dir, encoding: 'utf8' });
      return run.stderr.match(/lint\/\w+\/\w+/g) ?? [];
    };
    expect(refusals("import { x } from '#state';\nx();\n")).toEqual(['lint/style/noRestrictedImports']);
    expect(refusals("import { x } from '#contract';\nx();\n")).toEqual([]);
    rmSync(dir, { recursive: true });
  });
});

describe('what is really in a bundle', () => {
  test.each([
    ['agent', 'agent/main.ts'],
    ['broker/contract', 'broker/contract/index.ts'],
    ['dashboard/web', 'dashboard/web/main.tsx'],
    ['broker', 'broker/index.ts'],
    ['dashboard', 'dashboard/index.ts'],
  ])('%s holds no code of a folder that it may not know', async (area, file) => {
    const inputs = await bundled({ file }, 'external');
    expect(inputs).toContain(file);
    expect(foreignInputs(area, inputs)).toEqual([]);
  });

  test('code of the dashboard that is planted in the agent is found', async () => {
    const inputs = await bundled(
      {
        text: "import { dashboardSettings } from '../dashboard/config.ts'; console.log(dashboardSettings);",
        folder: 'agent',
      },
      'external',
    );
    expect(foreignInputs('agent', inputs)).toEqual(['dashboard/config.ts']);
  });

  test('the agent carries no library besides mqtt, node-cron and what these need', async () => {
    const inputs = await bundled({ file: 'agent/main.ts' }, 'bundle');
    const packages = inputs.join('\n');
    for (const heavy of ['systeminformation', 'aedes', 'fastify', 'pino', '@duckdb'])
      expect(packages).not.toContain(`node_modules/${heavy}/`);
  });

  test('dist/agent.cjs stays within 220 kB', () => {
    expect(statSync(`${ROOT}dist/agent.cjs`).size / 1000).toBeLessThanOrEqual(220);
  });
});

describe('the repository', () => {
  test('has no top-level names besides those of the architecture', () => {
    const known = [
      'LICENSE',
      'README.md',
      'agent',
      'broker',
      'dashboard',
      'docs',
      'infra',
      'package-lock.json',
      'package.json',
      'test',
      'tsconfig.json',
    ];
    const made = ['carrel.json', 'data', 'dist', 'node_modules'];
    const names = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !name.endsWith('.log'));
    expect(names.filter((name) => !known.includes(name) && !made.includes(name))).toEqual([]);
  });

  test('names every dependency exactly, and its lock file knows each platform and no download address', () => {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'));
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
      expect(`${name} ${version}`).toMatch(/ \d+\.\d+\.\d+(-[\w.]+)?$/);
    }
    const lock = read('package-lock.json');
    expect(missingPlatforms(JSON.parse(lock))).toEqual({});
    expect(lock).not.toContain('"resolved"');
  });

  test('keeps source files short enough to hold one question', ({ annotate }) => {
    const long = SOURCES.map((path) => ({ path, lines: read(path).split('\n').length })).filter(
      ({ lines }) => lines > 300,
    );
    void annotate(`files over 300 lines: ${long.map(({ path, lines }) => `${path} ${lines}`).join(', ') || 'none'}`);
    expect(long.filter(({ lines }) => lines > 500)).toEqual([]);
  });
});
