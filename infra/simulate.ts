/** Why: a virtual fleet that speaks the real protocol, for demonstration and load: npm run simulate -- --sites 1200 --hours 24. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CarrelError, isCarrelError, messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { stopOnSignals } from '#lib/shutdown';
import { createApiClient, readToken } from './api-client.ts';
import type { FleetCounters } from './simulate/connection.ts';
import { libraryOf } from './simulate/library.ts';
import { createVirtualProbe, type VirtualProbe } from './simulate/probe.ts';
import { type Covered, readMemory, register, writeMemory } from './simulate/registry.ts';

const HELP = `A virtual fleet of libraries that speaks Carrel's real protocol to a running server.

npm run simulate -- [--sites N] [--http URL] [--broker URL] [--hours N] [--speed X] [--faults]

  --sites N     virtual libraries, 1 to 20000 (default 120)
  --http URL    the server's page (default http://127.0.0.1:8080)
  --broker URL  mqtt:// or mqtts:// address; default: the one in the credentials that the server issues
  --hours N     first sends N hours of history (default 0); a second run goes on where the first one ended
  --speed X     sends the history X times as fast as it happened (default: as fast as the server takes it)
  --faults      adds outages and slow hours of whole providers and counties

An administrator's token is taken from CARREL_TOKEN, else from cli.token in CARREL_DATA_DIR (default ./data).
Credentials of the virtual probes are kept in simulate.json there. Ctrl-C ends the fleet as real probes would go offline.
`;
const HOUR_MS = 3_600_000;
const TICK_MS = 250;
/** Longest share of a tick spent on making frames, so that acknowledgements are read in between. */
const TICK_BUDGET_MS = 150;
const STATUS_MS = 10_000;

interface Options {
  sites: number;
  http: string;
  broker: string | null;
  hours: number;
  /** Times real time; Infinity: as fast as possible. */
  speed: number;
  faults: boolean;
}

/** Null asks for help. @throws CarrelError SIMULATE_ARGUMENT */
export function readOptions(args: string[]): Options | null {
  const { values } = parse(args);
  if (values.help) return null;
  return {
    sites: numberOf('--sites', values.sites ?? '120', 1, 20_000, true),
    http: urlOf('--http', values.http ?? 'http://127.0.0.1:8080', /^https?:$/),
    broker: values.broker === undefined ? null : urlOf('--broker', values.broker, /^mqtts?:$/),
    hours: numberOf('--hours', values.hours ?? '0', 0, 24 * 366, false),
    speed:
      values.speed === undefined ? Number.POSITIVE_INFINITY : numberOf('--speed', values.speed, 1, 1_000_000, false),
    faults: values.faults ?? false,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        sites: { type: 'string' },
        http: { type: 'string' },
        broker: { type: 'string' },
        hours: { type: 'string' },
        speed: { type: 'string' },
        faults: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new CarrelError('SIMULATE_ARGUMENT', `${messageOf(error)}; see npm run simulate -- --help`, {});
  }
}

function numberOf(name: string, text: string, min: number, max: number, whole: boolean): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max) || (whole && !Number.isInteger(value))) {
    throw new CarrelError(
      'SIMULATE_ARGUMENT',
      `${name} is ${JSON.stringify(text)}; accepted: a ${whole ? 'whole ' : ''}number from ${min} to ${max}`,
      { argument: name },
    );
  }
  return value;
}

function urlOf(name: string, text: string, protocol: RegExp): string {
  if (URL.canParse(text) && protocol.test(new URL(text).protocol)) return text;
  throw new CarrelError(
    'SIMULATE_ARGUMENT',
    `${name} is ${JSON.stringify(text)}; accepted: an address such as ${name === '--http' ? 'http://127.0.0.1:8080' : 'mqtts://carrel.example:8883'}`,
    { argument: name },
  );
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (!options) return void process.stdout.write(HELP);
  const memoryPath = join(process.env['CARREL_DATA_DIR'] ?? './data', 'simulate.json');
  const memory = readMemory(memoryPath);
  const libraries = Array.from({ length: options.sites }, (_, index) => libraryOf(index));
  const startMs = Date.now();
  const historyFromMs = startMs - options.hours * HOUR_MS;
  const api = createApiClient({ base: options.http, token: readToken(process.env) });
  const made = await register(api, libraries, memory, historyFromMs);
  writeMemory(memoryPath, memory);
  say(`${libraries.length} libraries are known to the server, ${made} credentials are new`);

  const counters: FleetCounters = { connecting: 0, frames: 0, samples: 0, refused: 0, disconnects: 0, ackMs: [] };
  const probes = libraries.flatMap((library) => {
    const access = memory.credentials[library.id];
    if (!access) return [];
    return createVirtualProbe({
      library,
      access: { ...access, broker: options.broker ?? access.broker },
      startMs,
      historyFromMs,
      covered: memory.covered,
      faults: options.faults,
      counters,
    });
  });
  const stopTicking = keepTicking(probes, (nowMs) => historyFromMs + (nowMs - startMs) * options.speed);
  const status = setInterval(() => {
    say(statusLine(probes, counters));
    // Dark libraries never send theirs; everyone else has.
    if (probes.every((probe) => probe.historyLeftMs() <= 0 || !probe.isConnected()))
      writeMemory(memoryPath, { ...memory, covered: hull(memory.covered, historyFromMs) });
  }, STATUS_MS);
  stopOnSignals(async () => {
    stopTicking();
    clearInterval(status);
    await Promise.race([
      Promise.all(probes.map((probe) => probe.stop(Date.now()))),
      new Promise((resolve) => setTimeout(resolve, 8000)),
    ]);
  }, lineLogger);
}

function hull(covered: Covered, fromMs: number): Covered {
  return { fromMs: covered.untilMs > 0 ? Math.min(covered.fromMs, fromMs) : fromMs, untilMs: Date.now() };
}

/** Goes through the fleet four times a second, starting each time where the budget of the last one ended. */
function keepTicking(probes: readonly VirtualProbe[], historyUntil: (nowMs: number) => number): () => void {
  let next = 0;
  const timer = setInterval(() => {
    const nowMs = Date.now();
    for (let n = 0; n < probes.length && Date.now() - nowMs < TICK_BUDGET_MS; n++) {
      probes[next]?.tick(nowMs, historyUntil(nowMs));
      next = (next + 1) % probes.length;
    }
  }, TICK_MS);
  return () => clearInterval(timer);
}

/** One line for people; counts are since the last line. */
function statusLine(probes: readonly VirtualProbe[], counters: FleetCounters): string {
  const connected = probes.filter((probe) => probe.isConnected()).length;
  const hoursLeft =
    probes.reduce((sum, probe) => sum + Math.max(0, probe.historyLeftMs()), 0) / HOUR_MS / probes.length;
  const sorted = counters.ackMs.splice(0).sort((a, b) => a - b);
  const quantile = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  const { frames, samples, refused, disconnects } = counters;
  Object.assign(counters, { frames: 0, samples: 0, refused: 0, disconnects: 0 });
  const perSecond = (count: number): string => (count / (STATUS_MS / 1000)).toFixed(1);
  return [
    `${connected} of ${probes.length} connected`,
    `${perSecond(frames)} frames/s, ${perSecond(samples)} samples/s acknowledged (p50 ${quantile(0.5)} ms, p99 ${quantile(0.99)} ms)`,
    hoursLeft > 0 ? `${hoursLeft.toFixed(1)} h of history left` : null,
    disconnects > 0 ? `${disconnects} disconnects` : null,
    refused > 0 ? `${refused} refused` : null,
    `${Math.round(process.memoryUsage.rss() / 1e6)} MB`,
  ]
    .filter((part) => part !== null)
    .join('; ');
}

function say(line: string): void {
  process.stdout.write(`simulate: ${line}\n`);
}

const lineLogger: Logger = {
  debug() {},
  info: (_fields, message) => say(message),
  warn: (_fields, message) => say(message),
  error: (fields, message) => say(`${message} ${JSON.stringify(fields)}`),
};

if (import.meta.main) {
  main().catch((error: unknown) => {
    process.stderr.write(
      `${isCarrelError(error) ? `${error.code}: ${error.message}` : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exit(1);
  });
}
