/**
 * Why: where a network stops port 8883, MQTT goes through the web port of the same server. Only the opening handshake is here (RFC 6455
 * section 4.1); the frames are `#lib/websocket`. mqtt.js would bring 60 kB of `ws` for it.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { webSocketAccept, webSocketStream } from '#lib/websocket';
import type { WebSocketAddress } from './settings.ts';

const ANSWER_BYTES = 8192;

/** MQTT's bytes through `socket`, which may still be connecting; destroyed with code WEBSOCKET_REFUSED where the server is no such. */
export function openWebSocket(socket: Duplex, address: WebSocketAddress): Duplex {
  return webSocketStream({ socket, role: 'client', handshake: () => shakeHands(socket, address) });
}

function shakeHands(socket: Duplex, { host, port, path }: WebSocketAddress): Promise<Buffer> {
  const key = randomBytes(16).toString('base64');
  const name = host.includes(':') ? `[${host}]` : host;
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: ${name}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n`,
  );
  return new Promise((resolve, reject) => {
    let answer = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf('\r\n\r\n');
      if (end < 0 && answer.length < ANSWER_BYTES) return;
      socket.off('data', read);
      socket.pause();
      const problem = problemOf(answer.toString('latin1', 0, Math.max(0, end)), key);
      if (problem === null) resolve(answer.subarray(end + 4));
      else reject(refused(problem));
    };
    socket.on('data', read);
    socket.once('end', () => reject(refused('it ends the connection')));
    socket.once('close', () => reject(refused('it closes the connection')));
  });
}

/** Null where the answer opens the WebSocket that was asked for [RFC 6455 4.1]. */
function problemOf(answer: string, key: string): string | null {
  const [status = '', ...lines] = answer.split('\r\n');
  const fields = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  if (!/^HTTP\/1\.1 101\b/.test(status)) return `it answers ${JSON.stringify(status.slice(0, 80))}`;
  if (fields.get('sec-websocket-accept') !== webSocketAccept(key)) return 'it answers to another key';
  return fields.get('sec-websocket-protocol') === 'mqtt' ? null : 'it does not speak MQTT';
}

function refused(what: string): Error {
  return Object.assign(new Error(what), { code: 'WEBSOCKET_REFUSED' });
}
