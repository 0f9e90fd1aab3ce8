/**
 * Why: a database's driver is killed again and again while it works, and the database too, with frames that come twice and lines that the
 * database refuses: what is stored must be what was acknowledged, once, and the quarantine must hold what was refused, once.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeFrame } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { openWal, type Wal } from '../../broker/wal.ts';
import { type DebianServer, startInfluxdb } from '../support/debian.ts';
import { rowsIn } from './server-kills.ts';

const CHILD = fileURLToPath(new URL('./store-child.ts', import.meta.url));
const PROBES = 100;
const SAMPLES = 10;
const FRAMES_A_LIFE = 600;
/** Of every twenty frames one comes twice; of every forty samples of InfluxDB one is poison: half of them alone, half as whole frames. */
const TWICE = 20;
const POISON = 80;
const START_S = Date.UTC(2026, 8, 1) / 1000;

export interface StoreKillReport {
  driverKills: number;
  databaseKills: number;
  /** Samples in the log, each once; how many of them the database refuses. */
  acknowledged: number;
  poison: number;
  lost: number;
  /** Stored more than once, or stored though nobody sent it. */
  doubled: number;
  /** Refused, but not in the quarantine; there more than once; there without having been refused. */
  quarantineWrong: number;
}

interface Ledger {
  good: Set<string>;
  poison: Set<string>;
}

/** What each life finds new in the log. */
async function appendFrames(wal: Wal, life: number, ledger: Ledger): Promise<void> {
  let last = 0;
  for (let n = 0; n < FRAMES_A_LIFE; n++) {
    const seq = life * (FRAMES_A_LIFE / PROBES) + Math.floor(n / PROBES);
    const probe = `p-${n % PROBES}`;
    const mono = seq * SAMPLES * 60_000;
    const t = Array.from({ length: SAMPLES }, (_, i) => mono + i * 60_000);
    const poisoned = t.map((_, i) => (n * SAMPLES + i) % POISON === 7 || n % POISON === 33);
    const m = {
      internet_up: t.map(() => 1),
      rtt_ms: t.map((_, i) => i + 1),
      temp_c: poisoned.map((is) => (is ? 40 : null)),
    };
    for (const [i, at] of t.entries())
      (poisoned[i] ? ledger.poison : ledger.good).add(`${probe} ${START_S + at / 1000}`);
    const bytes = encodeFrame(
      { v: 1, boot: 'b', run: 'r', seq, wall: START_S * 1000 + mono, mono, sync: 1, t, m, e: [] },
      nodeRawDeflate,
    );
    for (let times = n % TWICE === 3 ? 2 : 1; times > 0; times--)
      last = wal.append(START_S * 1000 + mono + 600_000, probe, bytes) ?? last;
  }
  while (wal.durableEnd() <= last) await delay(5);
}

/** One life of the driver; `killAfterMs` counts from the first rows that it wrote, null lets it end. */
async function live(dir: string, store: string, end: number, killAfterMs: number | null): Promise<void> {
  const child = spawn(process.execPath, [CHILD, dir, store, String(end)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'exit');
  if (killAfterMs !== null) {
    await Promise.race([once(child.stdout, 'data'), gone]);
    await Promise.race([delay(killAfterMs), gone]);
    child.kill('SIGKILL');
  }
  await gone;
}

interface Lives {
  dir: string;
  kills: number;
  random(): number;
}

/** Driver of DuckDB; nothing is refused there. */
export async function killDuckdb({ dir, kills, random }: Lives): Promise<StoreKillReport> {
  const { ledger, wal } = await beginLedger(dir);
  for (let life = 0; life <= kills; life++) {
    await appendFrames(wal, life, ledger);
    await live(dir, 'duckdb:', wal.durableEnd(), life < kills ? random() * 400 : null);
  }
  await wal.close();
  const all = new Set([...ledger.good, ...ledger.poison]);
  const rows = rowsIn(join(dir, 'data', 'series'));
  return {
    driverKills: kills,
    databaseKills: 0,
    acknowledged: all.size,
    poison: 0,
    ...against(all, rows),
    quarantineWrong: 0,
  };
}

/** Driver of InfluxDB, and InfluxDB itself in every fifth life. */
export async function killInfluxdb({ dir, kills, random }: Lives, influxd: DebianServer): Promise<StoreKillReport> {
  const { ledger, wal } = await beginLedger(dir);
  const server = await startInfluxdb({ dir: join(dir, 'influxdb') }, influxd);
  const ask = async (q: string, method = 'GET'): Promise<string> =>
    (await fetch(`${server.url}/query?${new URLSearchParams({ db: 'carrel', epoch: 's', q })}`, { method })).text();
  let databaseKills = 0;
  try {
    await ask('CREATE DATABASE carrel WITH DURATION INF REPLICATION 1 SHARD DURATION 520w NAME "carrel"', 'POST');
    // Somebody else wrote words where the agent's temperature goes: from then on InfluxDB refuses every line with a number there.
    await fetch(`${server.url}/write?db=carrel&rp=carrel&precision=s`, {
      method: 'POST',
      body: `probe,probe=other temp_c="warm" ${START_S}`,
    });
    for (let life = 0; life <= kills; life++) {
      await appendFrames(wal, life, ledger);
      const living = live(
        dir,
        `influx1+http://127.0.0.1:${server.port}/carrel`,
        wal.durableEnd(),
        life < kills ? 50 + random() * 800 : null,
      );
      if (life % 5 === 2 && life < kills) {
        await delay(300 + random() * 600);
        await server.stop('SIGKILL');
        databaseKills += 1;
        await server.start();
      }
      await living;
    }
    const rows = rowsOf(await ask('SELECT "internet_up" FROM "probe" GROUP BY "probe"'));
    const wrong = quarantineAgainst(
      ledger.poison,
      join(dir, 'data', 'quarantine', `influx1_127.0.0.1_${server.port}_carrel.jsonl`),
    );
    return {
      driverKills: kills,
      databaseKills,
      acknowledged: ledger.good.size + ledger.poison.size,
      poison: ledger.poison.size,
      ...against(ledger.good, rows),
      quarantineWrong: wrong,
    };
  } finally {
    await wal.close();
    await server.stop('SIGKILL');
  }
}

async function beginLedger(dir: string): Promise<{ ledger: Ledger; wal: Wal }> {
  mkdirSync(join(dir, 'wal'), { recursive: true });
  const wal = await openWal({ dir: join(dir, 'wal'), capBytes: 2 ** 32, clock: systemClock, log: silentLogger });
  return { ledger: { good: new Set(), poison: new Set() }, wal };
}

function rowsOf(body: string): Map<string, number> {
  const parsed: { results: { series?: { tags: { probe: string }; values: [number, number][] }[] }[] } =
    JSON.parse(body);
  const rows = new Map<string, number>();
  for (const { tags, values } of parsed.results[0]?.series ?? [])
    for (const [t_s] of values) rows.set(`${tags.probe} ${t_s}`, (rows.get(`${tags.probe} ${t_s}`) ?? 0) + 1);
  return rows;
}

function against(wanted: ReadonlySet<string>, rows: ReadonlyMap<string, number>): { lost: number; doubled: number } {
  const lost = [...wanted].filter((key) => !rows.has(key)).length;
  return { lost, doubled: [...rows].filter(([key, n]) => n > 1 || !wanted.has(key)).length };
}

function quarantineAgainst(poison: ReadonlySet<string>, path: string): number {
  const times = new Map<string, number>();
  for (const text of readFileSync(path, 'utf8').trim().split('\n')) {
    const { line }: { line: string } = JSON.parse(text);
    const [, probe = '', t_s = ''] = /^probe,probe=([^ ,]+) .* (\d+)0{9}$/.exec(line) ?? [];
    times.set(`${probe} ${t_s}`, (times.get(`${probe} ${t_s}`) ?? 0) + 1);
  }
  const missing = [...poison].filter((key) => !times.has(key)).length;
  return missing + [...times].filter(([key, n]) => n > 1 || !poison.has(key)).length;
}
