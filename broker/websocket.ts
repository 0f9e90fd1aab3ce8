/** Why: MQTT over the page's port, for networks that let only web traffic out: the HTTP request becomes one more connection at the gate. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { webSocketAccept, webSocketStream } from '#lib/websocket';
import type { Door } from './admission.ts';
import type { UpgradeOrigin } from './broker.ts';

export interface UpgradeDeps {
  door: Door;
  enter(socket: Duplex, address: string): void;
  /** A listener for MQTT is on: with both off nobody asked for MQTT. */
  on: boolean;
  /** CARREL_MQTT_PLAIN. */
  plainAllowed: boolean;
  refused(reason: 'UPGRADE_REFUSED' | 'UPGRADE_CLEAR' | 'WEBSOCKET_PROTOCOL'): void;
}

/** What the request is answered with where it is no WebSocket for MQTT. */
export interface UpgradeRefusal {
  status: '400 Bad Request' | '403 Forbidden' | '404 Not Found' | '426 Upgrade Required' | '503 Service Unavailable';
  what: string;
  headers?: string;
}

/** The key of a good request for `subprotocol`; else why it is refused. RFC 6455 section 4.2.1. Pure. */
export function judgeUpgrade(
  { method, headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  subprotocol: string,
): string | UpgradeRefusal {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  const key = headers['sec-websocket-key'] ?? '';
  if (method !== 'GET' || headers.upgrade?.toLowerCase() !== 'websocket')
    return { status: '400 Bad Request', what: `this address speaks ${subprotocol} over WebSocket` };
  if (headers['sec-websocket-version'] !== '13')
    return { status: '426 Upgrade Required', what: 'WebSocket version 13', headers: 'Sec-WebSocket-Version: 13\r\n' };
  if (!/^[A-Za-z0-9+/]{22}==$/.test(key)) return { status: '400 Bad Request', what: 'Sec-WebSocket-Key is wrong' };
  // [MQTT-6.0.0-3]; ndt7 says the same
  if (!offered.includes(subprotocol)) return { status: '400 Bad Request', what: `the subprotocol is ${subprotocol}` };
  return key;
}

/** Makes a request of the page's port a connection at the gate, under the rules of the listeners. */
export function createUpgrade(deps: UpgradeDeps) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer, { address, clear }: UpgradeOrigin): void => {
    socket.on('error', () => socket.destroy());
    const judged = deps.on ? judgeUpgrade(request, 'mqtt') : NOT_HERE;
    if (typeof judged !== 'string') {
      deps.refused('UPGRADE_REFUSED');
      refuseUpgrade(socket, judged);
    } else if (clear && !deps.plainAllowed) {
      deps.refused('UPGRADE_CLEAR');
      refuseUpgrade(socket, IN_CLEAR);
    } else
      deps.door.arrive(socket, () => {
        const stream = open(socket, judged, head);
        stream.on('error', () => deps.refused('WEBSOCKET_PROTOCOL'));
        deps.enter(stream, address);
      });
  };
}

const NOT_HERE: UpgradeRefusal = { status: '404 Not Found', what: 'no MQTT listener is on' };
const IN_CLEAR: UpgradeRefusal = {
  status: '403 Forbidden',
  what: 'credentials would travel in clear: use https (CARREL_PUBLIC_URL), or ask for it with CARREL_MQTT_PLAIN=yes',
};

/** Answers and closes. */
export function refuseUpgrade(socket: Duplex, { status, what, headers = '' }: UpgradeRefusal): void {
  const head = `HTTP/1.1 ${status}\r\n${headers}Content-Type: text/plain\r\nContent-Length: ${what.length + 1}\r\n`;
  socket.end(`${head}Connection: close\r\n\r\n${what}\n`);
}

/** No extension is agreed, so nothing is ever inflated. */
export function upgradeAnswer(key: string, subprotocol: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${webSocketAccept(key)}\r\nSec-WebSocket-Protocol: ${subprotocol}\r\n\r\n`;
}

/** Answers the request; the bytes of MQTT inside. */
function open(socket: Duplex, key: string, head: Buffer): Duplex {
  return webSocketStream({
    socket,
    role: 'server',
    async handshake() {
      socket.write(upgradeAnswer(key, 'mqtt'));
      return head;
    },
  });
}
