/**
 * Why: tests and benches run against the real servers of Debian, without starting a service on anybody's machine: a server is taken from
 * PATH, or unpacked once into .cache/debian. Where neither works the answer is null, and the test says by name what it skipped.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL('../../.cache/debian', import.meta.url));

/** Debian package -> the program, and the packages with the libraries that a bare system lacks. */
const SERVERS = {
  influxdb: { program: 'influxd', libraries: [] },
  'victoria-metrics': { program: 'victoria-metrics', libraries: [] },
  mosquitto: {
    program: 'mosquitto',
    libraries: ['libcjson1', 'libdlt2', 'libwebsockets17', 'libev4', 'libuv1', 'libwrap0', 'libcap2'],
  },
  luajit: { program: 'luajit', libraries: ['libluajit-5.1-2'] },
  'mosquitto-clients': { program: 'mosquitto_pub', libraries: ['libmosquitto1', 'libcjson1'] },
  'prometheus-alertmanager': { program: 'prometheus-alertmanager', libraries: [] },
  'collectd-core': { program: 'collectd', libraries: ['libltdl7', 'libmosquitto1', 'libcjson1'] },
  iperf3: { program: 'iperf3', libraries: ['libiperf0', 'libsctp1'] },
  nftables: { program: 'nft', libraries: ['libnftables1', 'libnftnl11', 'libmnl0', 'libjansson4'] },
  busybox: { program: 'busybox', libraries: [] },
  shellcheck: { program: 'shellcheck', libraries: [] },
} as const satisfies Record<string, { program: string; libraries: readonly string[] }>;
export type DebianPackage = keyof typeof SERVERS;

/** A program that can be started, with the environment that it needs. */
export interface DebianServer {
  path: string;
  env: NodeJS.ProcessEnv;
}

/** The program of the package; null where it is not installed and cannot be unpacked here. */
export async function debianServer(name: DebianPackage): Promise<DebianServer | null> {
  const { program, libraries } = SERVERS[name];
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']) {
    if (folder && existsSync(join(folder, program))) return { path: join(folder, program), env: process.env };
  }
  for (const one of [name, ...libraries]) if (!(await unpacked(one))) return null;
  const root = join(CACHE, name);
  const path = ['usr/bin', 'usr/sbin', 'bin']
    .map((folder) => join(root, folder, program))
    .find((candidate) => existsSync(candidate));
  if (!path) return null;
  const libraryPath = (await Promise.all([name, ...libraries].map(libraryFolders))).flat().join(delimiter);
  return { path, env: libraryPath ? { ...process.env, LD_LIBRARY_PATH: libraryPath } : process.env };
}

async function libraryFolders(name: string): Promise<string[]> {
  const found: string[] = [];
  for (const base of ['usr/lib', 'lib']) {
    const folders = await readdir(join(CACHE, name, base)).catch(() => []);
    found.push(
      ...folders.filter((folder) => folder.endsWith('-linux-gnu')).map((folder) => join(CACHE, name, base, folder)),
    );
  }
  return found;
}

/** Downloads and unpacks beside the goal, then renames: two tests that start at once do not see each other's half. */
async function unpacked(name: string): Promise<boolean> {
  const root = join(CACHE, name);
  if (existsSync(root)) return true;
  await mkdir(CACHE, { recursive: true });
  const draft = await mkdtemp(join(CACHE, '.unpack-'));
  try {
    await download(name, draft);
    const [deb] = (await readdir(draft)).filter((file) => file.endsWith('.deb'));
    if (deb === undefined) return false;
    await run('dpkg', ['-x', join(draft, deb), join(draft, 'root')]);
    await rename(join(draft, 'root'), root).catch((error: unknown) => {
      if (!existsSync(root)) throw error;
    });
    return true;
  } catch {
    return false; // no apt, no network, another system: the caller skips by name
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function download(name: string, cwd: string): Promise<void> {
  try {
    await run('apt-get', ['download', name], { cwd, timeout: 120_000 });
  } catch (error) {
    if (process.getuid?.() !== 0) throw error; // only root may refresh the package lists
    await run('apt-get', ['update'], { timeout: 120_000 });
    await run('apt-get', ['download', name], { cwd, timeout: 120_000 });
  }
}

/** A server process of a test. */
export interface RunningServer {
  /** `http://127.0.0.1:port` */
  url: string;
  port: number;
  /** Of the process that runs now, or ran last. */
  pid(): number;
  /** Ends it politely and waits; `SIGKILL` where a crash is wanted. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again over the same data at the same address. */
  start(): Promise<void>;
}
export type InfluxServer = RunningServer;
export interface ServerPlace {
  /** Data lies here; starting again with the same folder finds it. */
  dir: string;
  /** To come back at the same address after a stop. */
  port?: number;
}

/** A real InfluxDB 1.x. @throws where it does not answer within 20 s */
export async function startInfluxdb({ dir, port: wanted }: ServerPlace, server?: DebianServer): Promise<RunningServer> {
  const { path, env } = server ?? (await required('influxdb'));
  const port = wanted ?? (await freePort());
  await mkdir(dir, { recursive: true });
  await writeFile(
    join(dir, 'influxdb.conf'),
    `reporting-enabled = false
bind-address = "127.0.0.1:${await freePort()}"
[meta]
  dir = "${dir}/meta"
[data]
  dir = "${dir}/data"
  wal-dir = "${dir}/wal"
  index-version = "tsi1"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[monitor]
  store-enabled = false
[logging]
  level = "error"
`,
  );
  return keepServer(
    () => spawn(path, ['-config', join(dir, 'influxdb.conf')], { env, stdio: ['ignore', 'ignore', 'pipe'] }),
    port,
    '/ping',
  );
}

/** A real VictoriaMetrics, single node, that takes /api/v2/write. */
export async function startVictoria({ dir, port: wanted }: ServerPlace, server?: DebianServer): Promise<RunningServer> {
  const { path, env } = server ?? (await required('victoria-metrics'));
  const port = wanted ?? (await freePort());
  await mkdir(dir, { recursive: true });
  return keepServer(
    () =>
      spawn(
        path,
        [
          `-storageDataPath=${join(dir, 'data')}`,
          `-httpListenAddr=127.0.0.1:${port}`,
          '-retentionPeriod=10y',
          '-dedup.minScrapeInterval=1ms',
          '-loggerLevel=ERROR',
        ],
        { env, stdio: ['ignore', 'ignore', 'pipe'] },
      ),
    port,
    '/health',
  );
}

async function required(name: DebianPackage): Promise<DebianServer> {
  const server = await debianServer(name);
  if (!server) throw new Error(`Debian's ${name} is neither installed nor can it be unpacked here`);
  return server;
}

/** A process that is known to listen once `path` answers; it is started again over the same data at the same port. */
export async function keepServer(launch: () => ChildProcess, port: number, path: string): Promise<RunningServer> {
  const url = `http://127.0.0.1:${port}`;
  let child = launch();
  await answering(child, url + path);
  return {
    url,
    port,
    pid: () => child.pid ?? 0,
    async start() {
      child = launch();
      await answering(child, url + path);
    },
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    },
  };
}

/** Waits until the address answers with a 2xx. */
async function answering(child: ChildProcess, address: string): Promise<void> {
  let said = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-2000);
  });
  child.on('error', (error) => {
    said += error.message;
  });
  const end = Date.now() + 20_000;
  while (
    !(await fetch(address, { signal: AbortSignal.timeout(2000) }).then(
      (response) => response.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > end) {
      child.kill('SIGKILL');
      throw new Error(`${address} did not answer: ${said}`);
    }
    await delay(25);
  }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
