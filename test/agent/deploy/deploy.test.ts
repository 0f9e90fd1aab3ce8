import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentSettings } from '../../../agent/settings.ts';
import { readUci } from '../../../agent/uci.ts';
import { agentLaunch } from '../../../infra/agent-launch.ts';
import { debianServer } from '../../support/debian.ts';

const run = promisify(execFile);
const DEPLOY = fileURLToPath(new URL('../../../infra/deploy', import.meta.url));
const INSTALLER = join(DEPLOY, 'install.sh');
const SCRIPTS = readdirSync(DEPLOY).filter((name) => readFileSync(join(DEPLOY, name), 'utf8').startsWith('#!/bin/sh'));
const CREDENTIAL = JSON.stringify({
  broker: 'mqtts://carrel.library.example:8883',
  id: 'debeikiai-1',
  token: 'a-token',
  ca: null,
});

const busybox = await debianServer('busybox');
const shellcheck = await debianServer('shellcheck');
const systemdAnalyze = spawnSync('systemd-analyze', ['--version']).error ? null : 'systemd-analyze';

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'carrel-deploy-'));
});
afterEach(() => rmSync(work, { recursive: true, force: true }));

/** A system to install into: `/etc/openwrt_release` makes it OpenWrt, `/etc/systemd/system` Debian. */
function system(kind: 'openwrt' | 'systemd'): string {
  const root = join(work, 'root');
  mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
  if (kind === 'openwrt') {
    writeFileSync(join(root, 'etc/openwrt_release'), "DISTRIB_RELEASE='24.10'\n");
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/ash\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  }
  return root;
}

/** The folder that the installer lies in, with the bundles beside it as on a stick. */
function stick(): string {
  const folder = join(work, 'stick');
  mkdirSync(folder);
  for (const name of readdirSync(DEPLOY)) writeFileSync(join(folder, name), readFileSync(join(DEPLOY, name)));
  for (const name of ['agent.cjs', 'inventory.cjs']) writeFileSync(join(folder, name), `// ${name}\n`);
  return folder;
}

/** Runs a shell with `input`; answers with exit code and what it said. */
async function shell(
  command: string,
  args: readonly string[],
  options: { input?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number | null; said: string }> {
  const child = spawn(command, args, { env: options.env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  child.stdin.on('error', () => {}); // it may end before it has read everything
  child.stdin.end(options.input ?? '');
  const [code]: (number | null)[] = await once(child, 'close');
  return { code: code ?? null, said };
}

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('the installer', () => {
  test('on Debian puts the agent, the unit and a credential that only root may read', async () => {
    const root = system('systemd');
    writeFileSync(join(work, 'credential.json'), CREDENTIAL);
    const { code, said } = await shell('sh', [
      join(stick(), 'install.sh'),
      '--root',
      root,
      join(work, 'credential.json'),
    ]);
    expect({ code, said }).toEqual({ code: 0, said: `carrel: installed into ${root}\n` });
    expect(readFileSync(join(root, 'etc/carrel/agent.json'), 'utf8')).toBe(CREDENTIAL);
    expect(modeOf(join(root, 'etc/carrel/agent.json'))).toBe('600');
    expect(modeOf(join(root, 'usr/local/lib/carrel'))).toBe('755');
    for (const file of [
      'usr/local/lib/carrel/agent.cjs',
      'usr/local/lib/carrel/inventory.cjs',
      'etc/systemd/system/carrel-agent.service',
    ])
      expect(modeOf(join(root, file))).toBe('644');
  });

  test('on OpenWrt puts init script, access list, hotplug and a user without rights; a second run changes no setting', async () => {
    const root = system('openwrt');
    const folder = stick();
    await shell('sh', [join(folder, 'install.sh'), '--root', root, '-'], { input: CREDENTIAL });
    writeFileSync(join(root, 'etc/config/carrel'), "config agent 'main'\n\toption enabled '0'\n");
    const { code } = await shell('sh', [join(folder, 'install.sh'), '--root', root, '-'], { input: CREDENTIAL });
    expect(code).toBe(0);
    expect(readFileSync(join(root, 'etc/config/carrel'), 'utf8')).toContain("enabled '0'");
    expect(readFileSync(join(root, 'etc/passwd'), 'utf8').match(/^carrel:/gm)).toHaveLength(1);
    for (const file of ['etc/init.d/carrel', 'etc/hotplug.d/iface/90-carrel', 'etc/hotplug.d/ntp/90-carrel'])
      expect(modeOf(join(root, file))).toBe('755');
    expect(modeOf(join(root, 'etc/carrel/agent.json'))).toBe('600');
  });

  test('through a pipe it takes its files from the server, and the credential from the command of the page', async () => {
    const folder = stick();
    const server = createServer((request, response) => {
      const file = join(folder, basename(request.url ?? ''));
      response.writeHead(existsSync(file) ? 200 : 404).end(existsSync(file) ? readFileSync(file) : '');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const root = system('systemd');
    const args = [
      '-s',
      '--',
      '--root',
      root,
      '--server',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      '--credential',
      Buffer.from(CREDENTIAL).toString('base64'),
    ];
    const { code, said } = await shell('sh', args, { input: readFileSync(INSTALLER, 'utf8') });
    server.close();
    expect({ code, said }).toEqual({ code: 0, said: `carrel: installed into ${root}\n` });
    expect(readFileSync(join(root, 'usr/local/lib/carrel/agent.cjs'), 'utf8')).toBe('// agent.cjs\n');
    expect(readFileSync(join(root, 'etc/carrel/agent.json'), 'utf8')).toBe(CREDENTIAL);
  });

  test.each([
    ['a credential that was cut off', ['-'], '{"broker":"mqtts://x"', 'no "id"'],
    ['no credential at all', [], '', 'no credential'],
    ['a file that is not there', ['/nowhere/credential.json'], '', 'cannot read /nowhere/credential.json'],
    ['an option that is none', ['--frobnicate'], '', '--frobnicate is not known'],
  ])('%s is told in a sentence and changes nothing', async (_, args, input, expected) => {
    const root = system('systemd');
    const { code, said } = await shell('sh', [join(stick(), 'install.sh'), '--root', root, ...args], { input });
    expect(code).toBe(1);
    expect(said).toContain(expected);
    expect(existsSync(join(root, 'etc/carrel'))).toBe(false);
  });

  test('without files beside it and without a server it says which file it lacks', async () => {
    const { code, said } = await shell(
      'sh',
      ['-s', '--', '--root', system('systemd'), '--credential', Buffer.from(CREDENTIAL).toString('base64')],
      { input: readFileSync(INSTALLER, 'utf8') },
    );
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('agent.cjs is not beside this script') });
  });

  test.skipIf(!busybox)(`runs on busybox alone${busybox ? '' : ' (needs busybox)'}`, async () => {
    const bin = join(work, 'bin');
    mkdirSync(bin);
    const { stdout } = await run(busybox?.path ?? '', ['--list']);
    for (const applet of stdout.trim().split('\n')) symlinkSync(busybox?.path ?? '', join(bin, applet));
    symlinkSync(process.execPath, join(bin, 'node'));
    const root = system('openwrt');
    const { code, said } = await shell(join(bin, 'sh'), [join(stick(), 'install.sh'), '--root', root, '-'], {
      input: CREDENTIAL,
      env: { PATH: bin },
    });
    expect({ code, said }).toEqual({ code: 0, said: `carrel: installed into ${root}\n` });
  });
});

describe('what is installed', () => {
  test.each(SCRIPTS)('%s is a script that sh can read', async (name) => {
    await run('sh', ['-n', join(DEPLOY, name)]);
  });

  test.skipIf(!shellcheck)(
    `shellcheck finds nothing in ${SCRIPTS.join(', ')}${shellcheck ? '' : ' (needs shellcheck)'}`,
    async () => {
      // SC3043: `local` is not POSIX, but busybox ash and dash have it.
      const files = SCRIPTS.map((name) => join(DEPLOY, name));
      await run(shellcheck?.path ?? '', ['-s', 'sh', '-e', 'SC3043', ...files], { env: shellcheck?.env });
    },
  );

  test.skipIf(!systemdAnalyze)(
    `systemd finds nothing in the unit${systemdAnalyze ? '' : ' (needs systemd-analyze)'}`,
    async () => {
      const { stderr } = await run('systemd-analyze', ['verify', join(DEPLOY, 'carrel-agent.service')]);
      expect(stderr).not.toContain('carrel-agent.service');
    },
  );

  test.skipIf(!systemdAnalyze)(
    `the unit is exposed to at most 2.5 of 10${systemdAnalyze ? '' : ' (needs systemd-analyze)'}`,
    async () => {
      const { stdout } = await run('systemd-analyze', [
        'security',
        '--offline=true',
        '--no-pager',
        join(DEPLOY, 'carrel-agent.service'),
      ]);
      const level = Number(/exposure level for carrel-agent\.service: ([\d.]+)/.exec(stdout)?.[1]);
      expect(level).toBeLessThanOrEqual(2.5);
    },
  );

  test('every option of the UCI file is a setting of the agent', () => {
    const text = readFileSync(join(DEPLOY, 'carrel.uci'), 'utf8');
    const options = [
      ...Object.keys(readUci(text, 'main')),
      ...[...text.matchAll(/# (?:option|list) (\w+) '/g)].map((match) => match[1] ?? ''),
    ];
    expect(options).toContain('credential');
    for (const option of options.filter((name) => name !== 'enabled'))
      expect(Object.keys(agentSettings)).toContain(`CARREL_AGENT_${option.toUpperCase()}`);
  });

  test('the hotplug script nudges the agent when a WAN comes up, and at nothing else', async () => {
    const log = join(work, 'calls');
    const script = readFileSync(join(DEPLOY, 'carrel.hotplug'), 'utf8').replaceAll('/etc/init.d/carrel', 'init');
    const env = { PATH: `${work}${delimiter}${process.env['PATH'] ?? ''}` };
    writeFileSync(join(work, 'init'), `#!/bin/sh\necho "$1" >>${log}\n`, { mode: 0o755 });
    for (const [ACTION, INTERFACE] of [
      ['ifdown', 'wan'],
      ['ifup', 'lan'],
      ['ifup', 'wan6'],
    ])
      await shell('sh', ['-c', script], { env: { ...env, ACTION, INTERFACE } });
    expect(readFileSync(log, 'utf8')).toBe('running\nnudge\n');
  });

  test('nothing of the deployment names a folder of the machine it was written on', () => {
    for (const name of readdirSync(DEPLOY))
      expect(readFileSync(join(DEPLOY, name), 'utf8')).not.toContain(dirname(dirname(DEPLOY)));
  });
});

test('OpenWrt starts the agent with the flags and the environment of the systemd unit', () => {
  const { flags, env } = agentLaunch();
  const init = readFileSync(join(DEPLOY, 'carrel.init'), 'utf8');
  expect(flags).toContain('--max-semi-space-size=1');
  expect(init).toContain(`/usr/bin/node ${flags.join(' ')} /usr/lib/carrel/agent.cjs`);
  for (const [name, value] of Object.entries(env)) expect(init).toContain(` ${name}=${value}`);
});
