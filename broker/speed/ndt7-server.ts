/** Why: who may run an ndt7 test: whoever brings a lease, up to four streams of it; and strangers where a setting lets them, in small numbers. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '#lib/clock';
import {
  type Direction,
  type LeaseKind,
  leaseProofText,
  NDT7,
  type Ndt7Query,
  parseNdt7Target,
} from '../contract/index.ts';
import { judgeUpgrade, refuseUpgrade, type UpgradeRefusal, upgradeAnswer } from '../websocket.ts';
import { type Ndt7Stream, runNdt7Stream } from './ndt7-stream.ts';
import type { StepEnd } from './stats.ts';
import { macOf, same } from './ticket.ts';
import { admit, bytesLeft, shareOf, type Use, type Uses } from './uses.ts';

/** Strangers: none, those on this machine, or so many at once from anywhere. */
export type Foreign = 'off' | 'loopback' | number;
export interface Ndt7Deps {
  uses: Uses;
  clock: Clock;
  foreign: Foreign;
  /** What all strangers share, IP-layer Mb/s: what leases never book. */
  foreignMbps: number;
  refused(code: string): void;
  ended(step: StepEnd): void;
}
export interface Ndt7Server {
  upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void;
  foreigners(): number;
  stop(): void;
}

const LOOPBACK_AT_ONCE = 4;
/** Who is refused may read why. */
const REFUSED_MS = 2000;
const EARLY_EXIT_BYTES = 250e6;
const FOREIGN_BYTES = 1e9;
const LOOPBACK = /^(::ffff:)?127\.|^::1$/;

interface Refused {
  code: string;
  refusal: UpgradeRefusal;
}
const REFUSALS = {
  target: {
    code: 'NOT_FOUND',
    refusal: { status: '404 Not Found', what: 'throughput tests are at /ndt/v7/download and /ndt/v7/upload' },
  },
  exit: { code: 'EARLY_EXIT', refusal: { status: '400 Bad Request', what: 'early_exit is 250 or absent' } },
  token: {
    code: 'TOKEN',
    refusal: { status: '403 Forbidden', what: 'TOKEN: this lease was not given by this server, or not for this test' },
  },
  expired: {
    code: 'EXPIRED',
    refusal: { status: '403 Forbidden', what: 'EXPIRED: the lease is over or has not begun' },
  },
  used: {
    code: 'USED',
    refusal: { status: '403 Forbidden', what: 'USED: this stream of the lease was opened before' },
  },
  foreign: {
    code: 'NO_LEASE',
    refusal: { status: '403 Forbidden', what: 'NO_LEASE: this server tests with a lease only' },
  },
  busy: {
    code: 'BUSY',
    refusal: { status: '503 Service Unavailable', what: 'BUSY: come back later', headers: 'Retry-After: 60\r\n' },
  },
} as const satisfies Record<string, Refused>;

export function createNdt7Server(deps: Ndt7Deps): Ndt7Server {
  const { uses, clock, foreign, foreignMbps, refused, ended } = deps;
  const streams = new Set<Ndt7Stream>();
  let foreigners = 0;

  /** The lease that the parameter opens for this test. */
  function leaseOf(dir: Direction, lease: NonNullable<Ndt7Query['lease']>): Use | Refused {
    const use = uses.find(lease.token);
    if (use === 'TOKEN') return REFUSALS.token;
    if (use === 'EXPIRED') return REFUSALS.expired;
    const { ticket } = use;
    const mac = macOf(ticket.key, leaseProofText(dir, lease.stream, lease.token)).toString('base64url');
    const allowed = ticket.kinds.some((kind: LeaseKind) => kind !== 'udp') && ticket.dir === dir;
    if (!allowed || !same(mac, lease.mac)) return REFUSALS.token;
    return bytesLeft(use) > 0 && admit(use.streams, lease.stream) ? use : REFUSALS.used;
  }

  function runLeased(socket: Socket, head: Buffer, dir: Direction, query: Ndt7Query, use: Use): void {
    const finish = uses.begin(use);
    if (dir === 'down') {
      if (use.senders === 0) use.groupFromBytes = use.spentBytes;
      use.senders += 1;
    }
    let left = query.maxBytes ?? Infinity;
    const groupLeft = (): number => (query.allBytes ?? Infinity) - (use.spentBytes - use.groupFromBytes);
    const stream = runNdt7Stream({
      socket,
      head,
      dir,
      clock,
      bytesPerMs: () => shareOf(use, query.rateMbps ?? Infinity),
      bytesLeft: () => Math.min(left, groupLeft(), bytesLeft(use)),
      spent(ipBytes) {
        use.spentBytes += ipBytes;
        left -= ipBytes;
      },
      maxMs: Math.min(query.maxMs ?? NDT7.testMs, use.ticket.maxMs),
      foreign: false,
      ended({ ipBytes, watch }) {
        if (dir === 'down') use.senders -= 1;
        finish();
        streams.delete(stream);
        ended({ kind: `tcp-${dir}`, ipBytes, watch, deliveredShare: null });
      },
    });
    streams.add(stream);
  }

  function runForeign(socket: Socket, head: Buffer, dir: Direction, query: Ndt7Query): void {
    foreigners += 1;
    let left = query.earlyExit === 250 ? EARLY_EXIT_BYTES : FOREIGN_BYTES;
    const stream = runNdt7Stream({
      socket,
      head,
      dir,
      clock,
      bytesPerMs: () => (foreignMbps * 1e6) / 8 / 1000 / foreigners,
      bytesLeft: () => left,
      spent(ipBytes) {
        left -= ipBytes;
      },
      maxMs: NDT7.testMs,
      foreign: true,
      ended({ ipBytes, watch }) {
        foreigners -= 1;
        streams.delete(stream);
        ended({ kind: `tcp-${dir}`, ipBytes, watch, deliveredShare: null });
      },
    });
    streams.add(stream);
  }

  function strangerRefused(socket: Socket): Refused | null {
    if (foreign === 'off') return REFUSALS.foreign;
    if (foreign === 'loopback' && !LOOPBACK.test(socket.remoteAddress ?? '')) return REFUSALS.foreign;
    return foreigners >= (foreign === 'loopback' ? LOOPBACK_AT_ONCE : foreign) ? REFUSALS.busy : null;
  }

  return {
    upgrade(request, socket, head) {
      const refuse = ({ code, refusal }: Refused): void => {
        refused(code);
        refuseUpgrade(socket, refusal);
        // It is no request any more, so that no time limit of HTTP holds.
        const cut = setTimeout(() => socket.destroy(), REFUSED_MS);
        socket.resume().on('close', () => clearTimeout(cut));
      };
      const target = parseNdt7Target(request.url ?? '');
      const key = judgeUpgrade(request, NDT7.protocol);
      if (!target) return refuse(REFUSALS.target);
      if (typeof key !== 'string') return refuse({ code: 'UPGRADE', refusal: key });
      const { dir, query } = target;
      if (query.earlyExit === 'invalid') return refuse(REFUSALS.exit);
      const use = query.lease ? leaseOf(dir, query.lease) : strangerRefused(socket);
      if (use && 'code' in use) return refuse(use);
      socket.write(upgradeAnswer(key, NDT7.protocol));
      if (use) runLeased(socket, head, dir, query, use);
      else runForeign(socket, head, dir, query);
    },
    foreigners: () => foreigners,
    stop() {
      for (const stream of [...streams]) stream.close();
    },
  };
}
