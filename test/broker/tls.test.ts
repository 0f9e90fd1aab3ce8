import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isCarrelError } from '#lib/errors';
import { type ServerTls, serverTls } from '../../broker/tls.ts';
import { runBroker } from './running.ts';

const NOW = Date.UTC(2026, 10, 22);
const YEAR_MS = 365 * 86_400_000;
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tls-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const make = (nowMs: number, names: string[] = [], more = {}): Promise<ServerTls> =>
  serverTls({
    dataDir: dir,
    clock: { wallMs: () => nowMs, monoMs: () => 0 },
    certFile: undefined,
    keyFile: undefined,
    names,
    ...more,
  });
const codeOf = (pending: Promise<unknown>): Promise<string> =>
  pending.then(
    () => 'none',
    (error: unknown) => (isCarrelError(error) ? error.code : String(error)),
  );

test('the authority signs a certificate for the given names that is valid for a clock in 1970', async () => {
  const { cert, authority } = await make(NOW, ['carrel.library.example', '192.0.2.7']);
  const [server, ca] = [new X509Certificate(cert), new X509Certificate(authority ?? '')];
  expect(server.checkIssued(ca) && server.verify(ca.publicKey)).toBe(true);
  expect(
    server.checkHost('carrel.library.example') &&
      server.checkHost('localhost') &&
      server.checkIP('192.0.2.7') &&
      server.checkIP('127.0.0.1'),
  ).toBeTruthy();
  expect(server.validFromDate.getTime()).toBe(0);
  expect(ca.ca).toBe(true);
  for (const name of ['authority.pem', 'server.pem']) expect(statSync(join(dir, 'tls', name)).mode & 0o777).toBe(0o600);
});

test('a second start serves the same certificate; new names and a near end get a new one from the same authority', async () => {
  const first = await make(NOW);
  expect(await make(NOW)).toEqual(first);
  const named = await make(NOW, ['new.example']);
  const renewed = await make(NOW + 2 * YEAR_MS - 30 * 86_400_000, ['new.example']);
  expect(new Set([first.cert, named.cert, renewed.cert]).size).toBe(3);
  expect(new Set([first.authority, named.authority, renewed.authority]).size).toBe(1);
});

test('given files are served as they are; wrong ones are told apart', async () => {
  const own = await make(NOW);
  const [certFile, keyFile, noFile] = [join(dir, 'c.pem'), join(dir, 'k.pem'), join(dir, 'none.pem')];
  writeFileSync(certFile, own.cert);
  writeFileSync(keyFile, own.key);
  expect(await make(NOW, [], { certFile, keyFile })).toEqual({ cert: own.cert, key: own.key, authority: null });
  expect(await codeOf(make(NOW, [], { certFile: noFile, keyFile }))).toBe('TLS_UNREADABLE');
  expect(await codeOf(make(NOW, [], { certFile: keyFile, keyFile }))).toBe('TLS_INVALID');
  writeFileSync(keyFile, (await make(NOW, ['other.example'])).key);
  expect(await codeOf(make(NOW, [], { certFile, keyFile }))).toBe('TLS_NO_PAIR');
});

test('a damaged authority stops the start instead of locking every probe out with a new one', async () => {
  await make(NOW);
  writeFileSync(join(dir, 'tls', 'authority.pem'), 'rubbish');
  expect(await codeOf(make(NOW))).toBe('TLS_INVALID');
});

test('the listener shows it, over TLS 1.3, to who trusts the authority', async () => {
  const running = await runBroker({ env: { CARREL_MQTTS: '127.0.0.1:0' } });
  const { hostname, port } = new URL(running.broker.addresses().mqtts ?? '');
  const socket = connect({
    host: hostname,
    port: Number(port),
    ca: running.broker.authority() ?? '',
    servername: 'localhost',
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve).once('error', reject);
  });
  expect([socket.authorized, socket.getProtocol()]).toEqual([true, 'TLSv1.3']);
  socket.destroy();
  await running.stop();
});
