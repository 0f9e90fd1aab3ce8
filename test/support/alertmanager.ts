/** Why: a real Alertmanager with a route to nowhere: what it shows over its own API is what counts. */
import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { debianServer, freePort, keepServer, type RunningServer, type ServerPlace } from './debian.ts';

/** How it is started here. */
export type Alertmanager = (args: readonly string[]) => ChildProcess;

/** Debian's build opens its templates by an absolute path only: where the package is merely unpacked, it runs in a mount namespace of its own. */
const TEMPLATES = 'usr/share/prometheus/alertmanager';
const NAMESPACE = ['--map-root-user', '--mount'];
const SCRIPT =
  'mount -t tmpfs none /usr/share && mkdir -p /usr/share/prometheus && cp -r "$0" /usr/share/prometheus/ && exec "$@"';

/** Null where it is neither installed nor can be unpacked and started here. */
export async function alertmanagerHere(): Promise<Alertmanager | null> {
  const server = await debianServer('prometheus-alertmanager');
  if (!server) return null;
  const options = { env: server.env, stdio: ['ignore', 'ignore', 'pipe'] } satisfies SpawnOptions;
  if (existsSync(`/${TEMPLATES}`)) return (args) => spawn(server.path, args, options);
  const templates = resolve(server.path, '../../..', TEMPLATES);
  const allowed = spawnSync('unshare', [...NAMESPACE, 'true']).status === 0;
  if (!allowed || !existsSync(templates)) return null;
  return (args) => spawn('unshare', [...NAMESPACE, 'sh', '-c', SCRIPT, templates, server.path, ...args], options);
}

/** @throws where it does not answer within 20 s */
export async function startAlertmanager(
  { dir, port: wanted }: ServerPlace,
  launch: Alertmanager,
): Promise<RunningServer> {
  const port = wanted ?? (await freePort());
  await mkdir(dir, { recursive: true });
  const config = join(dir, 'alertmanager.yml');
  await writeFile(config, 'route:\n  receiver: none\nreceivers:\n  - name: none\n');
  const args = [
    `--config.file=${config}`,
    `--storage.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=error',
  ];
  return keepServer(() => launch(args), port, '/-/ready');
}
