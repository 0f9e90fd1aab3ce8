/**
 * Why: the whole server is to live on a small machine: below 500 MB with 1,200 libraries, also while they are registered and while
 * hours of their backlog come in at full speed. A fresh server as `npm start` starts it, and the virtual fleet, on loopback.
 * Two hours of history take about three minutes; `--hours N` for more.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createApiClient, readToken } from '../../infra/api-client.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

const { values: options } = parseArgs({
  options: { sites: { type: 'string', default: '1200' }, hours: { type: 'string', default: '2' } },
});
const of = `${options.sites} libraries, ${options.hours} h of history at full speed`;
const LONGEST_MS = 30 * 60_000;
const LIVE_MS = 60_000;

function figure(name: string, value: number, unit: string): void {
  console.log(JSON.stringify({ bench: 'memory', figure: name, value: Math.round(value), unit, of }));
}

/** A line of /proc/PID/status in MB: VmRSS is now, VmHWM the highest ever. */
function memoryMb(pid: number, line: 'VmRSS' | 'VmHWM'): number {
  const found = new RegExp(`${line}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return (Number(found?.[1]) * 1024) / 1e6;
}

/** Flags and environment as the start script gives them: the figure is about what users run. */
function asStarted(): { flags: string[]; env: Record<string, string> } {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const words = String(scripts.start).split(' ');
  return {
    flags: words.filter((word) => word.startsWith('--')),
    env: Object.fromEntries(
      words.flatMap((word) => [/^([A-Z_]+)=(.*)$/.exec(word)?.slice(1, 3) ?? []]).filter((pair) => pair.length === 2),
    ),
  };
}

function startFleet(server: RunningServer): { child: ChildProcess; output(): string } {
  const args = ['infra/simulate.ts', '--sites', options.sites, '--hours', options.hours, '--http', server.http];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, CARREL_DATA_DIR: server.dataDir },
  });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return { child, output: () => text };
}

/** One library in a hundred is dark for good and keeps its history. */
function historyIsIn(output: string): boolean {
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  const left = /([\d.]+) h of history left/.exec(last);
  return / connected;/.test(last) && Number(left?.[1] ?? 0) <= 0.03 * Number(options.hours);
}

async function measure(server: RunningServer, pid: number): Promise<void> {
  const api = createApiClient({ base: server.http, token: readToken({ CARREL_DATA_DIR: server.dataDir }) });
  figure('server_rss_mb_empty', memoryMb(pid, 'VmRSS'), 'MB');
  const begun = performance.now();
  const fleet = startFleet(server);
  const seconds = (): number => (performance.now() - begun) / 1000;
  try {
    await until(() => fleet.output().includes('credentials are new'), LONGEST_MS);
    figure('registration_s', seconds(), 's');
    figure('server_rss_mb_peak_registration', memoryMb(pid, 'VmHWM'), 'MB');
    await until(() => historyIsIn(fleet.output()), LONGEST_MS, fleet.output);
    await until(async () => (await api.health()).stores.every(({ lag_bytes }) => lag_bytes < 100_000), LONGEST_MS);
    figure('history_stored_s', seconds(), 's');
    await delay(LIVE_MS);
    figure('server_rss_mb_peak', memoryMb(pid, 'VmHWM'), 'MB');
    figure('server_rss_mb_settled', memoryMb(pid, 'VmRSS'), 'MB');
  } finally {
    fleet.child.kill('SIGTERM');
    await once(fleet.child, 'exit');
  }
}

const dir = mkdtempSync(join(tmpdir(), 'carrel-bench-'));
const { flags, env } = asStarted();
const server = await startServer(dir, env, (command, args, how) => spawn(command, [...flags, ...args], how));
try {
  await measure(server, server.process.pid ?? 0);
} finally {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}
