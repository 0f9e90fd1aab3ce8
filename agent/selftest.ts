/** Why: when a probe does not report, one command climbs from its own settings to the server's answer and says at which rung to act. */

import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { encodeFrame, FIRST_FAILURE, type Frame } from '#contract';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import type { AgentConfig, ServerAccess } from './config.ts';
import { explainFailure } from './failure.ts';
import { type OneSample, takeOne } from './once.ts';
import type { Sensor, SensorContext } from './sensor.ts';
import { createStreamOpener } from './stream.ts';
import { createUplink, type Uplink } from './uplink.ts';
import { createWallClock, type WallClock } from './wall.ts';

export interface Check {
  name: string;
  outcome: 'ok' | 'failed' | 'skipped';
  what: string /** For `failed`: what to do. */;
  advice?: string;
}
export interface SelftestDeps {
  config: AgentConfig & { server: ServerAccess };
  warnings: readonly string[];
  clock: Clock;
  sensors: (context: SensorContext) => Sensor[];
  onCheck(check: Check): void;
}

const CONNECT_MS = 10_000;
const TEST_PORT = 4443;

/** Every rung in order; those that stand on a failed one are skipped. True when none failed. */
export async function selftest(deps: SelftestDeps): Promise<boolean> {
  const { config, clock, onCheck } = deps;
  const wall = createWallClock({ clock, root: config.root, trust: config.clock });
  let good = true;
  const tell = (check: Check): boolean => {
    if (check.outcome === 'failed') good = false;
    onCheck(check);
    return check.outcome === 'ok';
  };
  tell(settingsCheck(deps));
  tell(stateCheck(config.stateDir));
  tell(clockCheck(wall));
  const sample = await takeOne({ config, clock, log: silentLogger, sensors: deps.sensors });
  for (const check of lineChecks(sample)) tell(check);
  const web = await doorCheck(config.server, tell);
  if (web === null) {
    for (const name of ['TLS', 'credential', 'delivery', 'test port'])
      tell({ name, outcome: 'skipped', what: 'the broker is not reached' });
    return good;
  }
  if (!web) tell(await tlsCheck(config.server, wall));
  await deliveryChecks(config.server, web, wall, tell);
  const speed = config.speed ?? { host: config.server.broker.host, port: TEST_PORT };
  tell(
    await tcpCheck(
      'test port',
      speed.host,
      speed.port,
      'open the port on the server (CARREL_SPEED=0.0.0.0:4443), or name another with CARREL_AGENT_SPEED',
    ),
  );
  return good;
}

/** Whether it must be the web port; null where neither answers. */
async function doorCheck({ broker, web }: ServerAccess, tell: (check: Check) => boolean): Promise<boolean | null> {
  const advice = 'check CARREL_AGENT_BROKER, that the server runs, and that no firewall stops the port';
  const direct = await tcpCheck('broker port', broker.host, broker.port, advice);
  if (direct.outcome === 'ok' || !web) return tell(direct) ? false : null;
  const other = await tcpCheck('web port', web.host, web.port, advice);
  if (other.outcome === 'ok')
    tell({ ...direct, outcome: 'skipped', what: `${direct.what}; the web port does instead` });
  else tell(direct);
  return tell(other) ? true : null;
}

function settingsCheck({ config, warnings }: SelftestDeps): Check {
  const { broker, id } = config.server;
  if (warnings.length > 0)
    return { name: 'settings', outcome: 'failed', what: warnings.join('; '), advice: 'mend what is named' };
  return {
    name: 'settings',
    outcome: 'ok',
    what: `probe ${id}, server ${broker.protocol}://${broker.host}:${broker.port}`,
  };
}

function stateCheck(dir: string): Check {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK | constants.R_OK);
    return { name: 'spool', outcome: 'ok', what: `${dir} is writable` };
  } catch (error) {
    return {
      name: 'spool',
      outcome: 'failed',
      what: messageOf(error),
      advice: `make ${dir} writable for this user, or set CARREL_AGENT_SPOOL; without it a restart loses what was not yet sent`,
    };
  }
}

function clockCheck(wall: WallClock): Check {
  const now = new Date(wall.wallMs()).toISOString();
  if (wall.sync() !== 0) return { name: 'clock', outcome: 'ok', what: `${now}, trusted` };
  return {
    name: 'clock',
    outcome: 'failed',
    what: `${now} is not to be trusted`,
    advice:
      'let NTP through (port 123) and see that a time service runs, or set CARREL_AGENT_CLOCK=trusted if you know better',
  };
}

function lineChecks({ values, unavailable }: OneSample): Check[] {
  const first = values.first_failure?.value;
  const word = typeof first === 'number' ? FIRST_FAILURE[first] : undefined;
  const check = (name: string, metric: 'wan_up' | 'gateway_up' | 'dns_up' | 'internet_up', advice: string): Check => {
    const value = values[metric]?.value ?? null;
    if (value === 1) return { name, outcome: 'ok', what: 'works' };
    if (value === null)
      return { name, outcome: 'skipped', what: Object.values(unavailable)[0] ?? 'cannot be told here' };
    return {
      name,
      outcome: 'failed',
      what: word && word !== 'none' ? `first failure: ${word}` : 'does not answer',
      advice,
    };
  };
  const internet = check(
    'internet',
    'internet_up',
    'call the provider if the gateway answers; else look at the router',
  );
  if (values.captive_portal?.value === 1)
    Object.assign(internet, {
      outcome: 'failed',
      what: 'a sign-in page answers in place of the internet',
      advice: 'sign in, or exempt this probe from the portal',
    });
  return [
    check('WAN interface', 'wan_up', 'plug in the cable, or name the interface with CARREL_AGENT_WAN'),
    check('gateway', 'gateway_up', 'look at the router and the cable to it'),
    check('DNS', 'dns_up', 'check the DNS servers that this network hands out'),
    internet,
  ];
}

function tcpCheck(name: string, host: string, port: number, advice: string): Promise<Check> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: CONNECT_MS });
    const end = (check: Omit<Check, 'name'>): void => {
      socket.destroy();
      resolve({ name, ...check });
    };
    socket.once('connect', () => end({ outcome: 'ok', what: `${host}:${port} answers` }));
    socket.once('timeout', () => end({ outcome: 'failed', what: `${host}:${port} is silent`, advice }));
    socket.once('error', (error) => end({ outcome: 'failed', what: explainFailure(error).what, advice }));
  });
}

function tlsCheck(server: ServerAccess, wall: WallClock): Promise<Check> {
  if (server.broker.protocol === 'mqtt')
    return Promise.resolve({ name: 'TLS', outcome: 'skipped', what: 'the address is mqtt://, without TLS' });
  return new Promise((resolve) => {
    const socket = createStreamOpener(server, () => wall.sync() !== 0).open();
    const end = (check: Omit<Check, 'name'>): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ name: 'TLS', ...check });
    };
    const timer = setTimeout(
      () =>
        end({
          outcome: 'failed',
          what: 'no handshake within 10 s',
          advice: 'check that the port is CARREL_MQTTS and not plain MQTT',
        }),
      CONNECT_MS,
    );
    socket.once('secureConnect', () =>
      end({
        outcome: 'ok',
        what: server.ca === null ? 'certificate trusted by this system' : "certificate of the server's own authority",
      }),
    );
    socket.once('error', (error) => {
      const { what, advice } = explainFailure(error);
      end({ outcome: 'failed', what, advice });
    });
  });
}

/** Takes the place of a running agent of the same id for a moment; that one reconnects by itself. */
async function deliveryChecks(
  server: ServerAccess,
  web: boolean,
  wall: WallClock,
  tell: (check: Check) => boolean,
): Promise<void> {
  const run = randomBytes(16).toString('hex');
  let settle: (up: boolean) => void = () => undefined;
  const up = new Promise<boolean>((resolve) => {
    settle = resolve;
  });
  const log = { ...silentLogger, warn: () => settle(false) };
  const uplink = createUplink({
    server,
    webFirst: web,
    run,
    wall,
    keepaliveS: () => 60,
    log,
    events: { up: () => settle(true), down: () => undefined, message: () => undefined },
  });
  const timer = setTimeout(() => settle(false), CONNECT_MS);
  uplink.start();
  const connected = await up;
  clearTimeout(timer);
  if (connected) {
    tell({ name: 'credential', outcome: 'ok', what: 'accepted by the server' });
    tell(await frameCheck(uplink, run, wall));
  } else {
    const { what, advice } = uplink.failure() ?? { what: 'no answer within 10 s', advice: "see the server's log" };
    tell({ name: 'credential', outcome: 'failed', what, advice });
    tell({ name: 'delivery', outcome: 'skipped', what: 'not connected' });
  }
  await uplink.stop();
}

function frameCheck(uplink: Uplink, run: string, wall: WallClock): Promise<Check> {
  const frame: Frame = {
    v: 1,
    boot: wall.boot,
    run,
    seq: 0,
    wall: wall.wallMs(),
    mono: wall.monoMs(),
    sync: wall.sync(),
    t: [],
    m: {},
    e: [],
  };
  return new Promise((resolve) => {
    const startedMs = wall.monoMs();
    const failed = (): void =>
      resolve({
        name: 'delivery',
        outcome: 'failed',
        what: 'a frame was not acknowledged within 10 s',
        advice: 'see /readyz on the server: its disk may be full',
      });
    const timer = setTimeout(failed, CONNECT_MS);
    uplink.publish('frames', encodeFrame(frame, nodeRawDeflate), (acknowledged) => {
      clearTimeout(timer);
      if (acknowledged)
        resolve({
          name: 'delivery',
          outcome: 'ok',
          what: `a frame was acknowledged in ${Math.round(wall.monoMs() - startedMs)} ms`,
        });
      else failed();
    });
  });
}
