import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readConfig, unknownNames } from '../../infra/config.ts';

function fileOf(text: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-config-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'carrel.json');
  writeFileSync(file, text);
  return file;
}

it('the environment wins over the file, and the file over the default', () => {
  const file = fileOf('{"CARREL_LOG": "error", "CARREL_TARGET_MBPS": 50}');
  const config = readConfig({ CARREL_LOG: 'warn' }, file);
  expect(config.server).toMatchObject({ CARREL_LOG: 'warn', CARREL_LOCAL_PROBE: true });
  expect({ ...config.broker, ...config.dashboard }).toMatchObject({ CARREL_TARGET_MBPS: 50 });
});

it.each([
  ['{"CARREL_PORT": 8080}', 'SETTING_UNKNOWN', 'CARREL_PORT'],
  ['{"CARREL_LOG": "loud"}', 'SETTING_INVALID', 'debug, info, warn, error'],
  ['[]', 'SETTINGS_FILE_INVALID', 'one JSON object'],
  ['{', 'SETTINGS_FILE_INVALID', 'one JSON object'],
])('a file with %s ends the start by a code, with words that help', (text, code, words) => {
  const file = fileOf(text);
  expect(() => readConfig({}, file)).toThrow(
    expect.objectContaining({ code, message: expect.stringContaining(words) }),
  );
});

it('without a file everything has its default', () => {
  expect(readConfig({}, '/nowhere/carrel.json').server.CARREL_LOG).toBe('info');
});

it('names in the environment that are no setting are told, but for those of the agent and the tools', () => {
  expect(
    unknownNames({
      CARREL_PORT: '8080',
      CARREL_HTTP: '127.0.0.1:0',
      CARREL_WEBHOOK_SECRT: 'x',
      CARREL_AGENT_BROKER: 'mqtts://a',
      CARREL_TOKEN: 'y',
      PATH: '/bin',
    }),
  ).toEqual(['CARREL_PORT', 'CARREL_WEBHOOK_SECRT']);
});
