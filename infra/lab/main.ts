/** Why: an emulated line by hand: npm run lab -- --rate 28 --rtt 600 --loss 1. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { CarrelError, isCarrelError, messageOf } from '#lib/errors';
import { type LinkOptions, openLink, type Shape } from './link.ts';
import { buildLabTools } from './tools.ts';

const HELP = `An emulated line between a probe and a server, each in a network namespace of its own. Needs root.

npm run lab -- [--rate MBPS] [--up MBPS] [--rtt MS] [--loss PCT] [--buffer MS] [--burst BYTES@MBPS] [--noise PCT] [--congestion NAME] [--visitors]

  --rate MBPS          to the probe, IP layer (default 30)
  --up MBPS            from the probe (default: as --rate)
  --rtt MS             there and back, without queueing (default 20)
  --loss PCT           each way, each packet by itself (default 0)
  --buffer MS          longest wait in the queue before the line; more is dropped (default 100)
  --burst BYTES@MBPS   so many bytes go faster first, for example 4e6@100
  --noise PCT          the rate to the probe wanders: its standard deviation (default 0)
  --congestion NAME    of TCP that the server sends: bbr, cubic, ... (default: the system's)
  --visitors           a third namespace behind the probe, which forwards

While it is open: the same options, typed as a line, change the line; an empty line prints its counters; Ctrl-C closes it.
`;

type Values = ReturnType<typeof parse>;

/** The directions of a line as words say; null asks for help. @throws CarrelError LAB_ARGUMENT */
export function readLabOptions(args: string[]): LinkOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const standard = { rate: '30', rtt: '20', loss: '0', buffer: '100', ...values };
  const { down, up } = shapesOf({ ...standard, up: values.up ?? standard.rate });
  return {
    down,
    up,
    ...(values.congestion && { congestion: { server: values.congestion } }),
    visitors: values.visitors ?? false,
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args,
      options: {
        ...{ rate: text, up: text, rtt: text, loss: text, buffer: text, burst: text, noise: text, congestion: text },
        visitors: flag,
        help: { ...flag, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new CarrelError('LAB_ARGUMENT', `${messageOf(error)}; see npm run lab -- --help`);
  }
}

/** Only what was said; the rest of the line stays as it is. */
function shapesOf(values: Values): { down: Shape; up: Shape } {
  const both: Shape = {
    ...(values.rtt && { delayMs: numberOf('--rtt', values.rtt, 0, 5000) / 2 }),
    ...(values.loss && { lossPct: numberOf('--loss', values.loss, 0, 100) }),
    ...(values.buffer && { bufferMs: numberOf('--buffer', values.buffer, 1, 5000) }),
  };
  const down: Shape = {
    ...both,
    ...(values.rate && { rateMbps: numberOf('--rate', values.rate, 0.01, 1000) }),
    ...(values.burst && { burst: burstOf(values.burst) }),
    ...(values.noise && { noise: { sigma: numberOf('--noise', values.noise, 0, 100) / 100, correlation: 0.5 } }),
  };
  return { down, up: { ...both, ...(values.up && { rateMbps: numberOf('--up', values.up, 0.01, 1000) }) } };
}

function burstOf(text: string): { bytes: number; peakMbps: number } {
  const [bytes = '', peak = ''] = text.split('@');
  return { bytes: numberOf('--burst', bytes, 0, 1e9), peakMbps: numberOf('--burst', peak, 0.01, 1000) };
}

function numberOf(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= min && value <= max))
    throw new CarrelError('LAB_ARGUMENT', `${name} takes a number from ${min} to ${max}, got ${JSON.stringify(text)}`);
  return value;
}

async function main(): Promise<void> {
  const options = readLabOptions(process.argv.slice(2));
  if (!options) return void process.stdout.write(HELP);
  const link = await openLink(options);
  const { traffic } = await buildLabTools();
  const { namespaces, addresses, wan } = link;
  process.stdout.write(`The line is open.

  probe   ${addresses.probe} on ${wan}, reaches only ${addresses.server}:   ip netns exec ${namespaces.probe} sh
  server  ${addresses.server}:   ip netns exec ${namespaces.server} sh
${options.visitors ? `  visitor ${addresses.visitor}:   ip netns exec ${namespaces.visitor} sh\n` : ''}
To see what it carries, first the receiver, then the sender of 40 Mb/s for 5 s:
  ip netns exec ${namespaces.probe} ${traffic} sink 9000 2
  ip netns exec ${namespaces.server} ${traffic} send ${addresses.probe} 9000 40 1500 5
`);
  const input = createInterface({ input: process.stdin });
  const end = (): void => input.close();
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  for await (const line of input) {
    try {
      const words = line.trim();
      if (words === '') process.stdout.write(`${JSON.stringify(await link.counters(), null, 2)}\n`);
      else for (const [way, shape] of shapePairs(words)) await link.shape(way, shape);
    } catch (error) {
      complain(error);
    }
  }
  await link.close();
}

function shapePairs(line: string): ['down' | 'up', Shape][] {
  const { down, up } = shapesOf(parse(line.split(/\s+/)));
  return [
    ['down', down],
    ['up', up],
  ];
}

function complain(error: unknown): void {
  process.stderr.write(`${isCarrelError(error) ? `${error.code}: ${error.message}` : messageOf(error)}\n`);
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    complain(error);
    process.exitCode = 1;
  });
}
