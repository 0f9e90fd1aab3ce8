/** Which requests of the page's port become MQTT, and what the broker is told of where they come from. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { UpgradeOrigin } from '#broker';
import { startServer } from '../../dashboard/start.ts';
import { isMqttRequest, originOf } from '../../dashboard/upgrade.ts';
import { testDashboard } from '../support/dashboard.ts';
import { scratchFolder } from '../support/state.ts';

async function ask(
  head: string,
): Promise<{ answer: string; origins: UpgradeOrigin[]; stop: () => Promise<void>; closed: Promise<unknown> }> {
  const dashboard = await testDashboard({ env: { CARREL_HTTP: '127.0.0.1:0' } });
  const origins: UpgradeOrigin[] = [];
  dashboard.broker.upgrade = (_request, socket, _head, from) => {
    origins.push(from);
    socket.write('over to the broker');
  };
  const server = await startServer({ ...dashboard.deps, dataDir: scratchFolder() }, []);
  onTestFinished(() => server.stop());
  const socket = connect(Number(new URL(server.address).port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  const closed = once(socket, 'close');
  socket.write(`${head}\r\nHost: x\r\n\r\n`);
  const [chunk]: Buffer[] = await once(socket, 'data');
  return { answer: chunk?.toString() ?? '', origins, stop: () => server.stop(), closed };
}
const WEBSOCKET = 'Connection: Upgrade\r\nUpgrade: websocket';

describe('the page', () => {
  it('hands a WebSocket at /mqtt to the broker, and a stop cuts it', async () => {
    const { answer, origins, stop, closed } = await ask(`GET /mqtt HTTP/1.1\r\n${WEBSOCKET}`);
    expect([answer, origins]).toEqual(['over to the broker', [{ address: '127.0.0.1', clear: false }]]);
    await Promise.all([stop(), closed]);
  });

  it.each([
    ['a WebSocket elsewhere', `GET /nowhere HTTP/1.1\r\n${WEBSOCKET}`, 404],
    ['/mqtt without an upgrade', 'GET /mqtt HTTP/1.1', 404],
    [
      'an offer of HTTP/2, which clients make by themselves',
      'GET /healthz HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c',
      200,
    ],
  ])('answers %s like any other request', async (_name, head, status) => {
    const { answer, origins } = await ask(head);
    expect([answer.slice(0, 12), origins]).toEqual([`HTTP/1.1 ${status}`, []]);
  });
});

describe('where a WebSocket comes from', () => {
  const forwarded = { headers: { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' } };
  it.each([
    ['this machine itself', { headers: {} }, '127.0.0.1', 'http://127.0.0.1:8080', '127.0.0.1', false],
    ['a proxy with https on this machine', forwarded, '::1', 'https://carrel.example', '192.0.2.1', false],
    ['a proxy without https', forwarded, '127.0.0.1', 'http://carrel.example', '192.0.2.1', true],
    ['the network', { headers: {} }, '192.0.2.7', 'http://127.0.0.1:8080', '192.0.2.7', true],
    ['somebody who claims to be a proxy', forwarded, '192.0.2.7', 'https://carrel.example', '192.0.2.7', true],
  ])('%s', (_name, request, peer, publicUrl, address, clear) => {
    expect(originOf(request, peer, publicUrl)).toEqual({ address, clear });
  });

  it('the path counts, not what follows it', () => {
    const asked = (url: string): boolean => isMqttRequest({ url, headers: { upgrade: 'WebSocket' } });
    expect(['/mqtt', '/mqtt?x=1', '/mqtt/x', '/'].map(asked)).toEqual([true, true, false, false]);
  });
});
