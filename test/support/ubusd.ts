/** Why: OpenWrt's message bus as far as sensors ask it, on a real Unix socket: lookup and invoke, in the bytes of ubusd. */

import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import type { JsonObject } from '#contract';
import { readBlobs, readTable, writeBlob, writeTable } from '../../agent/platform/blobmsg.ts';

/** Objects by path; a method answers with a table, or with a status (6 = no permission). */
export type UbusObjects = Record<string, Record<string, (args: JsonObject) => JsonObject | number>>;
export interface FakeUbusd {
  /** What was asked: `path method`. */
  readonly calls: string[];
  close(): Promise<void>;
}

export async function startUbusd(path: string, objects: UbusObjects): Promise<FakeUbusd> {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { force: true });
  const calls: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.write(message(0, 0, 0x1001, Buffer.alloc(0)));
    socket.on('data', (request: Buffer) => socket.write(answer(request, objects, calls)));
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    calls,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(request: Buffer, objects: UbusObjects, calls: string[]): Buffer {
  const [type, sequence, peer] = [request.readUInt8(1), request.readUInt16BE(2), request.readUInt32BE(4)];
  const attributes = new Map(readBlobs(request.subarray(12)).map(({ id, payload }) => [id, payload]));
  const reply = (kind: number, ...blobs: Buffer[]): Buffer => message(kind, sequence, peer, Buffer.concat(blobs));
  const paths = Object.keys(objects);
  if (type === 4) {
    const pattern = text(attributes.get(2));
    const found = paths.filter((path) =>
      pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
    );
    return Buffer.concat([
      ...found.map((path) =>
        reply(2, writeBlob(2, Buffer.from(`${path}\0`)), writeBlob(3, number(paths.indexOf(path) + 1))),
      ),
      reply(1, writeBlob(1, number(found.length > 0 ? 0 : 4))),
    ]);
  }
  const path = paths[(attributes.get(3)?.readUInt32BE(0) ?? 0) - 1] ?? '';
  const method = text(attributes.get(4));
  calls.push(`${path} ${method}`);
  const result = objects[path]?.[method]?.(readTable(attributes.get(7) ?? Buffer.alloc(0))) ?? 3;
  if (typeof result === 'number') return reply(1, writeBlob(1, number(result)));
  return Buffer.concat([reply(2, writeBlob(7, writeTable(result))), reply(1, writeBlob(1, number(0)))]);
}

function message(type: number, sequence: number, peer: number, attributes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(type, 1);
  header.writeUInt16BE(sequence, 2);
  header.writeUInt32BE(peer, 4);
  return Buffer.concat([header, writeBlob(0, attributes)]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(payload: Buffer | undefined): string {
  return payload?.toString('utf8').replace(/\0+$/, '') ?? '';
}
