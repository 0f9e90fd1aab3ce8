/**
 * Why: nothing acknowledged is lost, whatever crashes, fills up or attacks. Short: about three minutes; `--long` kills the server
 * 200 times, a database's driver 100 times, InfluxDB 20 times, the agent's spool and the whole agent 500 times each, and sends a million
 * damaged packets. A name as argument runs that part only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killAgent } from '../faults/agent-kills.ts';
import { killBundle } from '../faults/bundle-kills.ts';
import { cutAtEachByte } from '../faults/cut-publish.ts';
import { flipEveryByte } from '../faults/flipped-bytes.ts';
import { fillDisk } from '../faults/full-disk.ts';
import { mutate } from '../faults/mutations.ts';
import { cutEverywhere, generatorOf, recordedLives } from '../faults/power-cuts.ts';
import { preauthGrowthMb } from '../faults/preauth-flood.ts';
import { killServer } from '../faults/server-kills.ts';
import { killDuckdb, killInfluxdb, type StoreKillReport } from '../faults/store-kills.ts';
import { debianServer } from '../support/debian.ts';

const LONG = process.argv.includes('--long');
const seed = Number(process.env['CARREL_FAULT_SEED'] ?? 20_261_122);
const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const dir = mkdtempSync(join(tmpdir(), 'carrel-faults-'));
let bad = 0;

function figure(name: string, value: number, unit: string, of: string): void {
  const rounded = Math.round(value * 1000) / 1000;
  console.log(JSON.stringify({ bench: 'faults', figure: name, value: rounded, unit, of }));
}
/** A figure that must stay below a limit. */
function below(limit: number, name: string, value: number, unit: string, of: string): void {
  figure(name, value, unit, `${of}; must be below ${limit}`);
  if (!(value < limit)) bad += 1;
}
/** A figure that must be 0. */
function never(name: string, value: number, of: string): void {
  figure(name, value, 'count', of);
  if (value !== 0) bad += 1;
}

async function server(): Promise<void> {
  const report = await killServer(join(dir, 'server'), LONG ? 200 : 10, generatorOf(seed));
  const of = 'infra/main.ts with DuckDB, kill -9 under load of 8 probes, started again each time';
  figure('kills', report.kills, 'count', of);
  figure('acknowledged', report.acknowledged, 'frames', of);
  never('lost', report.lost, 'acknowledged, but not in DuckDB');
  never('doubled', report.doubled, 'seconds of a probe that stand in DuckDB more than once');
  figure('rows_survived', report.rows_survived, 'rows', 'acknowledged and in DuckDB');
}

async function stores(): Promise<void> {
  const kills = LONG ? 100 : 10;
  const tell = (name: string, report: StoreKillReport): void => {
    const of = `${report.driverKills} kills of the driver, ${report.databaseKills} of the database; 5 % of the frames came twice`;
    figure(
      `${name}_acknowledged`,
      report.acknowledged,
      'samples',
      `${of}; ${report.poison} of them are refused by the database`,
    );
    never(`${name}_lost`, report.lost, 'acknowledged, but not stored');
    never(`${name}_doubled`, report.doubled, 'stored twice, or stored and unknown');
    never(
      `${name}_quarantine_wrong`,
      report.quarantineWrong,
      'refused lines that are not in the quarantine once, or others that are',
    );
  };
  tell('duckdb', await killDuckdb({ dir: join(dir, 'driver'), kills, random: generatorOf(seed) }));
  const influxd = await debianServer('influxdb');
  if (!influxd) return console.error("skipped: Debian's influxdb cannot be had here");
  tell('influxdb', await killInfluxdb({ dir: join(dir, 'influx-driver'), kills, random: generatorOf(seed) }, influxd));
}

async function agent(): Promise<void> {
  const report = await killAgent(join(dir, 'agent'), LONG ? 500 : 30, generatorOf(seed));
  figure('agent_kills', report.kills, 'count', "the agent's spool, kill -9 at any moment");
  figure('agent_durable', report.durable, 'frames', 'told to be on flash');
  never('agent_lost', report.lost, 'on flash, but never sent by a later life');
  never('agent_wrong', report.wrong, 'sent with other bytes, or told to be lost');
}

async function bundle(): Promise<void> {
  const report = await killBundle(join(dir, 'bundle'), LONG ? 500 : 12, generatorOf(seed));
  figure('bundle_kills', report.kills, 'count', 'dist/agent.cjs, kill -9 at any moment, on a line that comes and goes');
  figure('bundle_durable', report.durable, 'frames', `on flash after a kill; ${report.arrived} frames came to the log`);
  never('bundle_lost', report.lost, 'on flash, but never in the log of the server');
  never('bundle_wrong', report.wrong, 'in the log with other bytes');
}

async function disk(): Promise<void> {
  if (process.getuid?.() !== 0) return console.error('skipped: a full disk (needs root for a tmpfs)');
  const { before, after, lost, doubled } = await fillDisk(join(dir, 'disk'));
  figure(
    'disk_full_resumed',
    after,
    'frames',
    `acknowledged with room again, after ${before} before; readyz 503 between`,
  );
  never('disk_full_lost', lost, 'acknowledged, but not in DuckDB');
  never('disk_full_doubled', doubled, 'seconds that stand in DuckDB more than once');
}

async function journal(): Promise<void> {
  for (const [name, life] of Object.entries(await recordedLives())) {
    const { states, broken } = await cutEverywhere(life, LONG ? 2000 : 200, seed);
    for (const words of broken.slice(0, 5)) console.error(words);
    never(
      `power_cut_broken_${name.replaceAll(' ', '_')}`,
      broken.length,
      `of ${states} states that a power cut allows`,
    );
  }
  const masks = LONG ? Array.from({ length: 255 }, (_, i) => i + 1) : [1, 2, 4, 8, 16, 32, 64, 128, 255];
  const { tries, broken } = await flipEveryByte(masks);
  for (const words of broken.slice(0, 5)) console.error(words);
  never('flipped_broken', broken.length, `of ${tries} damaged bytes, each of which may cost its own record only`);
}

async function publish(): Promise<void> {
  const { cuts, lost, doubled } = await cutAtEachByte();
  never('cut_lost', lost, `of ${cuts} PUBLISHes, each cut behind another byte and sent again`);
  never('cut_doubled', doubled, `of the same ${cuts}`);
}

async function hostile(): Promise<void> {
  await mutate(20_000, generatorOf(seed)); // compiled and warm before memory is read
  const before = heapMb();
  const report = await mutate(LONG ? 1_000_000 : 100_000, generatorOf(seed + 1));
  const of = `${report.refused} refused, ${report.payloads} payloads decoded, of which ${report.frames} were frames`;
  figure('mutations', report.packets, 'packets', of);
  below(10, 'mutations_growth_mb', heapMb() - before, 'MB', 'heap and buffers after a collection');
  below(
    5,
    'preauth_growth_mb',
    await preauthGrowthMb(join(dir, 'flood')),
    'MB',
    'peak; 8 sockets that announce 256 MB',
  );
}

function heapMb(): number {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

const parts = { server, stores, agent, bundle, disk, journal, publish, hostile };
try {
  for (const [name, run] of Object.entries(parts)) if (wanted === undefined || wanted === name) await run();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
if (bad > 0) process.exitCode = 1;
