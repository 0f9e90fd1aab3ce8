/**
 * Journey: a server has run on DuckDB alone and its log was trimmed; an InfluxDB is added. It is filled from DuckDB, the power is cut half-way,
 * frames go on coming; in the end both hold the same.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { encodeFrame, type Frame, type MetricName, topicOf } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { countDuckdb } from '../../broker/store/duckdb-count.ts';
import { debianServer, type InfluxServer, startInfluxdb } from '../support/debian.ts';
import { connectProbe, createProbe } from '../support/fleet.ts';
import { type RunningServer, startServer, until } from '../support/server.ts';

const influxd = await debianServer('influxdb');
const PROBES = 4;
const FRAMES = 250;
/** Samples of a frame; values that do not compress, so that the log is trimmed soon. */
const SAMPLES = 150;
const NOW_S = Math.floor(Date.now() / 1000);
const EMPTY_S = 20 * 86_400;
const NOISY: readonly MetricName[] = [
  'rtt_ms',
  'jitter_ms',
  'cpu_pct',
  'load1',
  'mem_used_pct',
  'loss_pct',
  'wan_rx_mbps',
  'wan_tx_mbps',
];

describe.skipIf(!influxd)("with a real InfluxDB (skipped where Debian's influxdb cannot be had)", () => {
  let dir: string;
  let influx: InfluxServer;
  let server: RunningServer;
  const tokens = new Map<string, string>();

  const start = async (...stores: string[]): Promise<void> => {
    server = await startServer(join(dir, 'data'), {
      CARREL_STORE: stores.join(','),
      CARREL_LOG: 'warn',
      CARREL_WAL_MAX_MB: '16',
    });
  };
  const stores = async (): Promise<{ state: string; lag_bytes: number; filling: number | null }[]> =>
    JSON.parse(await (await fetch(`${server.http}/readyz`)).text()).stores;
  const allTaken = async (): Promise<boolean> =>
    (await stores()).every((store) => store.state === 'ok' && store.lag_bytes === 0);

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-fill-'));
    influx = await startInfluxdb({ dir: join(dir, 'influx') }, influxd ?? undefined);
    await start('duckdb:');
    for (let n = 0; n < PROBES; n++) tokens.set(`probe-${n}`, (await createProbe(server, `probe-${n}`)).token);
  }, 60_000);
  afterEach(async () => {
    await server.stop();
    await influx.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  /** Frames [from, to) of every probe; between the first ten and the others lie twenty days without any. */
  async function publish(from: number, to: number): Promise<void> {
    await Promise.all(
      [...tokens].map(async ([id, token]) => {
        const client = await connectProbe(server.mqtt, id, token);
        for (let seq = from; seq < to; seq++) {
          const payload = Buffer.from(encodeFrame(frameOf(id, seq), nodeRawDeflate));
          await client.publishAsync(topicOf(id, 'frames'), payload, { qos: 1 });
        }
        await client.endAsync();
      }),
    );
  }
  const inInfluxdb = async (): Promise<number> => {
    const query = new URLSearchParams({ db: 'carrel', q: 'SELECT count(rtt_ms) FROM carrel.probe' });
    const answer = JSON.parse(await (await fetch(`${influx.url}/query?${query}`)).text());
    return answer.results[0].series[0].values[0][1];
  };

  test('an InfluxDB that is added is filled from DuckDB over a power cut, then follows: both hold the same', async () => {
    const segments = (): string[] =>
      readdirSync(join(dir, 'data/wal'))
        .filter((name) => name.endsWith('.seg'))
        .sort();
    await publish(0, FRAMES);
    await until(allTaken, 30_000);
    await server.stop();
    const began = Number(readFileSync(join(dir, 'data/wal/first.json'), 'utf8'));
    expect(Number(segments()[0]?.slice(0, 16))).toBeGreaterThan(began); // the log was trimmed

    await start('duckdb:', `influx1+${influx.url}/carrel`);
    const notice = async (): Promise<string> => {
      const { health } = await server.api<{ health: { code: string; text: string }[] }>('GET', '/live/snapshot');
      return health.find(({ code }) => code === 'STORE_FILLING')?.text ?? '';
    };
    await until(
      async () => /filled from duckdb: \d+ %/.test(await notice()),
      30_000,
      () => server.output(),
    );
    expect((await stores())[1]?.filling).toBeGreaterThan(0);
    await server.kill();
    const atKill = await inInfluxdb();
    expect(atKill).toBeGreaterThan(0);
    expect(atKill).toBeLessThan(PROBES * FRAMES * SAMPLES);

    await start('duckdb:', `influx1+${influx.url}/carrel`);
    await publish(FRAMES, FRAMES + 5);
    await until(allTaken, 60_000, () => server.output());
    expect((await stores())[1]?.filling).toBeNull();
    await server.stop();
    expect((await countDuckdb(join(dir, 'data/series'))).samples).toBe(PROBES * (FRAMES + 5) * SAMPLES);
    expect(await inInfluxdb()).toBe(PROBES * (FRAMES + 5) * SAMPLES);
  }, 150_000);
});

function frameOf(probe: string, seq: number): Frame {
  const start_s = NOW_S - 2 * 86_400 + seq * SAMPLES - (seq < 10 ? EMPTY_S : 0);
  const t = Array.from({ length: SAMPLES }, (_, i) => (start_s + i) * 1000);
  const wall = (start_s + SAMPLES) * 1000;
  return {
    v: 1,
    boot: `boot-${probe}`,
    run: `run-${probe}`,
    seq,
    wall,
    mono: wall,
    sync: 1,
    t,
    m: Object.fromEntries(NOISY.map((name) => [name, t.map(() => Math.round(Math.random() * 1e4) / 100)])),
    e: [],
  };
}
