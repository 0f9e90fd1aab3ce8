/** Why: OpenWrt answers questions about its radios on the ubus socket. One connection, asked directly, spawns nothing. */
import { connect, type Socket } from 'node:net';
import type { JsonObject } from '#contract';
import { CarrelError } from '#lib/errors';
import { readBlobs, readTable, writeBlob, writeTable } from './blobmsg.ts';

export interface Ubus {
  /** Paths of the objects that match; a pattern may end in `*`. */
  lookup(pattern: string): Promise<string[]>;
  /** The answer of a method. @throws CarrelError UBUS_REFUSED (not found, no permission), UBUS_CLOSED, UBUS_TIMEOUT */
  invoke(path: string, method: string, args?: JsonObject): Promise<JsonObject>;
  close(): void;
}

// ubusmsg.h
const MESSAGE = { hello: 0, status: 1, data: 2, lookup: 4, invoke: 5 } as const;
const ATTRIBUTE = { status: 1, path: 2, objectId: 3, method: 4, data: 7 } as const;
const STATUS_OK = 0;
const STATUS_NOT_FOUND = 4;
const HEADER = 8;
/** ubusd itself refuses more than 1 MiB (UBUS_MAX_MSGLEN). */
const MAX_MESSAGE = 1024 * 1024 + HEADER + 4;

interface Message {
  type: number;
  sequence: number;
  attributes: Map<number, Buffer>;
}
interface Pending {
  answers: Map<number, Buffer>[];
  finish(status: number): void;
  fail(error: Error): void;
}

/** @throws CarrelError UBUS_CLOSED where nobody listens at `path` (usually /var/run/ubus/ubus.sock) */
export async function connectUbus(path: string, timeoutMs = 2000): Promise<Ubus> {
  const socket = await opened(path, timeoutMs);
  const pending = new Map<number, Pending>();
  const ids = new Map<string, number>();
  let sequence = 0;
  let received: Buffer = Buffer.alloc(0);

  const failAll = (why: string): void => {
    for (const request of pending.values()) request.fail(new CarrelError('UBUS_CLOSED', `ubus: ${why}`));
    pending.clear();
  };
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    for (let next = messageIn(received); next; next = messageIn(received)) {
      received = received.subarray(next.length);
      settle(next.message);
    }
    if (received.length > MAX_MESSAGE) socket.destroy();
  });
  socket.on('error', () => {}); // 'close' follows
  socket.on('close', () => failAll('the connection closed'));

  function settle({ type, sequence: of, attributes }: Message): void {
    const request = pending.get(of);
    if (!request) return; // hello, or an answer that came too late
    if (type === MESSAGE.data) request.answers.push(attributes);
    else if (type === MESSAGE.status) {
      pending.delete(of);
      request.finish(attributes.get(ATTRIBUTE.status)?.readInt32BE(0) ?? -1);
    }
  }

  function ask(
    type: number,
    peer: number,
    attributes: Buffer,
  ): Promise<{ status: number; answers: Map<number, Buffer>[] }> {
    if (socket.destroyed) return Promise.reject(new CarrelError('UBUS_CLOSED', 'ubus: the connection closed'));
    sequence = (sequence + 1) & 0xffff;
    const own = sequence;
    return new Promise((resolve, reject) => {
      const answers: Map<number, Buffer>[] = [];
      const timer = setTimeout(() => {
        pending.delete(own);
        reject(new CarrelError('UBUS_TIMEOUT', `ubus did not answer within ${timeoutMs} ms`));
      }, timeoutMs);
      pending.set(own, {
        answers,
        finish(status) {
          clearTimeout(timer);
          resolve({ status, answers });
        },
        fail(error) {
          clearTimeout(timer);
          reject(error);
        },
      });
      socket.write(encode(type, own, peer, attributes));
    });
  }

  async function lookup(pattern: string): Promise<string[]> {
    const { status, answers } = await ask(MESSAGE.lookup, 0, writeBlob(ATTRIBUTE.path, Buffer.from(`${pattern}\0`)));
    if (status !== STATUS_OK && status !== STATUS_NOT_FOUND) throw refused(pattern, status);
    return answers.flatMap((attributes) => {
      const name = attributes.get(ATTRIBUTE.path)?.toString('utf8').replace(/\0+$/, '');
      const id = attributes.get(ATTRIBUTE.objectId)?.readUInt32BE(0);
      if (name === undefined || id === undefined) return [];
      ids.set(name, id);
      return [name];
    });
  }

  return {
    lookup,
    async invoke(path, method, args = {}) {
      if (!ids.has(path)) await lookup(path);
      const id = ids.get(path);
      if (id === undefined) throw refused(path, STATUS_NOT_FOUND);
      const number = Buffer.alloc(4);
      number.writeUInt32BE(id);
      const { status, answers } = await ask(
        MESSAGE.invoke,
        id,
        Buffer.concat([
          writeBlob(ATTRIBUTE.objectId, number),
          writeBlob(ATTRIBUTE.method, Buffer.from(`${method}\0`)),
          writeBlob(ATTRIBUTE.data, writeTable(args)),
        ]),
      );
      if (status !== STATUS_OK) {
        ids.delete(path); // the object may have been made anew under another id (hostapd restarted)
        throw refused(`${path} ${method}`, status);
      }
      return readTable(answers[0]?.get(ATTRIBUTE.data) ?? Buffer.alloc(0));
    },
    close: () => socket.destroy(),
  };
}

function opened(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const fail = (): void => {
      clearTimeout(timer);
      socket.destroy();
      reject(new CarrelError('UBUS_CLOSED', `nobody listens at ${path}`));
    };
    const timer = setTimeout(fail, timeoutMs);
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

function refused(what: string, status: number): CarrelError {
  return new CarrelError(
    'UBUS_REFUSED',
    `ubus answered ${what} with status ${status} (2 invalid argument, 4 not found, 6 no permission)`,
    { status },
  );
}

// struct ubus_msghdr { u8 version, u8 type, u16 seq, u32 peer }, then one blob whose payload are the attributes
function encode(type: number, sequence: number, peer: number, attributes: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(type, 1);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(peer, 4);
  return Buffer.concat([header, writeBlob(0, attributes)]);
}

function messageIn(bytes: Buffer): { message: Message; length: number } | null {
  if (bytes.length < HEADER + 4) return null;
  const length = HEADER + (((bytes.readUInt32BE(HEADER) & 0xff_ffff) + 3) & ~3);
  if (bytes.length < length) return null;
  const attributes = new Map(readBlobs(bytes.subarray(HEADER + 4, length)).map(({ id, payload }) => [id, payload]));
  return { message: { type: bytes.readUInt8(1), sequence: bytes.readUInt16BE(2), attributes }, length };
}
