/** The agent's WebSocket against the `ws` server, as RFC 6455 asks, and against servers that are something else. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import { openWebSocket } from '../../agent/websocket.ts';

async function server(
  onSocket: (socket: WebSocket, request: IncomingMessage) => void,
): Promise<{ port: number; requests: IncomingMessage[] }> {
  const http = createServer();
  const requests: IncomingMessage[] = [];
  const sockets = new WebSocketServer({ server: http, handleProtocols: (offered) => [...offered][0] ?? false });
  sockets.on('connection', (socket, request) => {
    requests.push(request);
    onSocket(socket, request);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate();
    http.close();
  });
  return { port: (http.address() as AddressInfo).port, requests };
}

function client(port: number): Duplex {
  const stream = openWebSocket(connect(port, '127.0.0.1'), { protocol: 'ws', host: '127.0.0.1', port, path: '/mqtt' });
  onTestFinished(() => {
    stream.destroy();
  });
  return stream;
}

function read(stream: Duplex, bytes: number): Promise<Buffer> {
  let all = Buffer.alloc(0);
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      all = Buffer.concat([all, chunk]);
      if (all.length >= bytes) resolve(all);
    });
  });
}
const errorOf = async (stream: Duplex): Promise<string> => {
  const [error]: { code?: string; message: string }[] = await once(stream, 'error');
  return `${error?.code}: ${error?.message}`;
};
const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, i) => (i * 7) & 0xff));

describe('against a real server', () => {
  test('it asks for /mqtt with the subprotocol mqtt and offers no compression', async () => {
    const { port, requests } = await server((socket) => socket.send(Buffer.from('x')));
    await read(client(port), 1);
    expect(requests[0]?.url).toBe('/mqtt');
    expect(requests[0]?.headers).toMatchObject({ 'sec-websocket-protocol': 'mqtt', host: `127.0.0.1:${port}` });
    expect(requests[0]?.headers['sec-websocket-extensions']).toBeUndefined();
  });

  test.each([0, 1, 125, 126, 65_535, 65_536, 300_000])('%d bytes come back as they went', async (length) => {
    const { port } = await server((socket) => socket.on('message', (data) => socket.send(data)));
    const stream = client(port);
    stream.write(bytes(length));
    stream.write(Buffer.from([1, 2, 3]));
    const wanted = Buffer.concat([bytes(length), Buffer.from([1, 2, 3])]);
    expect((await read(stream, length + 3)).equals(wanted)).toBe(true);
  });

  test('what is written before the handshake is done arrives after it, in order', async () => {
    const got: Buffer[] = [];
    const { port } = await server((socket) =>
      socket.on('message', (data: Buffer) => {
        got.push(data);
        if (Buffer.concat(got).length === 300) socket.send(Buffer.from([1]));
      }),
    );
    const stream = client(port);
    for (let i = 0; i < 3; i++) stream.write(Buffer.alloc(100, i));
    await read(stream, 1);
    expect(Buffer.concat(got)).toEqual(Buffer.concat([0, 1, 2].map((i) => Buffer.alloc(100, i))));
  });

  test('fragments with a ping between them are one row of bytes, and the ping is answered', async () => {
    const { port } = await server((socket) => {
      socket.once('pong', (payload: Buffer) => socket.send(payload));
      socket.send(Buffer.from('ab'), { fin: false });
      socket.ping('cd');
      socket.send(Buffer.from('ef'), { fin: false });
      socket.send(Buffer.from('gh'), { fin: true });
    });
    expect((await read(client(port), 8)).toString()).toBe('abefghcd');
  });

  test('a goodbye of either side ends it for both', async () => {
    const codes: number[] = [];
    const { port } = await server((socket) => {
      socket.on('close', (code) => codes.push(code));
      socket.on('message', () => socket.close());
    });
    const left = client(port);
    left.end();
    await once(left.resume(), 'close');
    const told = client(port);
    told.write('x');
    await once(told.resume(), 'end');
    await vi.waitUntil(() => codes.length === 2);
    expect(codes).toEqual([1000, 1000]);
  });

  test('text is refused: MQTT is binary [6.0.0-1]', async () => {
    const { port } = await server((socket) => socket.send('text'));
    expect(await errorOf(client(port).resume())).toMatch(/^WEBSOCKET_PROTOCOL: .*binary/);
  });
});

describe('where the other end is no such server', () => {
  async function answering(answer: string): Promise<Duplex> {
    const tcp = createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(answer)));
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    onTestFinished(() => {
      tcp.close();
    });
    return client((tcp.address() as AddressInfo).port);
  }
  const opened = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n';
  test.each([
    ['a page', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n', 'it answers "HTTP/1.1 404 Not Found"'],
    ['the answer to another key', `${opened}Sec-WebSocket-Accept: x\r\n\r\n`, 'it answers to another key'],
    ['silence', '', 'it ends the connection'],
    ['a head without end', `HTTP/1.1 101 x\r\nx: ${'x'.repeat(9000)}`, 'it answers'],
  ])('%s fails with what it was', async (_name, answer, what) => {
    expect(await errorOf((await answering(answer)).resume())).toContain(`WEBSOCKET_REFUSED: ${what}`);
  });

  test('one that never answers can be left', async () => {
    const tcp = createTcpServer((socket) => socket.on('error', () => undefined));
    tcp.listen(0, '127.0.0.1');
    await once(tcp, 'listening');
    onTestFinished(() => {
      tcp.close();
    });
    const stream = client((tcp.address() as AddressInfo).port);
    stream.write('waits');
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
  });
});
