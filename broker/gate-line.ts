/** Why: what the gate knows of one connection, and the few things that it does to one. Plain data: there are ten thousand of them. */
import type { Duplex } from 'node:stream';
import type { AedesSide } from './gate-aedes.ts';
import type { Framer } from './gate-framer.ts';
import type { FrameLine } from './gate-frames.ts';
import type { ConnectHead, PacketRefusal } from './gate-packet.ts';
import type { GateLimits, Rates } from './gate-rate.ts';
import type { TurnClock } from './turn-clock.ts';
import type { Wal } from './wal.ts';

/** Why the gate ended a connection, or did not store a payload. */
export type GateRefusal =
  | PacketRefusal
  | 'PACKET_TOO_LARGE'
  | 'NOT_CONNECT'
  | 'SECOND_CONNECT'
  | 'CONNECT_TIMEOUT'
  | 'PACKET_TIMEOUT'
  | 'KEEPALIVE'
  | 'PROTOCOL_VERSION'
  | 'CLIENT_ID'
  | 'WILL'
  | 'FRAME_RETAINED'
  | 'FRAME_ENCODING';
export interface GateDeps {
  wal: Pick<Wal, 'append' | 'durableEnd'>;
  rates: Rates;
  limits: GateLimits;
  clock: TurnClock;
  refused(reason: GateRefusal): void;
  /** A CONNACK code other than 0 refuses before aedes is asked. */
  judgeConnect(connect: ConnectHead): { code: number; reason: GateRefusal } | null;
  accepted(frames: number): void;
  /** Frames wait for the wal: call `flush` when it has become durable. */
  waiting(gate: Gate): void;
  /** Packets of an accepted probe have come; at most once a second. */
  seen(probe: string): void;
}
export interface Gate extends FrameLine, Framer {
  readonly deps: GateDeps;
  readonly socket: Duplex;
  readonly aedes: AedesSide;
  /** `asked`: the CONNECT has come; `open`: the CONNACK was sent. */
  state: 'new' | 'asked' | 'open';
  /** Bits of STOP; 0 when it is read. */
  stops: number;
  /** It ended, or was ended. */
  cut: boolean;
  /** The client said so. */
  goodbye: boolean;
  /** `waiting` was told. */
  queued: boolean;
  /** Message ids of QoS 2 frames that wait for their PUBREL; aedes cuts the connection at 20. */
  halfDone: Set<number> | null;
  /** Monotonic, ms. */
  times: { opened: number; lastPacket: number; seen: number };
  keepaliveMs: number;
  rateTimer: NodeJS.Timeout | undefined;
}

/** Why a connection is not read. */
export const STOP = { connack: 1, rate: 2, wal: 4, aedes: 8, unsent: 16 } as const;

/** What it sends from now on stays in the kernel. */
export function stopReading(gate: Gate, why: number): void {
  gate.stops |= why;
  gate.socket.pause();
}

/** Ends the connection; the packet that caused it counts as done. */
export function refuse(gate: Gate, reason: GateRefusal): true {
  gate.deps.refused(reason);
  gate.aedes.conn.destroy();
  return true;
}

/** Hands the packet to aedes; the next one waits until it has dealt with it. */
export function pass(gate: Gate, packet: Buffer): true {
  stopReading(gate, STOP.aedes);
  gate.aedes.give(packet);
  return true;
}
