/** A new operator's first minutes: start, stop, and every wrong thing that can be given to the server. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, startServer } from '../support/server.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-start-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the server to its end with settings that it must refuse; answers with what it said. */
function refused(env: Record<string, string>): { code: number | null; said: string } {
  const run = spawnSync(process.execPath, ['infra/main.ts'], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 20_000,
    env: {
      ...process.env,
      CARREL_DATA_DIR: join(dir, 'refused'),
      CARREL_HTTP: '127.0.0.1:0',
      CARREL_MQTT: '127.0.0.1:0',
      CARREL_SPEED: '127.0.0.1:0',
      CARREL_LOCAL_PROBE: 'off',
      CARREL_STORE: 'memory:',
      ...env,
    },
  });
  return { code: run.status, said: run.stderr };
}

test('the first start prints a one-time link; the second start does not once it was used, and both end with 0 on TERM', async () => {
  const first = await startServer(join(dir, 'data'), { CARREL_STORE: 'memory:' });
  const token = new URL(first.setupUrl ?? '').searchParams.get('token');
  const setup = (): Promise<Response> =>
    fetch(`${first.http}/api/v1/setup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token, password: 'a long enough password' }),
    });
  expect((await setup()).status).toBeLessThan(300);
  expect((await setup()).status).toBeGreaterThanOrEqual(400);
  expect(await first.stop()).toBe(0);
  const second = await startServer(join(dir, 'data'), { CARREL_STORE: 'memory:' });
  expect(second.setupUrl).toBeNull();
  expect(await second.stop()).toBe(0);
});

test('a second server on the same data is refused by name', async () => {
  const first = await startServer(join(dir, 'shared'), { CARREL_STORE: 'memory:' });
  const second = refused({ CARREL_DATA_DIR: join(dir, 'shared') });
  await first.stop();
  expect(second).toMatchObject({ code: 1, said: expect.stringContaining('DATA_LOCKED') });
});

test.each([
  ['CARREL_HTTP', 'nowhere', 'host:port'],
  ['CARREL_TARGET_MBPS', '-3', 'a number from'],
  ['CARREL_STORE', 'mysql://x', 'STORE_SETTING_INVALID'],
  ['CARREL_SMTP', 'mail.example', 'smtp://'],
  ['CARREL_MQTT', '0.0.0.0:1883', 'CARREL_MQTTS'],
  ['CARREL_ADMIN_PASSWORD', 'short', '12 characters'],
  ['CARREL_TLS_CERT', '/nowhere.pem', 'CARREL_TLS_KEY'],
])('a wrong %s ends the start with an answer that helps', (name, value, help) => {
  const { code, said } = refused({ [name]: value });
  expect(code).toBe(1);
  expect(said).toContain(help);
  if (name === 'CARREL_ADMIN_PASSWORD') expect(said).not.toContain('short"');
});

test('a port that is in use is named together with its setting', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const address = taken.address();
  const port = typeof address === 'object' ? address?.port : 0;
  for (const name of ['CARREL_HTTP', 'CARREL_MQTT', 'CARREL_SPEED']) {
    const { code, said } = refused({ [name]: `127.0.0.1:${port}` });
    expect(code).toBe(1);
    expect(said).toContain('PORT_IN_USE');
    expect(said).toContain(name);
  }
  taken.close();
});

test('a data directory that is a file is refused with what to do', () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  const { code, said } = refused({ CARREL_DATA_DIR: file });
  expect(code).toBe(1);
  expect(said).toMatch(/DATA_UNWRITABLE/);
});
