/** Why: the real server is killed under load, again and again, with a ledger of what it acknowledged. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectProbe, createProbe, type LedgerEntry, publishUntil } from '../support/fleet.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

const PROBES = 8;
const RUN_S = 4000;

export interface KillReport {
  kills: number;
  acknowledged: number;
  /** Acknowledged, but not in DuckDB; there more than once. */
  lost: number;
  doubled: number;
  rows_survived: number;
}

/** `random` says when each kill comes: 0.2 to 1 s into the load. */
export async function killServer(dir: string, kills: number, random: () => number): Promise<KillReport> {
  const data = join(dir, 'data');
  const baseS = Math.floor(Date.now() / 1000) - 20 * 86_400;
  const ledger: LedgerEntry[] = [];
  let server = await startServer(data, { CARREL_LOG: 'warn' });
  const tokens = new Map<string, string>();
  for (let n = 0; n < PROBES; n++) tokens.set(`probe-${n}`, (await createProbe(server, `probe-${n}`)).token);
  for (let run = 0; run < kills; run++) {
    const load = publishAll(server, tokens, { run, startS: baseS + run * RUN_S, ledger });
    const promised = ledger.length;
    await until(
      () => ledger.length > promised,
      20_000,
      () => server.output(),
    );
    await delay(200 + random() * 800);
    await server.kill();
    await load;
    server = await startServer(data, { CARREL_LOG: 'warn' }); // throws where it does not come up: no crash loop
  }
  await until(
    () => caughtUp(server),
    120_000,
    () => server.output(),
  );
  await server.stop();
  return { kills, ...against(ledger, rowsIn(join(data, 'series'))) };
}

async function publishAll(
  server: RunningServer,
  tokens: ReadonlyMap<string, string>,
  { run, startS, ledger }: { run: number; startS: number; ledger: LedgerEntry[] },
): Promise<void> {
  await Promise.all(
    [...tokens].map(async ([id, token]) => {
      const client = await connectProbe(server.mqtt, id, token);
      client.on('error', () => undefined); // the cut is the point
      await publishUntil(client, id, `run-${run}-${id}`, startS, ledger, AbortSignal.timeout(60_000));
      client.end(true);
    }),
  );
}

export async function caughtUp(server: RunningServer): Promise<boolean> {
  const answer = await (await fetch(`${server.http}/readyz`)).text();
  const ready: { stores: { state: string; lag_bytes: number }[] } = JSON.parse(answer);
  return ready.stores.every((store) => store.state === 'ok' && store.lag_bytes === 0);
}

/** Rows of each probe and second, read by a process that did not write them. */
export function rowsIn(series: string): ReadonlyMap<string, number> {
  const read = spawnSync(process.execPath, ['test/support/read-duckdb.ts', series], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 1 << 29,
  });
  if (read.status !== 0) throw new Error(read.stderr);
  const rows: [string, number, number][] = JSON.parse(read.stdout);
  return new Map(rows.map(([probe, t_s, n]) => [`${probe} ${t_s}`, n]));
}

export function against(ledger: readonly LedgerEntry[], rows: ReadonlyMap<string, number>): Omit<KillReport, 'kills'> {
  const found = ledger.filter(({ probe, t_s }) => rows.has(`${probe} ${t_s}`)).length;
  return {
    acknowledged: ledger.length,
    lost: ledger.length - found,
    doubled: [...rows.values()].filter((n) => n > 1).length,
    rows_survived: found,
  };
}
