/** Why: the token goes to nobody but the server: only the authority of the credential is believed, also by a probe that lives in 1970. */
import { once } from 'node:events';
import { createServer } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { type Clock, systemClock } from '#lib/clock';
import { type Logger, silentLogger } from '#lib/logger';
import type { AgentConfig } from '../../agent/config.ts';
import { type KeyPair, makeAuthority, makeServerCertificate } from '../../broker/tls-authority.ts';
import { startTestBroker, type TestBroker } from './broker.ts';
import { agentFor, configFor, until } from './fixture.ts';

const YEAR_MS = 365 * 86_400_000;

async function authority(atMs = Date.now()): Promise<{ ca: string; server: KeyPair }> {
  const made = await makeAuthority(atMs);
  return { ca: made.cert, server: await makeServerCertificate(made, ['127.0.0.1', 'localhost'], atMs) };
}

async function tlsBroker(pair: KeyPair): Promise<TestBroker> {
  const server = await startTestBroker({ cert: pair.cert, key: pair.key });
  onTestFinished(() => server.stop());
  return server;
}

function secureConfig(port: number, ca: string | null, over: Partial<AgentConfig> = {}): AgentConfig {
  const config = configFor(port, over);
  return {
    ...config,
    server: { broker: { protocol: 'mqtts', host: '127.0.0.1', port }, id: 'debeikiai-1', token: 'the-token', ca },
  };
}

function codes(): { log: Logger; seen: string[] } {
  const seen: string[] = [];
  return {
    seen,
    log: {
      ...silentLogger,
      warn: (fields) => {
        if ('code' in fields && typeof fields.code === 'string') seen.push(fields.code);
      },
    },
  };
}

/** A TLS server that notes every byte it is told. */
async function impostor(pair: KeyPair): Promise<{ port: number; handshakes(): number; heard(): number }> {
  let heard = 0;
  let handshakes = 0;
  const server = createServer({ cert: pair.cert, key: pair.key }, (socket) => {
    handshakes += 1;
    socket
      .on('data', (bytes) => {
        heard += bytes.length;
      })
      .on('error', () => undefined);
  });
  server.on('tlsClientError', () => {
    handshakes += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    handshakes: () => handshakes,
    heard: () => heard,
  };
}

const in1970: Clock = { wallMs: () => 30_000 + (systemClock.monoMs() % 1e6), monoMs: () => systemClock.monoMs() };

test('frames travel over TLS to the server of the own authority', async () => {
  const { ca, server } = await authority();
  const broker = await tlsBroker(server);
  await agentFor(secureConfig(broker.port, ca));
  await until('it delivers', () => broker.frames.length >= 1);
});

test('a reconnect resumes the TLS session', async () => {
  const { ca, server } = await authority();
  const resumed: boolean[] = [];
  const broker = await startTestBroker(server, (socket) => resumed.push(socket.isSessionReused()));
  onTestFinished(() => broker.stop());
  await agentFor(secureConfig(broker.port, ca));
  await until('it delivers', () => broker.frames.length >= 1);
  broker.cut();
  await until('it is back', () => resumed.length >= 2);
  expect(resumed.slice(0, 2)).toEqual([false, true]);
});

test.each([
  ['a trusted clock', systemClock],
  ['a clock in 1970', in1970],
])('with %s an impostor hears not one byte', async (_, clock) => {
  const { ca } = await authority();
  const { server: false_ } = await authority();
  const other = await impostor(false_);
  const { log, seen } = codes();
  await agentFor(secureConfig(other.port, ca, { clock: 'auto' }), { log, clock });
  await until('it was refused', () => other.handshakes() >= 2 && seen.includes('CERTIFICATE_UNTRUSTED'));
  expect(other.heard()).toBe(0);
});

test('a probe in 1970 still finds its server: signature and name are held against the authority, dates are not', async () => {
  const { ca, server } = await authority(Date.now() - 40 * YEAR_MS);
  const broker = await tlsBroker(server);
  await agentFor(secureConfig(broker.port, ca, { clock: 'auto' }), { clock: in1970 });
  await until('it delivers', () => broker.frames.length >= 1);
});

test('with a trusted clock a certificate that has run out is not accepted', async () => {
  const { ca, server } = await authority(Date.now() - 40 * YEAR_MS);
  const broker = await tlsBroker(server);
  const { log, seen } = codes();
  await agentFor(secureConfig(broker.port, ca), { log });
  await until('it is told', () => seen.includes('CERTIFICATE_TIME'));
  expect(broker.frames).toEqual([]);
});

test('a certificate of the own authority for another name is not accepted', async () => {
  const made = await makeAuthority(Date.now());
  const broker = await tlsBroker(await makeServerCertificate(made, ['elsewhere.example'], Date.now()));
  const { log, seen } = codes();
  await agentFor(secureConfig(broker.port, made.cert), { log });
  await until('it is told', () => seen.includes('CERTIFICATE_NAME'));
  expect(broker.connects).toBe(0);
});
