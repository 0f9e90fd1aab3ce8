/** Why: `npm start` measures this very machine with the same agent, over the same broker, as any library's probe. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Broker } from '#broker';
import type { Site } from '#contract';
import { createBackoff } from '#lib/backoff';
import type { Clock } from '#lib/clock';
import { CarrelError } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { State } from '#state';
import { agentLaunch } from './agent-launch.ts';

/** Site, access point and probe of this machine share one id. */
export const LOCAL_ID = 'this-machine';
const AGENT = fileURLToPath(new URL('../dist/agent.cjs', import.meta.url));
const DAY: readonly (readonly [number, number])[] = [[0, 1440]];

interface LocalProbeDeps {
  state: State;
  broker: Broker;
  dataDir: string;
  targetMbps: number;
  clock: Clock;
  log: Logger;
}

/** Registers this machine where it is not yet known, gives its agent a fresh credential and keeps the agent running. */
export function startLocalProbe(deps: LocalProbeDeps): { stop(): Promise<void> } {
  register(deps);
  const dir = join(deps.dataDir, 'agent');
  const credential = writeCredential(deps, dir);
  return keepRunning(deps.log, () => spawnAgent(dir, credential));
}

function register({ state, targetMbps, clock }: LocalProbeDeps): void {
  if (state.registry.probe(LOCAL_ID)) return;
  state.transaction(() => {
    if (!state.registry.site(LOCAL_ID)) state.registry.putSite(localSite());
    if (!state.registry.accessPoint(LOCAL_ID)) {
      state.registry.putAccessPoint({ id: LOCAL_ID, site: LOCAL_ID, name: 'Internet access', target_mbps: targetMbps });
    }
    state.registry.addProbe(LOCAL_ID, LOCAL_ID, clock.wallMs());
  });
}

function localSite(): Site {
  return {
    id: LOCAL_ID,
    name: 'This machine',
    region: '',
    isp: '',
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC',
    opening: [DAY, DAY, DAY, DAY, DAY, DAY, DAY],
    contract_mbps: null,
    metered: false,
    lat: null,
    lon: null,
    notes: 'The computer that runs this Carrel server',
  };
}

/** A new token with each start: nothing to rotate, nothing to leak from a backup. */
function writeCredential({ state, broker, clock }: LocalProbeDeps, dir: string): string {
  const { mqtt, mqtts } = broker.addresses();
  const address = mqtt ?? mqtts;
  if (!address)
    throw new CarrelError(
      'NO_LISTENER',
      'CARREL_MQTT and CARREL_MQTTS are both off; nothing could reach the server, its own probe included',
      {},
    );
  const token = randomBytes(32).toString('base64url');
  state.registry.setCredential(LOCAL_ID, createHash('sha256').update(token).digest(), clock.wallMs());
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const file = join(dir, 'credential.json');
  writeFileSync(
    `${file}.new`,
    JSON.stringify({ broker: address, id: LOCAL_ID, token, ca: mqtt ? null : broker.authority() }),
    { mode: 0o600 },
  );
  renameSync(`${file}.new`, file);
  return file;
}

function spawnAgent(dir: string, credential: string): ChildProcess {
  const { flags, env } = agentLaunch();
  return spawn(process.execPath, [...flags, AGENT], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...env,
      CARREL_AGENT_CREDENTIAL: credential,
      CARREL_AGENT_SPOOL: join(dir, 'spool'),
      // It is the server's own clock: there is nothing to compare it with.
      CARREL_AGENT_CLOCK: 'trusted',
      // A person is looking at the page of this very machine: five seconds between samples, sent at once.
      CARREL_AGENT_SAMPLE_S: process.env['CARREL_AGENT_SAMPLE_S'] ?? '5',
      CARREL_AGENT_BATCH: process.env['CARREL_AGENT_BATCH'] ?? '1',
    },
  });
}

const STOP_WITHIN_MS = 9000;

function keepRunning(log: Logger, start: () => ChildProcess): { stop(): Promise<void> } {
  const backoff = createBackoff({ baseMs: 1000, capMs: 60_000, floorMs: 500 });
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let child: ChildProcess;
  const run = (): void => {
    child = start();
    const startedAt = Date.now();
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => log.debug({ line }, 'local probe'));
    }
    child.on('error', (error) => log.error({ error: error.message }, 'local probe did not start'));
    child.on('exit', (code, signal) => {
      if (stopping) return;
      if (Date.now() - startedAt > 60_000) backoff.reset();
      const waitMs = backoff.next();
      log.warn({ code, signal, waitMs }, 'local probe ended; starting it again');
      timer = setTimeout(run, waitMs);
    });
  };
  run();
  return {
    async stop() {
      stopping = true;
      clearTimeout(timer);
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await ended;
      clearTimeout(kill);
    },
  };
}
