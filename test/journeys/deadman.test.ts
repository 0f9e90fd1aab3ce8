/** The ping that others watch: a real server sends a canary through broker, log, alert engine and outbox before each. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openReceiver } from '../notify/cases.ts';
import { startServer, until } from '../support/server.ts';

test('a server that works end to end pings, and its canary leaves neither alert nor secret behind', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-deadman-'));
  const receiver = await openReceiver((_n, response) => response.writeHead(200).end('OK'));
  const server = await startServer(dir, {
    CARREL_DEADMAN_URL: `${receiver.url}/ping-secret`,
    CARREL_WEBHOOK_ALLOW: '127.0.0.1',
  });
  try {
    await until(
      () => receiver.calls.length > 0,
      30_000,
      () => `no ping\n${server.output()}`,
    );
    expect(receiver.calls[0]).toMatchObject({
      path: '/hook/ping-secret',
      body: expect.stringMatching(/^canary \d+ ms$/),
    });
    const { items } = await server.api<{ items: { code?: string }[] }>('GET', '/alerts');
    expect(items).toEqual([]);
    expect(server.output()).not.toContain('ping-secret');
  } finally {
    expect(await server.stop()).toBe(0);
    await receiver.close();
    rmSync(dir, { recursive: true, force: true });
  }
}, 90_000);
