/** Why: what stands in one record of the wal: version u8, receive time f64, length of the probe's id u8, id, payload. */
import type { WalRecord } from './feed.ts';

const VERSION = 1;
const ID_AT = 10;

/** The part before the payload; the journal takes both without a copy in between. */
export function recordHead(receivedMs: number, probe: string): Uint8Array {
  const head = Buffer.allocUnsafe(ID_AT + probe.length);
  head[0] = VERSION;
  head.writeDoubleLE(receivedMs, 1);
  head[9] = probe.length;
  head.write(probe, ID_AT, 'latin1');
  return head;
}

/** Undefined for a record of a later version or one that is too short to be ours. */
export function parseRecord(bytes: Uint8Array): WalRecord | undefined {
  const length = bytes[9];
  if (bytes[0] !== VERSION || length === undefined || bytes.length < ID_AT + length) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    receivedMs: view.readDoubleLE(1),
    probe: view.toString('latin1', ID_AT, ID_AT + length),
    payload: bytes.subarray(ID_AT + length),
  };
}
