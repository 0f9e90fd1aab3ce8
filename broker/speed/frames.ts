/** Why: WebSocket frames of a throughput test (RFC 6455): what is sent is written without a copy, what comes is counted without being read. */

export const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0x0, 0x1, 0x2, 0x8, 0x9, 0xa];

/** The head of one whole, unmasked frame. */
export function frameHead(opcode: number, length: number): Buffer {
  const lengthBytes = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + lengthBytes);
  head[0] = 0x80 | opcode;
  head[1] = lengthBytes === 0 ? length : lengthBytes === 2 ? 126 : 127;
  if (lengthBytes === 2) head.writeUInt16BE(length, 2);
  if (lengthBytes === 8) head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

export interface FrameCounter {
  /** False where the other end breaks the protocol. Nothing is to be taken after that, nor after CLOSE. */
  take(chunk: Buffer): boolean;
  /** Payload bytes of binary messages so far. */
  dataBytes(): number;
}

/** Control frames are given out, everything else is counted and let go. `maxBytes` bounds one frame. */
export function createFrameCounter(options: {
  maxBytes: number;
  control(opcode: number, payload: Buffer): void;
}): FrameCounter {
  let head: Buffer = Buffer.alloc(0);
  let left = 0;
  let binary = false;
  let control: { opcode: number; mask: Buffer; payload: Buffer } | null = null;
  let data = 0;

  /** How many bytes a head has, as far as those that are there can tell. Clients mask: four more [5.1]. */
  const sizeOf = (second: number | undefined): number => {
    const short = (second ?? 0) & 0x7f;
    return second === undefined ? 2 : 6 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  };

  function begin(): boolean {
    const [first = 0, second = 0] = head;
    const short = second & 0x7f;
    const length = short === 126 ? head.readUInt16BE(2) : short === 127 ? Number(head.readBigUInt64BE(2)) : short;
    const opcode = first & 0x7f; // a reserved bit makes an opcode that nobody knows: no extension was agreed
    if (![CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode)) return false;
    if (length > options.maxBytes || (opcode >= CLOSE && (length > 125 || first < 0x80))) return false;
    if (opcode >= CLOSE) control = { opcode, mask: head.subarray(head.length - 4), payload: Buffer.alloc(0) };
    else if (opcode !== CONTINUATION) binary = opcode === BINARY;
    left = length;
    head = Buffer.alloc(0);
    if (left === 0) finish();
    return true;
  }

  function finish(): void {
    const done = control;
    control = null;
    if (!done) return;
    const payload = done.payload.map((byte, i) => byte ^ (done.mask[i & 3] ?? 0));
    options.control(done.opcode, Buffer.from(payload));
  }

  return {
    take(chunk) {
      for (let at = 0; at < chunk.length; ) {
        if (left > 0) {
          const part = chunk.subarray(at, at + left);
          at += part.length;
          left -= part.length;
          if (control) control.payload = Buffer.concat([control.payload, part]);
          else if (binary) data += part.length;
          if (left === 0) finish();
          continue;
        }
        const size = sizeOf(head[1]);
        const part = chunk.subarray(at, at + size - head.length);
        head = Buffer.concat([head, part]);
        at += part.length;
        const second = head[1];
        if (second !== undefined && (second & 0x80) === 0) return false; // a client masks [5.1]
        if (head.length > 2 && head.length === sizeOf(second) && !begin()) return false;
      }
      return true;
    },
    dataBytes: () => data,
  };
}
