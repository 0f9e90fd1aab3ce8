/**
 * Why: MQTT inside of WebSocket frames (RFC 6455; MQTT 3.1.1 section 6) for networks that let only web traffic through. Both ends use
 * this file. Payload bytes pass on as they come: no message is put together first, so that nothing is buffered here, whatever length a
 * frame announces. docs/decisions/websocket.md says why this is not the `ws` library.
 */
import { createHash, randomBytes } from 'node:crypto';
import { Duplex } from 'node:stream';

export interface WebSocketOptions {
  /** Carries the frames. */
  socket: Duplex;
  /** A client masks what it sends and must get it unmasked; a server the other way round. */
  role: 'client' | 'server';
  /** Opens the connection; resolves with what came behind its end. Nothing is sent before; must reject when the socket closes. */
  handshake(): Promise<Buffer>;
}

const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];
const [NORMAL, PROTOCOL_ERROR, NOT_BINARY] = [1000, 1002, 1003];
/** Pongs to somebody who reads none of them end here. */
const UNSENT_BYTES = 64 * 1024;
const NO_BYTES = Buffer.alloc(0);

/** What a server answers to a client's `Sec-WebSocket-Key` [RFC 6455 4.2.2]. */
export function webSocketAccept(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** The bytes inside of the binary frames. Destroyed with an error where the other end breaks the protocol or sends text. */
export function webSocketStream({ socket, role, handshake }: WebSocketOptions): Duplex {
  const masked = role === 'client';
  let closing = false;
  const decoder = createDecoder({
    masked: !masked,
    data(bytes) {
      if (!stream.push(bytes)) socket.pause();
    },
    ping(payload) {
      if (!closing && socket.writableLength < UNSENT_BYTES) socket.write(frameOf(PONG, payload, masked));
    },
    close() {
      sayClose(NORMAL);
      stream.push(null);
      socket.end();
    },
    fail(code, what) {
      sayClose(code);
      stream.destroy(Object.assign(new Error(what), { code: 'WEBSOCKET_PROTOCOL' }));
    },
  });

  function sayClose(code: number): void {
    if (closing) return;
    closing = true;
    if (!socket.destroyed) socket.write(frameOf(CLOSE, Buffer.from([code >> 8, code & 0xff]), masked));
  }

  function send(chunk: Buffer, done: () => void): void {
    if (socket.write(frameOf(BINARY, chunk, masked))) {
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

  let open = false;
  /** A stream has one write under way at a time: the one that waits for the handshake. */
  let held = (): void => undefined;
  const whenOpen = (act: () => void): void => {
    if (open) act();
    else held = act;
  };
  // Not `construct`: a stream that is destroyed meanwhile would wait for the handshake of a server that never answers.
  handshake().then(
    (rest) => {
      open = true;
      held();
      decoder.take(rest);
      socket.on('data', decoder.take);
      socket.on('end', () => {
        if (!stream.destroyed && !decoder.closed()) stream.push(null);
      });
      socket.resume();
    },
    (error: Error) => stream.destroy(error),
  );
  const stream = new Duplex({
    read: () => void socket.resume(),
    write: (chunk: Buffer, _encoding, done) => whenOpen(() => send(chunk, done)),
    writev(chunks, done) {
      const buffers: Buffer[] = chunks.map(({ chunk }) => chunk);
      whenOpen(() => send(Buffer.concat(buffers), done));
    },
    final: (done) =>
      whenOpen(() => {
        sayClose(NORMAL);
        socket.end(() => done());
      }),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  socket.on('error', (error) => stream.destroy(error));
  socket.on('close', () => stream.destroy());
  return stream;
}

/** One whole frame. A zero mask would do as well for TLS, but old proxies are why masking exists. */
function frameOf(opcode: number, payload: Buffer, masked: boolean): Buffer {
  const { length } = payload;
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const start = 2 + lengthBytes + (masked ? 4 : 0);
  const frame = Buffer.allocUnsafe(start + length);
  frame[0] = 0x80 | opcode;
  frame[1] = (masked ? 0x80 : 0) | (lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127);
  if (lengthBytes === 2) frame.writeUInt16BE(length, 2);
  if (lengthBytes === 8) frame.writeBigUInt64BE(BigInt(length), 2);
  payload.copy(frame, start);
  if (masked) {
    const mask = randomBytes(4);
    mask.copy(frame, start - 4);
    applyMask(frame.subarray(start), mask, 0);
  }
  return frame;
}

/** In place; `offset` bytes of the payload have gone before. */
function applyMask(bytes: Buffer, mask: Buffer, offset: number): void {
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] ?? 0) ^ (mask[(offset + i) & 3] ?? 0);
}

interface DecoderEvents {
  /** Whether frames must come masked; the other kind is an error [RFC 6455 5.1]. */
  masked: boolean;
  data(bytes: Buffer): void;
  ping(payload: Buffer): void;
  close(): void;
  fail(code: number, what: string): void;
}
interface Frame {
  opcode: number;
  final: boolean;
  length: number;
  mask: Buffer | null;
  taken: number;
}

function createDecoder(events: DecoderEvents): { take(chunk: Buffer): void; closed(): boolean } {
  let ended = false;
  let header: Buffer = NO_BYTES;
  let frame: Frame | null = null;
  let control: Buffer = NO_BYTES;
  /** Inside of a message whose last fragment has not begun. */
  let fragmented = false;

  function fail(code: number, what: string): void {
    ended = true;
    events.fail(code, what);
  }

  /** Bytes used of `chunk` for the header. */
  function takeHeader(chunk: Buffer): number {
    const before = header.length;
    header = before === 0 ? chunk.subarray(0, 14) : Buffer.concat([header, chunk.subarray(0, 14 - before)]);
    const size = headerSize(header);
    if (header.length < size) {
      header = Buffer.from(header); // not the whole chunk that it is a part of
      return chunk.length;
    }
    const begun = readFrame(header);
    header = NO_BYTES;
    const wrong = problemOf(begun, events.masked, fragmented);
    if (wrong) fail(begun.opcode === TEXT ? NOT_BINARY : PROTOCOL_ERROR, wrong);
    else {
      frame = begun;
      if (begun.opcode < CLOSE) fragmented = !begun.final;
      if (begun.length === 0) finish(begun);
    }
    return size - before;
  }

  /** Bytes used of `chunk` for the payload of the frame that has begun. */
  function takePayload(begun: Frame, chunk: Buffer): number {
    const part = chunk.subarray(0, begun.length - begun.taken);
    if (begun.mask) applyMask(part, begun.mask, begun.taken);
    begun.taken += part.length;
    if (begun.opcode >= CLOSE) control = Buffer.concat([control, part]);
    else events.data(part);
    if (begun.taken === begun.length) finish(begun);
    return part.length;
  }

  function finish(done: Frame): void {
    const payload = control;
    control = NO_BYTES;
    frame = null;
    if (done.opcode === PING) events.ping(payload);
    if (done.opcode !== CLOSE) return;
    ended = true;
    events.close();
  }

  return {
    take(chunk) {
      for (let at = 0; at < chunk.length && !ended; )
        at += frame ? takePayload(frame, chunk.subarray(at)) : takeHeader(chunk.subarray(at));
    },
    closed: () => ended,
  };
}

/** As far as the bytes that are there can tell. */
function headerSize(header: Buffer): number {
  const second = header[1];
  if (second === undefined) return 2;
  const short = second & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
}

function readFrame(header: Buffer): Frame {
  const [first = 0, second = 0] = header;
  const short = second & 0x7f;
  const length = short === 126 ? header.readUInt16BE(2) : short === 127 ? Number(header.readBigUInt64BE(2)) : short;
  const size = headerSize(header);
  const mask = second & 0x80 ? Buffer.from(header.subarray(size - 4, size)) : null;
  // Reserved bits make an opcode that nobody knows: no extension was agreed [RFC 6455 5.2].
  return { opcode: first & 0x7f, final: first >= 0x80, length, mask, taken: 0 };
}

function problemOf({ opcode, final, length, mask }: Frame, masked: boolean, fragmented: boolean): string | null {
  if (![CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode)) return 'a reserved WebSocket frame';
  if ((mask !== null) !== masked) return masked ? 'an unmasked WebSocket frame' : 'a masked WebSocket frame';
  if (opcode === TEXT) return 'a WebSocket text frame, where MQTT is binary'; // [MQTT-6.0.0-1]
  if (opcode >= CLOSE) return final && length <= 125 ? null : 'a WebSocket control frame that is too long or in parts';
  if ((opcode === CONTINUATION) !== fragmented) return 'WebSocket fragments out of order';
  return length > Number.MAX_SAFE_INTEGER ? 'a WebSocket frame without end' : null;
}
