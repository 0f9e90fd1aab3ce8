/** Why: a real InfluxDB refuses a line for ever; a person sees it from a shell, mends the database and gives the line to it again. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeFrame, topicOf } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { debianServer, type RunningServer as InfluxServer, startInfluxdb } from '../support/debian.ts';
import { connectProbe, createProbe, frameAt } from '../support/fleet.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

const influxd = await debianServer('influxdb');
const NOW_S = Math.floor(Date.now() / 1000) - 60;

describe.skipIf(!influxd)("with a real InfluxDB (skipped where Debian's influxdb cannot be had)", () => {
  let dir: string;
  let influx: InfluxServer;
  let server: RunningServer;
  let store: string;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-quarantine-'));
    influx = await startInfluxdb({ dir: join(dir, 'influx') }, influxd ?? undefined);
    store = `influx1 127.0.0.1:${influx.port}/carrel`;
    const stores = `duckdb:,influx1+${influx.url}/carrel`;
    server = await startServer(join(dir, 'data'), { CARREL_STORE: stores, CARREL_LOG: 'error' });
  }, 60_000);
  afterAll(async () => {
    await server.stop();
    await influx.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  function carrel(...words: string[]): string {
    const run = spawnSync(process.execPath, ['infra/carrel.ts', '--http', server.http, ...words], {
      cwd: ROOT,
      encoding: 'utf8',
      env: { ...process.env, CARREL_DATA_DIR: server.dataDir },
    });
    return run.stdout + run.stderr;
  }
  const query = async (q: string): Promise<string> =>
    (
      await fetch(`${influx.url}/query?${new URLSearchParams({ db: 'carrel', rp: 'carrel', q })}`, { method: 'POST' })
    ).text();
  /** Somebody else's line gives the field another type than ours for the week that it lies in. */
  const spoil = (): Promise<Response> =>
    fetch(`${influx.url}/write?db=carrel&rp=carrel&precision=s`, {
      method: 'POST',
      body: `probe,probe=other cpu_pct="text" ${NOW_S}`,
    });
  async function publish(): Promise<void> {
    const { token } = await createProbe(server, 'probe-1');
    const client = await connectProbe(server.mqtt, 'probe-1', token);
    for (const seq of [0, 1, 2, 3]) {
      const frame = frameAt('run', seq, NOW_S - 10 + seq);
      if (seq < 2) frame.m = { uptime_s: [seq] };
      const payload = Buffer.from(encodeFrame(frame, nodeRawDeflate));
      await client.publishAsync(topicOf('probe-1', 'frames'), payload, { qos: 1 });
    }
    await client.endAsync();
  }

  test('what it refuses is listed, stays while it refuses, and is stored when it no longer does', async () => {
    await until(async () => (await query('SHOW RETENTION POLICIES')).includes('168h'), 10_000);
    expect((await spoil()).status).toBe(204);
    await publish();
    await until(
      () => carrel('quarantine', 'list').includes(`${store}: 2 lines`),
      15_000,
      () => server.output(),
    );
    expect(carrel('quarantine', 'list', '--store', store)).toMatch(/field type conflict.*cpu_pct=3/);
    expect(carrel('quarantine', 'replay', '--store', store)).toBe('0 taken, 2 refused again\n');
    expect(await query('SELECT count(uptime_s) FROM probe')).toContain(',2]');
    await query('DROP MEASUREMENT probe');
    expect(carrel('quarantine', 'replay', '--store', store)).toBe('2 taken, 0 refused again\n');
    expect(await query('SELECT count(cpu_pct) FROM probe')).toContain(',2]');
    expect(carrel('quarantine', 'list', '--store', store)).toBe(`${store}: 0 lines\n`);
    expect(carrel('quarantine', 'drop', '--store', 'nobody')).toMatch(/^STORE_UNKNOWN: There is no database nobody/);
  }, 60_000);
});
