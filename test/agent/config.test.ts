/** Why: whoever installs a probe meets these answers first: each says what was got, what is accepted and what to write. */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../agent/config.ts';
import { agentSettings } from '../../agent/settings.ts';
import { readUci } from '../../agent/uci.ts';
import { AGENT_VERSION } from '../../agent/version.ts';
import { freshDir } from './fixture.ts';

const CREDENTIAL = { broker: 'mqtts://carrel.example:8883', id: 'debeikiai-1', token: 'secret-token', ca: null };

function fileOf(value: unknown, mode = 0o600): string {
  const path = join(freshDir(), 'agent.json');
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  chmodSync(path, mode);
  return path;
}

test('the credential that the server issues is all that is needed', () => {
  const { config, warnings } = readConfig({ env: { CARREL_AGENT_CREDENTIAL: fileOf(CREDENTIAL) } });
  expect(warnings).toEqual([]);
  expect(config.server).toEqual({
    broker: { protocol: 'mqtts', host: 'carrel.example', port: 8883 },
    id: 'debeikiai-1',
    token: 'secret-token',
    ca: null,
    web: null,
  });
  expect(config).toMatchObject({
    stateDir: '/var/lib/carrel-agent',
    spoolBytes: 4 * 1024 * 1024,
    pinned: {},
    defaults: { sample_s: 60, batch: 5, profile: 'default' },
  });
});

test.each([
  ['wss://carrel.example/mqtt', { protocol: 'wss', host: 'carrel.example', port: 443, path: '/mqtt' }],
  ['ws://[::1]:8080', { protocol: 'ws', host: '::1', port: 8080, path: '/mqtt' }],
  ['wss://a.example:8443/inside/mqtt', { protocol: 'wss', host: 'a.example', port: 8443, path: '/inside/mqtt' }],
])('its way through the web port %s is understood', (broker_ws, web) => {
  const { config, warnings } = readConfig({ env: { CARREL_AGENT_CREDENTIAL: fileOf({ ...CREDENTIAL, broker_ws }) } });
  expect([warnings, config.server?.web]).toEqual([[], web]);
});

test('the same file serves as --config, with further settings by either name', () => {
  const { config } = readConfig({ env: {}, file: fileOf({ ...CREDENTIAL, sample_s: 10, CARREL_AGENT_WAN: 'eth1' }) });
  expect(config).toMatchObject({ wan: 'eth1', pinned: { sample_s: 10 } });
});

test('the environment wins over the file, and what is set by hand is pinned', () => {
  const { config } = readConfig({
    env: { CARREL_AGENT_CREDENTIAL: fileOf(CREDENTIAL), CARREL_AGENT_ID: 'other-1', CARREL_AGENT_PROFILE: 'metered' },
  });
  expect(config.server?.id).toBe('other-1');
  expect(config).toMatchObject({ defaults: { profile: 'metered', batch: 10 }, pinned: { profile: 'metered' } });
});

test('token and authority may stand in files of their own; a token that others can read is warned of', () => {
  const dir = freshDir();
  writeFileSync(join(dir, 'token'), 'from-a-file\n', { mode: 0o644 });
  writeFileSync(join(dir, 'ca.pem'), '-----BEGIN CERTIFICATE-----\n');
  const { config, warnings } = readConfig({
    env: {
      CARREL_AGENT_BROKER: 'mqtts://[2001:db8::1]',
      CARREL_AGENT_ID: 'a',
      CARREL_AGENT_TOKEN_FILE: join(dir, 'token'),
      CARREL_AGENT_CA_FILE: join(dir, 'ca.pem'),
    },
  });
  expect(config.server).toMatchObject({ broker: { host: '2001:db8::1', port: 8883 }, token: 'from-a-file' });
  expect(warnings).toEqual([
    `${join(dir, 'token')} holds a secret and is readable by others (mode 644); chmod 600 ${join(dir, 'token')}`,
  ]);
});

test.each([
  [
    { CARREL_AGENT_SAMPLE_S: '0' },
    'CARREL_AGENT_SAMPLE_S is "0"; accepted: a whole number from 1 to 3600; for example CARREL_AGENT_SAMPLE_S=60',
  ],
  [{ CARREL_AGENT_BROKER: 'carrel.example' }, 'CARREL_AGENT_BROKER is "carrel.example"; accepted: mqtts://host:port'],
  [{ CARREL_AGENT_BROKER: 'mqtts://u:p@host' }, 'without user or path'],
  [{ CARREL_AGENT_ID: 'Debeikiai 1' }, 'accepted: 1 to 48 of a-z, 0-9 and -'],
  [{ CARREL_AGENT_ZONE: 'Europe/Atlantis' }, 'accepted: a time zone of the IANA list'],
  [{ CARREL_AGENT_PROFILE: 'cheap' }, 'accepted: one of default, metered, satellite'],
])('%o is answered with what is accepted', (env, message) => {
  expect(() => readConfig({ env: { CARREL_AGENT_CREDENTIAL: fileOf(CREDENTIAL), ...env } })).toThrowError(
    expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(message) }),
  );
});

test('a secret is never repeated in an answer', () => {
  const read = (): unknown =>
    readConfig({ env: { CARREL_AGENT_CREDENTIAL: fileOf({ ...CREDENTIAL, ca: 'not a certificate' }) } });
  expect(read).toThrowError(
    expect.objectContaining({ code: 'SETTING_INVALID', message: expect.not.stringContaining('secret-token') }),
  );
});

test.each([
  ['{', 'one JSON object'],
  ['[1]', 'one JSON object'],
])('a credential file that holds %s is told with its shape', (text, message) => {
  expect(() => readConfig({ env: { CARREL_AGENT_CREDENTIAL: fileOf(text) } })).toThrowError(
    expect.objectContaining({ code: 'SETTINGS_FILE_INVALID', message: expect.stringContaining(message) }),
  );
});

test('a file that is not there, and a server that is not named, are told with what to do', () => {
  expect(() => readConfig({ env: { CARREL_AGENT_CREDENTIAL: '/nowhere/agent.json' } })).toThrowError(
    expect.objectContaining({ code: 'SETTINGS_FILE_INVALID' }),
  );
  expect(() => readConfig({ env: {}, file: fileOf({ id: 'a' }) })).toThrowError(
    expect.objectContaining({
      code: 'SETTING_MISSING',
      message: expect.stringContaining('CARREL_AGENT_BROKER=mqtts://'),
    }),
  );
  expect(readConfig({ env: {}, file: fileOf({}), alone: true }).config.server).toBeNull();
});

test('a key that is not a setting is warned of, and does not stop the agent', () => {
  const { warnings } = readConfig({ env: { CARREL_AGENT_CREDENTIAL: fileOf({ ...CREDENTIAL, samples: 3 }) } });
  expect(warnings).toEqual([expect.stringContaining('"samples"')]);
});

test('UCI options and lists of the named section are read, with quotes and comments', () => {
  const text = `config agent 'main' # the agent\n\toption broker 'mqtts://carrel.example:8883'\n\toption id "debeikiai-1"\n\tlist targets '9.9.9.9'\n\tlist targets 1.1.1.1\n\nconfig other 'else'\n\toption id 'x'\n`;
  expect(readUci(text, 'main')).toEqual({
    broker: 'mqtts://carrel.example:8883',
    id: 'debeikiai-1',
    targets: ['9.9.9.9', '1.1.1.1'],
  });
});

test('every example in the table is accepted by its own setting', () => {
  for (const [name, { example, parse }] of Object.entries(agentSettings))
    expect(() => parse(example), name).not.toThrow();
});

test("the bundle's version is the package's", () => {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(AGENT_VERSION).toBe(version);
});
