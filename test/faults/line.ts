/** Why: a line to a server that can be cut, or forget its connections, while both ends go on. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Line {
  port: number;
  isOpen(): boolean;
  /** Closed: connections end, and nobody listens. */
  set(open: boolean): void;
  /** Connections that stand swallow everything from now on, without an end, as behind a router that forgot them. New ones work. */
  forget(): void;
  close(): void;
}

export async function openLine(serverPort: number): Promise<Line> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let open = true;
  const server = createServer((near) => {
    near.on('error', () => near.destroy());
    if (!open) return near.destroy();
    const far = connect({ port: serverPort, host: '127.0.0.1', noDelay: true });
    far.on('error', () => far.destroy());
    const pair = [near, far] as const;
    pairs.add(pair);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => near.write(bytes));
    near.on('close', () => {
      pairs.delete(pair);
      far.destroy();
    });
    far.on('close', () => near.destroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const bound = server.address();
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.destroy();
  };
  return {
    port: typeof bound === 'object' && bound ? bound.port : 0,
    isOpen: () => open,
    set(next) {
      open = next;
      if (!open) cut();
    },
    forget() {
      for (const pair of pairs) for (const socket of pair) socket.removeAllListeners('data').pause();
    },
    close() {
      cut();
      server.close();
    },
  };
}
