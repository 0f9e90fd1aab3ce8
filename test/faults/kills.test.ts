/** The short form of `npm run bench -- faults`: processes that are killed without a warning. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { debianServer } from '../support/debian.ts';
import { killAgent } from './agent-kills.ts';
import { killBundle } from './bundle-kills.ts';
import { fillDisk } from './full-disk.ts';
import { generatorOf } from './power-cuts.ts';
import { killServer } from './server-kills.ts';
import { killDuckdb, killInfluxdb } from './store-kills.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'kills-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

test('the server is killed five times under load: everything acknowledged is in DuckDB, once', async () => {
  const report = await killServer(dir, 5, generatorOf(1));
  expect(report).toMatchObject({ kills: 5, lost: 0, doubled: 0 });
  expect(report.rows_survived).toBeGreaterThan(500);
}, 120_000);

const influxd = await debianServer('influxdb');
test.skipIf(!influxd)(
  "InfluxDB and its driver are killed: stored is what was acknowledged, once, and the quarantine is the poison (needs Debian's influxdb)",
  async () => {
    if (!influxd) return;
    const report = await killInfluxdb({ dir, kills: 4, random: generatorOf(3) }, influxd);
    expect(report).toMatchObject({
      driverKills: 4,
      databaseKills: 1,
      lost: 0,
      doubled: 0,
      quarantineWrong: 0,
      poison: 775,
    });
  },
  120_000,
);

test("DuckDB's driver is killed: stored is what was acknowledged, once", async () => {
  const report = await killDuckdb({ dir, kills: 3, random: generatorOf(4) });
  expect(report).toMatchObject({ driverKills: 3, acknowledged: 24_000, lost: 0, doubled: 0 });
}, 120_000);

test('the spool of the agent is killed ten times: everything on flash is sent by a later life', async () => {
  const report = await killAgent(dir, 10, generatorOf(2));
  expect(report).toMatchObject({ kills: 10, lost: 0, wrong: 0 });
  expect(report.durable).toBeGreaterThan(50);
}, 60_000);

test('the whole agent is killed four times on a line that comes and goes: what was on flash comes to the log as it was', async () => {
  const report = await killBundle(dir, 4, generatorOf(4));
  expect(report).toMatchObject({ lost: 0, wrong: 0 });
  expect(report.durable).toBeGreaterThan(0);
}, 120_000);

test.skipIf(process.getuid?.() !== 0)(
  'on a disk that is full the server promises nothing and says so; with room again it goes on (needs root)',
  async () => {
    const { before, after, lost, doubled } = await fillDisk(join(dir, 'disk'));
    expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
    expect(before).toBeGreaterThan(80);
    expect(after).toBeGreaterThan(80);
  },
  120_000,
);
