/**
 * Why: a real line for tests: a probe in a network namespace of its own, whose only way out is a veth pair shaped with tbf.
 * The server's end lies in the namespace of the test, so that its servers just bind to `serverAddress`. Needs root, `ip` and `tc`.
 */
import { type ChildProcess, execFile, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Lab {
  /** Name of the probe's network namespace. */
  readonly probeNs: string;
  /** Bind servers here: the probe's gateway and the only host it reaches. */
  readonly serverAddress: string;
  readonly probeAddress: string;
  /** The server's end of the pair, in the namespace of the test. */
  readonly serverIface: string;
  /** The probe's end: its default route's interface. */
  readonly probeIface: string;
  /** Shapes the way to the probe to this IP-layer rate (Mb/s); null lifts the limit. */
  shape(mbps: number | null): Promise<void>;
  /** Pulls the cable: no carrier at either end. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** Runs a program inside the probe's namespace. It is ended by `close`, if it still runs. The pid is the program's own. */
  spawnInProbe(command: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  close(): Promise<void>;
}

/** Why no lab can be made here, or null where one can: for `describe.skipIf(labUnavailable)`. Tries it once. */
export const labUnavailable: string | null = reasonAgainst();

function reasonAgainst(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'needs root on Linux';
  for (const tool of ['ip', 'tc']) if (spawnSync(tool, ['-V']).error) return `needs ${tool} (iproute2)`;
  const name = `carrel-try-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name]);
  spawnSync('ip', ['netns', 'del', name]);
  return made.status === 0 ? null : 'network namespaces are not allowed here';
}

let made = 0;

/** `rateMbps` is the IP-layer rate to the probe from the start; unlimited when left out. */
export async function createLab(options: { rateMbps?: number } = {}): Promise<Lab> {
  made += 1;
  const id = `${process.pid.toString(36)}${made.toString(36)}`;
  const [probeNs, serverIface, probeIface] = [`carrel-${id}`, `cls${id}`, `clp${id}`];
  const net = (process.pid * 7 + made) % 16_384; // one /30 of 10.213.0.0/16
  const address = (host: number): string => `10.213.${net >> 6}.${((net & 63) << 2) + host}`;
  const [serverAddress, probeAddress] = [address(1), address(2)];
  const children = new Set<ChildProcess>();
  const ip = async (...args: string[]): Promise<void> => void (await run('ip', args));
  const removeNow = (): void => {
    spawnSync('ip', ['link', 'del', serverIface]);
    spawnSync('ip', ['netns', 'del', probeNs]);
  };
  process.once('exit', removeNow);

  await ip('netns', 'add', probeNs);
  await ip('link', 'add', serverIface, 'type', 'veth', 'peer', 'name', probeIface, 'netns', probeNs);
  // One packet per segment: otherwise counters see 64 KiB "packets" without most of their headers.
  await ip('link', 'set', serverIface, 'gso_max_segs', '1');
  await ip('addr', 'add', `${serverAddress}/30`, 'dev', serverIface);
  await ip('link', 'set', serverIface, 'up');
  await ip('-n', probeNs, 'link', 'set', probeIface, 'gso_max_segs', '1');
  await ip('-n', probeNs, 'addr', 'add', `${probeAddress}/30`, 'dev', probeIface);
  await ip('-n', probeNs, 'link', 'set', 'lo', 'up');
  await ip('-n', probeNs, 'link', 'set', probeIface, 'up');
  await ip('-n', probeNs, 'route', 'add', 'default', 'via', serverAddress, 'dev', probeIface);

  const lab: Lab = {
    probeNs,
    serverAddress,
    probeAddress,
    serverIface,
    probeIface,
    async shape(mbps) {
      await run('tc', ['qdisc', 'del', 'dev', serverIface, 'root']).catch(() => {}); // there may be none yet
      if (mbps === null) return;
      const linkLayer = Math.round((mbps * 1e6 * 1514) / 1500); // tbf counts the 14 bytes of the Ethernet header too
      await run('tc', [
        'qdisc',
        'add',
        'dev',
        serverIface,
        'root',
        'tbf',
        'rate',
        `${linkLayer}bit`,
        'burst',
        '16kb',
        'latency',
        '60ms',
      ]);
    },
    unplug: () => ip('link', 'set', serverIface, 'down'),
    plug: () => ip('link', 'set', serverIface, 'up'),
    spawnInProbe(command, args, spawnOptions = {}) {
      const child = spawn('ip', ['netns', 'exec', probeNs, command, ...args], spawnOptions);
      children.add(child);
      child.once('exit', () => children.delete(child));
      return child;
    },
    async close() {
      await Promise.all(
        [...children].map(async (child) => {
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        }),
      );
      process.removeListener('exit', removeNow);
      removeNow();
    },
  };
  if (options.rateMbps !== undefined) await lab.shape(options.rateMbps);
  return lab;
}
