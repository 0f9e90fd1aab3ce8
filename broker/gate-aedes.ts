/**
 * Why: what aedes gets as its connection. aedes handles all packets of one chunk at once, so that a SUBSCRIBE overtakes the retained
 * PUBLISH before it; here it gets the next packet when it has dealt with the last one, which keeps their order [MQTT-4.6.0-6].
 */
import { Duplex } from 'node:stream';

export interface AedesSide {
  readonly conn: Duplex;
  /** Hands on one whole packet. Not again before `asked` was called. */
  give(packet: Buffer): void;
  /** The client sends nothing more. */
  end(): void;
}

/** `asked` is called each time when aedes has dealt with the packet that it was given. */
export function createAedesSide(socket: Duplex, asked: () => void, closed: () => void): AedesSide {
  let busy = false;
  let ended = false;
  const conn = new Duplex({
    allowHalfOpen: true,
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => send(chunk, done),
    writev(chunks, done) {
      const buffers: Buffer[] = chunks.map(({ chunk }) => chunk);
      send(Buffer.concat(buffers), done);
    },
    final(done) {
      socket.end();
      done();
    },
    destroy(error, done) {
      closed();
      socket.destroy();
      done(error);
    },
  });
  conn.on('error', ignore);
  // aedes reads once on 'readable', and again when the packet that it read is dealt with: finding nothing is its question for more.
  const { read } = conn;
  conn.read = (size) => {
    const bytes: unknown = read.call(conn, size);
    if (bytes === null && busy && size !== 0) {
      busy = false;
      asked();
    }
    return bytes;
  };

  function send(chunk: Buffer, done: () => void): void {
    if (socket.destroyed || socket.write(chunk)) {
      done();
      return;
    }
    const settle = (): void => {
      socket.off('drain', settle);
      socket.off('close', settle);
      done();
    };
    socket.on('drain', settle);
    socket.on('close', settle);
  }

  return {
    conn,
    give(packet) {
      if (ended || conn.destroyed) return;
      busy = true;
      conn.push(packet);
    },
    end() {
      if (ended || conn.destroyed) return;
      ended = true;
      conn.push(null);
    },
  };
}

/** The socket's own end says it. */
function ignore(): void {}
