/** Why: the field's smallest collector beside ours, on the same machine at the same time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { debianServer } from '../../support/debian.ts';

/** Debian's collectd with the nearest plugins (CPU, memory, load, interface, uptime, disk), to plain MQTT; null where it cannot be had. */
export async function startCollectd(
  folder: string,
  mqtt: { host: string; port: number },
  intervalS: number,
): Promise<ChildProcess | null> {
  const collectd = await debianServer('collectd-core');
  if (!collectd) return null;
  const prefix = dirname(dirname(collectd.path));
  mkdirSync(folder, { recursive: true });
  const config = join(folder, 'collectd.conf');
  writeFileSync(
    config,
    `
    Hostname "bench"
    Interval ${intervalS}
    BaseDir "${folder}"
    PIDFile "${folder}/pid"
    PluginDir "${prefix}/lib/collectd"
    TypesDB "${prefix}/share/collectd/types.db"
    ReadThreads 1
    WriteThreads 1
    ${['cpu', 'memory', 'load', 'interface', 'uptime', 'df', 'mqtt'].map((plugin) => `LoadPlugin ${plugin}`).join('\n')}
    <Plugin mqtt>
      <Publish "bench">
        Host "${mqtt.host}"
        Port ${mqtt.port}
        ClientId "collectd"
        QoS 1
        Prefix "collectd"
      </Publish>
    </Plugin>
`,
  );
  return spawn(collectd.path, ['-f', '-C', config], { env: collectd.env, stdio: 'ignore' });
}
