/**
 * Journeys (b) and (c): the power is cut, or the database is away, while 50 probes publish. What was acknowledged is in DuckDB and in
 * InfluxDB, once. Both are read back by processes that did not write them.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StoreStatus } from '#store';
import { debianServer, type InfluxServer, startInfluxdb } from '../support/debian.ts';
import { connectProbe, createProbe, type LedgerEntry, publishUntil } from '../support/fleet.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

const PROBES = 50;
const influxd = await debianServer('influxdb');

const baseS = Math.floor(Date.now() / 1000) - 86_400;
let dir: string;
let influx: InfluxServer | null;
let server: RunningServer;
let tokens: Map<string, string>;

async function start(): Promise<void> {
  const stores = ['duckdb:', ...(influx ? [`influx1+${influx.url}/carrel`] : [])];
  server = await startServer(join(dir, 'data'), { CARREL_STORE: stores.join(','), CARREL_LOG: 'warn' });
}

/** Every probe publishes as fast as it is acknowledged until `signal`; the runs lie 20,000 s apart, so that none shares a second. */
async function publishAll(run: number, ledger: LedgerEntry[], signal: AbortSignal): Promise<void> {
  const startS = baseS + run * 20_000;
  await Promise.all(
    [...tokens].map(async ([id, token]) => {
      const client = await connectProbe(server.mqtt, id, token);
      client.on('error', () => undefined); // the cut is the point
      await publishUntil(client, id, `run-${run}-${id}`, startS, ledger, signal);
      client.end(true);
    }),
  );
}

const inDuckdb = (): Map<string, number> => {
  const read = spawnSync(process.execPath, ['test/support/read-duckdb.ts', join(dir, 'data', 'series')], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (read.status !== 0) throw new Error(read.stderr);
  const rows: [string, number, number][] = JSON.parse(read.stdout);
  return new Map(rows.map(([probe, t_s, n]) => [`${probe} ${t_s}`, n]));
};

async function inInfluxdb(url: string): Promise<Map<string, number>> {
  const query = new URLSearchParams({ db: 'carrel', epoch: 's', q: 'SELECT uptime_s FROM probe GROUP BY probe' });
  const answer: { results: { series?: { tags: { probe: string }; values: [number, number][] }[] }[] } = JSON.parse(
    await (await fetch(`${url}/query?${query}`)).text(),
  );
  const rows = (answer.results[0]?.series ?? []).flatMap(({ tags, values }) =>
    values.map(([t_s]) => `${tags.probe} ${t_s}`),
  );
  const counted = new Map<string, number>();
  for (const row of rows) counted.set(row, (counted.get(row) ?? 0) + 1);
  return counted;
}

/** Entries of the ledger that are missing, and rows that stand more than once. */
function against(ledger: LedgerEntry[], stored: Map<string, number>): { missing: number; doubled: number } {
  return {
    missing: ledger.filter(({ probe, t_s }) => !stored.has(`${probe} ${t_s}`)).length,
    doubled: [...stored.values()].filter((n) => n > 1).length,
  };
}

const stores = async (): Promise<Pick<StoreStatus, 'state' | 'lag_bytes'>[]> => {
  const ready: { stores: Pick<StoreStatus, 'state' | 'lag_bytes'>[] } = JSON.parse(
    await (await fetch(`${server.http}/readyz`)).text(),
  );
  return ready.stores;
};
const allTaken = async (): Promise<boolean> =>
  (await stores()).every((store) => store.state === 'ok' && store.lag_bytes === 0);

const noticeCodes = async (): Promise<string[]> => {
  const { health } = await server.api<{ health: { code: string }[] }>('GET', '/live/snapshot');
  return health.map((notice) => notice.code);
};

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-crash-'));
  influx = influxd ? await startInfluxdb({ dir: join(dir, 'influx') }) : null;
  await start();
  tokens = new Map();
  for (let n = 0; n < PROBES; n++) tokens.set(`probe-${n}`, (await createProbe(server, `probe-${n}`)).token);
}, 90_000);
afterEach(async () => {
  await server.stop();
  await influx?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test('the server is killed three times while 50 probes publish: nothing acknowledged is missing, nothing is doubled', async () => {
  const ledger: LedgerEntry[] = [];
  for (const run of [0, 1, 2]) {
    const promised = ledger.length;
    const publishing = publishAll(run, ledger, AbortSignal.timeout(60_000));
    await until(() => ledger.length > promised + 3000, 60_000);
    await server.kill();
    await publishing;
    await start();
  }
  await until(allTaken, 60_000, () => server.output());
  await server.stop();
  expect(ledger.length).toBeGreaterThan(9000);
  expect(against(ledger, inDuckdb())).toEqual({ missing: 0, doubled: 0 });
  if (influx) expect(against(ledger, await inInfluxdb(influx.url))).toEqual({ missing: 0, doubled: 0 });
}, 180_000);

describe.skipIf(!influxd)("with a real InfluxDB (Debian's influxdb)", () => {
  test('InfluxDB is away for a while: ingest goes on, it is told, and afterwards nothing is missing', async () => {
    if (!influx) throw new Error('no InfluxDB');
    const ledger: LedgerEntry[] = [];
    const enough = new AbortController();
    const publishing = publishAll(0, ledger, enough.signal);
    await until(() => ledger.length > 1000, 30_000);
    await influx.stop();
    const atStop = ledger.length;
    await until(
      async () => (await stores()).some((store) => store.state === 'down'),
      30_000,
      () => server.output(),
    );
    await until(() => ledger.length > atStop + 3000, 30_000);
    expect((await fetch(`${server.http}/readyz`)).status).toBe(200);
    expect(await (await fetch(`${server.http}/metrics`)).text()).toMatch(/carrel_store_up\{store="influx1[^"]*"\} 0/);
    await until(async () => (await noticeCodes()).includes('STORE_DOWN'), 10_000);
    enough.abort();
    await publishing;
    await influx.start();
    await until(allTaken, 90_000, () => server.output());
    expect(against(ledger, await inInfluxdb(influx.url))).toEqual({ missing: 0, doubled: 0 });
  }, 180_000);
});
