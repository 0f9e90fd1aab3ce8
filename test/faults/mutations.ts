/** Why: no bytes that a client can send make the gate or the decoder of frames throw, hang or keep memory. */
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeFrame, encodeFrame, topicOf } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { judgeConnect } from '../../broker/access.ts';
import { accept, openGate } from '../../broker/gate.ts';
import { createRates, GATE_LIMITS } from '../../broker/gate-rate.ts';
import { openForgetfulWal } from '../bench/ingest/forgetful-wal.ts';
import { connectPacket, field, frameOf, framesTopic, packet, publishPacket } from '../broker/running.ts';

const PACKETS_EACH = 8;
const PROBE = 'probe-a';

export interface MutationReport {
  packets: number;
  /** Payloads that came through the gate and were decoded or refused. */
  payloads: number;
  frames: number;
  refused: number;
}

/** At least so many damaged packets, each payload that comes through decoded. @throws whatever the server would have died of */
export async function mutate(atLeast: number, random: () => number): Promise<MutationReport> {
  const report: MutationReport = { packets: 0, payloads: 0, frames: 0, refused: 0 };
  const seeds = seedPackets();
  let sessions = 0;
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] ?? fail();
  while (report.packets < atLeast) {
    const session = await openSession(report);
    const hello = connectPacket(PROBE, 'token');
    session.give(random() < 0.2 ? damaged(hello, hello, random) : hello);
    session.accept();
    for (let i = 0; i < PACKETS_EACH && session.alive(); i++) {
      const bytes = damaged(pick(seeds), pick(seeds), random);
      const cut = Math.floor(random() * bytes.length);
      session.give(bytes.subarray(0, cut));
      session.give(bytes.subarray(cut));
      report.packets += 1;
    }
    session.end();
    if (++sessions % 64 === 0) await nextTurn(); // streams end in a later turn of the event loop
  }
  await nextTurn();
  return report;
}

function fail(): never {
  throw new Error('nothing to pick from');
}

/** A gate without a socket: what it takes is decoded, what it passes on is read as aedes reads it. */
async function openSession(
  report: MutationReport,
): Promise<{ give(bytes: Buffer): void; alive(): boolean; accept(): void; end(): void }> {
  const forgetful = await openForgetfulWal();
  const socket = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  const gate = openGate(socket, {
    wal: {
      ...forgetful,
      append(receivedMs, probe, bytes, start, end) {
        report.payloads += 1;
        if (decodeFrame(bytes.subarray(start, end), nodeRawDeflate).ok) report.frames += 1;
        return forgetful.append(receivedMs, probe, bytes, start, end);
      },
    },
    rates: createRates({ packetsPerS: 1e9, bytesPerS: 1e12, burst: 10 }),
    limits: GATE_LIMITS,
    clock: { now: () => ({ wallMs: 0, monoMs: 0 }) },
    refused: () => {
      report.refused += 1;
    },
    judgeConnect,
    accepted: () => undefined,
    waiting: () => undefined,
    seen: () => undefined,
  });
  socket.read(0); // from now on it hands on what it gets at once, as a socket does
  const { conn } = gate.aedes;
  const aedesReads = (): void => {
    while (conn.read() !== null);
  };
  conn.on('readable', aedesReads);
  return {
    give(bytes) {
      if (!conn.destroyed) socket.push(Buffer.from(bytes));
      aedesReads();
    },
    alive: () => !conn.destroyed,
    accept: () => accept(gate, PROBE),
    end: () => conn.destroy(),
  };
}

function seedPackets(): Buffer[] {
  const frame = frameOf(1);
  const binary = Buffer.from(encodeFrame(frame, nodeRawDeflate));
  const many = { ...frame, t: [1, 2, 3, 4], m: { cpu_pct: [1, null, 3, 4], rtt_ms: [12.5, 13, 900, 0.1] } };
  const own = framesTopic(PROBE);
  const filter = topicOf(PROBE, 'desired');
  return [
    publishPacket(own, binary, 5),
    publishPacket(own, Buffer.from(encodeFrame(many, nodeRawDeflate)), 6),
    publishPacket(own, Buffer.from(JSON.stringify(many)), 7),
    packet(0x30, own, binary),
    packet(0x34, own, Buffer.from([0, 9]), binary),
    packet(0x31, topicOf(PROBE, 'state'), Buffer.from('{"state":"online"}')),
    packet(0x82, Buffer.from([0, 1]), field(filter), Buffer.from([1])),
    packet(0xa2, Buffer.from([0, 2]), field(filter)),
    packet(0x40, Buffer.from([0, 1])),
    packet(0xc0),
    packet(0xe0),
  ];
}

/** One to four mutations: bits, bytes, lengths, cuts, repeats, other packets' parts. Payloads are hit more often than headers. */
function damaged(seed: Buffer, other: Buffer, random: () => number): Buffer {
  let bytes = Buffer.from(seed);
  const place = (): number => Math.floor(random() * bytes.length);
  const inPayload = random() < 0.6; // the packet stays whole, so that its payload reaches the decoder
  for (let i = 0; i <= random() * 3; i++) {
    const at = inPayload
      ? Math.min(bytes.length - 1, 36 + Math.floor(random() * Math.max(1, bytes.length - 36)))
      : place();
    const kind = Math.floor(random() * (inPayload ? 3 : 7));
    if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    else if (kind === 1) bytes[at] = Math.floor(random() * 256);
    else if (kind === 2) bytes[at] = [0, 0x7f, 0x80, 0xff][Math.floor(random() * 4)] ?? 0;
    else if (kind === 3) bytes = bytes.subarray(0, at + 1);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(place())]);
    else if (kind === 5)
      bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(Math.floor(random() * other.length))]);
    else bytes[1] = Math.floor(random() * 256);
  }
  return bytes;
}
