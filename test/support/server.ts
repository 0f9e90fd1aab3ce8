/** Why: journeys use the server as its users do: a process started by its command line, known only by what it prints. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface RunningServer {
  http: string;
  mqtt: string;
  mqtts: string | null;
  speed: string;
  dataDir: string;
  setupUrl: string | null;
  process: ChildProcess;
  /** Everything printed so far, both streams. */
  output(): string;
  /** JSON API call as administrator; throws with the answer's text when the status is not 2xx. */
  api<T>(method: string, path: string, body?: unknown): Promise<T>;
  /** TERM, then waits; answers with the exit code. */
  stop(): Promise<number | null>;
  /** The power cut. */
  kill(): Promise<void>;
}

type Spawn = (command: string, args: string[], options: SpawnOptions) => ChildProcess;

/** Starts `infra/main.ts` on free loopback ports; `env` adds settings, `launch` may start it in another network namespace. */
export async function startServer(
  dataDir: string,
  env: Record<string, string> = {},
  launch: Spawn = spawn,
): Promise<RunningServer> {
  const child = launch(process.execPath, ['infra/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      CARREL_DATA_DIR: dataDir,
      CARREL_HTTP: '127.0.0.1:0',
      CARREL_MQTT: '127.0.0.1:0',
      CARREL_SPEED: '127.0.0.1:0',
      CARREL_LOCAL_PROBE: 'off',
      ...env,
    },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  await until(
    () => text.includes('Stop with Ctrl-C') || child.exitCode !== null,
    30_000,
    () => `the server did not start:\n${text}`,
  );
  if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${text}`);
  const found = (pattern: RegExp): string | null => pattern.exec(text)?.[1] ?? null;
  const http = (found(/Carrel is running: (\S+)/) ?? '').replace(/\/$/, '');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return {
    http,
    mqtt: found(/this machine: (mqtt:\/\/[^\s;]+)/) ?? '',
    mqtts: found(/Probes: (mqtts:\/\/[^\s;]+)/),
    speed: found(/throughput tests: ([^\s;]+)/) ?? '',
    setupUrl: found(/password at (\S+)/),
    dataDir,
    process: child,
    output: () => text,
    api: (method, path, body) => call(http, dataDir, method, path, body),
    async stop() {
      child.kill('SIGTERM');
      await ended;
      return child.exitCode;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function call<T>(http: string, dataDir: string, method: string, path: string, body: unknown): Promise<T> {
  const token = readFileSync(join(dataDir, 'cli.token'), 'utf8').trim();
  const text = typeof body === 'string';
  const answer = await fetch(`${http}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': text ? 'text/csv' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: text ? body : JSON.stringify(body) }),
  });
  const content = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${content}`);
  // The shape is the caller's claim about the contract; a wrong one shows in the assertions that follow.
  return (content === '' ? undefined : JSON.parse(content)) as T;
}

/** Waits for a condition, looking every 50 ms. @throws Error with `what()` after `withinMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  what: () => string = () => 'the condition did not come true',
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`${what()} (waited ${withinMs} ms)`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
