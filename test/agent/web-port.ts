/** Why: a web server before the test broker, made with the field's library, for agents that cannot reach the broker's own port. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { onTestFinished } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';

/** The same broker behind a web server; `connections` as they come. */
export async function webPort(target: number): Promise<{ port: number; connections: () => number; cut(): void }> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  let connections = 0;
  sockets.on('connection', (socket) => {
    connections += 1;
    const onward = connect(target, '127.0.0.1');
    const stream = createWebSocketStream(socket);
    for (const one of [stream, onward]) one.on('error', () => undefined);
    stream.pipe(onward).pipe(stream);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const cut = (): void => {
    for (const client of sockets.clients) client.terminate();
  };
  onTestFinished(() => {
    cut();
    http.close();
  });
  return { port: (http.address() as AddressInfo).port, connections: () => connections, cut };
}
