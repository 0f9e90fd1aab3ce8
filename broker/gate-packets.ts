/** Why: what becomes of a packet that the short way of frames has not taken: refused, answered here, or handed to aedes. */
import { owe, standsAt } from './gate-frames.ts';
import { type Gate, pass, refuse, STOP, stopReading } from './gate-line.ts';
import {
  CONNECT,
  checkFilters,
  checkTopic,
  DISCONNECT,
  lowerWildcards,
  type PacketHeader,
  PUBLISH,
  PUBREL,
  readConnect,
  readPublish,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from './gate-packet.ts';

const DUP = 8;

/** Before the CONNACK. False when the packet must be given again later. */
export function takeFirst(gate: Gate, bytes: Buffer, header: PacketHeader): boolean {
  const { limits, judgeConnect, refused } = gate.deps;
  if (gate.state === 'asked') return false;
  if (header.type !== CONNECT) return refuse(gate, 'NOT_CONNECT'); // [MQTT-3.1.0-1]
  const head = readConnect(bytes, header.headerBytes);
  if (typeof head === 'string') return refuse(gate, head);
  const judged = judgeConnect(head);
  if (judged) {
    refused(judged.reason);
    gate.socket.end(Buffer.from([0x20, 2, 0, judged.code]), () => gate.aedes.conn.destroy()); // [MQTT-3.2.2-5]
    stopReading(gate, STOP.connack);
    return true;
  }
  gate.keepaliveMs = Math.min(head.keepaliveS || limits.keepaliveS, limits.keepaliveS) * 1500; // one and a half times [MQTT-3.1.2-24]
  gate.state = 'asked';
  stopReading(gate, STOP.connack);
  return pass(gate, bytes);
}

/** After the CONNACK, where `takeFrames` took nothing. False when the packet must be given again later. */
export function takeOther(gate: Gate, bytes: Buffer, header: PacketHeader): boolean {
  const { type, headerBytes } = header;
  if (type === PUBLISH) return publish(gate, bytes, header);
  if (type === CONNECT) return refuse(gate, 'SECOND_CONNECT'); // [MQTT-3.1.0-2]
  if (type === SUBSCRIBE || type === UNSUBSCRIBE) {
    const refused = checkFilters(bytes, headerBytes, type === SUBSCRIBE);
    if (refused) return refuse(gate, refused);
    if (type === SUBSCRIBE) lowerWildcards(bytes, headerBytes);
  }
  if (type === PUBREL) gate.halfDone?.delete(bytes.readUInt16BE(headerBytes));
  gate.goodbye = type === DISCONNECT;
  return pass(gate, bytes);
}

function publish(gate: Gate, bytes: Buffer, { headerBytes, flags }: PacketHeader): boolean {
  const head = readPublish(bytes, headerBytes, flags);
  if (typeof head === 'string') return refuse(gate, head);
  const ours = standsAt(bytes, headerBytes, gate.topic);
  if (ours && flags & 1) return refuse(gate, 'FRAME_RETAINED');
  // QoS 2: aedes keeps its state; access.ts puts it into the wal.
  if (ours && (flags & 4) === 0) return frameOutOfTheWay(gate, bytes, head.payloadStart, head.messageId);
  const refused = checkTopic(bytes, head.topicStart, head.topicEnd);
  if (refused) return refuse(gate, refused);
  if (ours && gate.halfDone?.has(head.messageId)) return pubrec(gate, head.messageId);
  if (ours) gate.halfDone = (gate.halfDone ?? new Set()).add(head.messageId);
  bytes[0] = (bytes[0] ?? 0) & ~DUP; // aedes would pass it on [MQTT-3.3.1-3]; it tells QoS 2 apart by message id
  return pass(gate, bytes);
}

/** A frame of QoS 0 or 1 whose payload is none, or that the wal does not take now. */
function frameOutOfTheWay(gate: Gate, bytes: Buffer, payloadStart: number, messageId: number): boolean {
  const encoding = bytes[payloadStart];
  if (encoding === 0x7b || encoding === 0x01) {
    stopReading(gate, STOP.wal);
    return false;
  }
  gate.deps.refused('FRAME_ENCODING'); // acknowledged all the same: sent again it would be no better
  if (messageId > 0) owe(gate, Buffer.from([0x40, 2, messageId >> 8, messageId & 0xff]));
  return true;
}

/** Sent again before its PUBREL: it is in the log already [MQTT-4.3.3-2]. aedes would ask for it to be stored once more. */
function pubrec(gate: Gate, messageId: number): true {
  if (!gate.cut) gate.socket.write(Buffer.from([0x50, 2, messageId >> 8, messageId & 0xff]));
  return true;
}
