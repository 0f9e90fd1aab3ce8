/**
 * Why: the rules of MQTT 3.1.1 that must hold before aedes sees a byte: framing, flags, UTF-8, topics. Pure; clause numbers
 * are those of the OASIS standard. aedes and its parser check few of them.
 */
import { isUtf8 } from 'node:buffer';

export const CONNECT = 1;
export const PUBLISH = 3;
export const PUBREL = 6;
export const SUBSCRIBE = 8;
export const UNSUBSCRIBE = 10;
export const DISCONNECT = 14;

/** Why a packet ends its connection. */
export type PacketRefusal =
  | 'PACKET_MALFORMED'
  | 'PACKET_FLAGS'
  | 'PACKET_TYPE'
  | 'TEXT_UTF8'
  | 'TOPIC_INVALID'
  | 'TOPIC_RESERVED';
export interface PacketHeader {
  type: number;
  flags: number /** Bytes of the fixed header. */;
  headerBytes: number /** Remaining length. */;
  bodyBytes: number;
}
const MAX_TOPIC_BYTES = 256;

/** Low four bits of the first byte for each type that a client may send; PUBLISH varies. */
const FLAGS: Readonly<Record<number, number>> = { 1: 0, 4: 0, 5: 0, 6: 2, 7: 0, 8: 2, 10: 2, 12: 0, 14: 0 };
const FIXED_BODY: Readonly<Record<number, number>> = { 4: 2, 5: 2, 6: 2, 7: 2, 12: 0, 14: 0 };

/** The fixed header at `offset`; `more` while its bytes have not all come. */
export function readHeader(bytes: Uint8Array, offset: number): PacketHeader | 'more' | PacketRefusal {
  const first = bytes[offset];
  if (first === undefined) return 'more';
  let bodyBytes = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[offset + i];
    if (byte === undefined) return 'more';
    bodyBytes |= (byte & 0x7f) << (7 * (i - 1));
    if (byte < 0x80) return headerOf(first, i + 1, bodyBytes);
  }
  return 'PACKET_MALFORMED'; // a fifth length byte [2.2.3]
}

function headerOf(first: number, headerBytes: number, bodyBytes: number): PacketHeader | PacketRefusal {
  const type = first >> 4;
  const flags = first & 0x0f;
  if (type === PUBLISH) {
    const qos = (flags >> 1) & 3;
    if (qos === 3 || (qos === 0 && flags & 8)) return 'PACKET_FLAGS'; // [MQTT-3.3.1-4] [MQTT-3.3.1-2]
  } else {
    const expected = FLAGS[type];
    if (expected === undefined) return 'PACKET_TYPE';
    if (flags !== expected) return 'PACKET_FLAGS'; // [MQTT-2.2.2-2]
  }
  if ((FIXED_BODY[type] ?? bodyBytes) !== bodyBytes) return 'PACKET_MALFORMED';
  return { type, flags, headerBytes, bodyBytes };
}

export interface PublishHead {
  topicStart: number;
  topicEnd: number;
  messageId: number;
  payloadStart: number;
}

/** Where the parts of a PUBLISH stand in `bytes`, whose body starts at `bodyStart`. */
export function readPublish(bytes: Buffer, bodyStart: number, flags: number): PublishHead | PacketRefusal {
  const topic = textAt(bytes, bodyStart);
  if (!topic) return 'PACKET_MALFORMED';
  if ((flags & 6) === 0) return { topicStart: topic.start, topicEnd: topic.end, messageId: 0, payloadStart: topic.end };
  if (topic.end + 2 > bytes.length) return 'PACKET_MALFORMED';
  const messageId = bytes.readUInt16BE(topic.end);
  if (messageId === 0) return 'PACKET_MALFORMED'; // [MQTT-2.3.1-1]
  return { topicStart: topic.start, topicEnd: topic.end, messageId, payloadStart: topic.end + 2 };
}

/** Null where a client may publish to this topic as far as MQTT goes. */
export function checkTopic(bytes: Buffer, start: number, end: number): PacketRefusal | null {
  if (end === start || end - start > MAX_TOPIC_BYTES) return 'TOPIC_INVALID';
  for (let i = start; i < end; i++) {
    const c = bytes[i];
    if (c === 0x23 || c === 0x2b || c === 0) return 'TOPIC_INVALID'; // [MQTT-3.3.2-2] [MQTT-1.5.3-2]
  }
  if (bytes[start] === 0x24) return 'TOPIC_RESERVED'; // $SYS and its like belong to the server
  return isUtf8(bytes.subarray(start, end)) ? null : 'TEXT_UTF8'; // [MQTT-1.5.3-1]
}

/** Null where the body of a SUBSCRIBE or UNSUBSCRIBE is well formed. */
export function checkFilters(bytes: Buffer, bodyStart: number, withQos: boolean): PacketRefusal | null {
  if (bodyStart + 2 > bytes.length || bytes.readUInt16BE(bodyStart) === 0) return 'PACKET_MALFORMED';
  let at = bodyStart + 2;
  if (at === bytes.length) return 'PACKET_MALFORMED'; // [MQTT-3.8.3-3] [MQTT-3.10.3-2]
  while (at < bytes.length) {
    const filter = textAt(bytes, at);
    if (!filter) return 'PACKET_MALFORMED';
    const refused = checkFilter(bytes.subarray(filter.start, filter.end));
    if (refused) return refused;
    at = filter.end;
    if (withQos && (bytes[at++] ?? 3) > 2) return 'PACKET_MALFORMED'; // [MQTT-3-8.3-4]
  }
  return null;
}

/** Filters with wildcards get QoS 0, in a SUBSCRIBE that was found well formed; so that the SUBACK says it too [MQTT-3.8.4-6]. */
export function lowerWildcards(bytes: Buffer, bodyStart: number): void {
  let at = bodyStart + 2;
  for (let filter = textAt(bytes, at); filter; filter = textAt(bytes, at)) {
    const text = bytes.subarray(filter.start, filter.end);
    if (text.includes(0x23) || text.includes(0x2b)) bytes[filter.end] = 0;
    at = filter.end + 1;
  }
}

function checkFilter(bytes: Buffer): PacketRefusal | null {
  if (bytes.length === 0 || bytes.length > MAX_TOPIC_BYTES || bytes.includes(0)) return 'TOPIC_INVALID';
  if (!isUtf8(bytes)) return 'TEXT_UTF8';
  const levels = bytes.toString('utf8').split('/');
  const wellFormed = levels.every((level, i) =>
    level === '#' ? i === levels.length - 1 : level === '+' || !/[#+]/.test(level),
  );
  return wellFormed ? null : 'TOPIC_INVALID'; // [MQTT-4.7.1-2] [MQTT-4.7.1-3]
}

export interface ConnectHead {
  version: number;
  clean: boolean;
  keepaliveS: number;
  clientId: string;
  will: { topic: string; payloadBytes: number; retain: boolean } | null;
}

/** The parts of a CONNECT that the gate judges by. */
export function readConnect(bytes: Buffer, bodyStart: number): ConnectHead | PacketRefusal {
  const protocol = textAt(bytes, bodyStart);
  if (!protocol || protocol.end + 4 > bytes.length) return 'PACKET_MALFORMED';
  const name = bytes.toString('latin1', protocol.start, protocol.end);
  const version = bytes[protocol.end] ?? 0;
  const flags = bytes[protocol.end + 1] ?? 0;
  const keepaliveS = bytes.readUInt16BE(protocol.end + 2);
  if (name !== 'MQTT' && name !== 'MQIsdp') return 'PACKET_MALFORMED'; // [MQTT-3.1.2-1]
  if (version !== 3 && version !== 4) return { version, clean: true, keepaliveS, clientId: '', will: null };
  if (flags & 1 || (flags & 0xc0) === 0x40) return 'PACKET_FLAGS'; // [MQTT-3.1.2-3] [MQTT-3.1.2-22]
  return connectPayload(bytes, protocol.end + 4, { version, flags, keepaliveS });
}

function connectPayload(
  bytes: Buffer,
  start: number,
  head: { version: number; flags: number; keepaliveS: number },
): ConnectHead | PacketRefusal {
  const { version, flags, keepaliveS } = head;
  const hasWill = (flags & 4) !== 0;
  if (hasWill ? (flags & 0x18) === 0x18 : (flags & 0x38) !== 0) return 'PACKET_FLAGS'; // [MQTT-3.1.2-11] to [MQTT-3.1.2-15]
  const fields: { start: number; end: number }[] = [];
  const wanted = 1 + (hasWill ? 2 : 0) + (flags & 0x80 ? 1 : 0) + (flags & 0x40 ? 1 : 0);
  let at = start;
  for (let i = 0; i < wanted; i++) {
    const field = textAt(bytes, at);
    if (!field) return 'PACKET_MALFORMED';
    fields.push(field);
    at = field.end;
  }
  const [id, willTopic, willPayload] = fields;
  if (at !== bytes.length || !id) return 'PACKET_MALFORMED';
  const userName = flags & 0x80 ? fields[hasWill ? 3 : 1] : undefined;
  for (const text of [id, userName]) {
    if (text && (!isUtf8(bytes.subarray(text.start, text.end)) || bytes.subarray(text.start, text.end).includes(0)))
      return 'TEXT_UTF8';
  }
  const base = { version, clean: (flags & 2) !== 0, keepaliveS, clientId: bytes.toString('utf8', id.start, id.end) };
  if (!hasWill || !willTopic || !willPayload) return { ...base, will: null };
  const refused = checkTopic(bytes, willTopic.start, willTopic.end);
  if (refused) return refused;
  const topic = bytes.toString('utf8', willTopic.start, willTopic.end);
  return { ...base, will: { topic, payloadBytes: willPayload.end - willPayload.start, retain: (flags & 0x20) !== 0 } };
}

/** A length-prefixed field; undefined where it reaches beyond the packet. */
function textAt(bytes: Buffer, at: number): { start: number; end: number } | undefined {
  if (at + 2 > bytes.length) return undefined;
  const end = at + 2 + bytes.readUInt16BE(at);
  return end <= bytes.length ? { start: at + 2, end } : undefined;
}
