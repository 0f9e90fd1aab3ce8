/** Why: agents of before ndt7 open their test by one line (`contract/speed.ts`). Served as long as some are there. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '#lib/clock';
import {
  IP_PER_TCP_PAYLOAD,
  parseSpeedGreeting,
  SPEED_LIMITS,
  type SpeedError,
  speedErrorLine,
} from '../contract/index.ts';
import type { StepEnd } from './stats.ts';
import { admit, bytesLeft, shareOf, type Use, type Uses } from './uses.ts';
import { createPacer } from './watch.ts';

const TICK_MS = 5;
const CATCH_UP_MS = 20;
const UNSENT_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;
const NOISE = randomBytes(1024 * 1024);
/** No error line starts with this byte. */
const FIRST = Buffer.from([0x00]);

export interface GreetingDeps {
  uses: Uses;
  clock: Clock;
  refused(code: string): void;
  ended(step: StepEnd): void;
}

/** Answers the line; `line` undefined: it was none. */
export function greet(socket: Socket, line: string | undefined, deps: GreetingDeps): void {
  const token = line === undefined ? undefined : parseSpeedGreeting(line);
  const use = token === undefined ? 'BAD_GREETING' : useOf(token, deps.uses);
  if (typeof use !== 'string') stream(socket, use, deps);
  else refuseLine(socket, use, deps.refused);
}

export function refuseLine(socket: Socket, code: SpeedError, refused: (code: string) => void): void {
  refused(code);
  socket.end(speedErrorLine(code));
  socket.setTimeout(1000, () => socket.destroy());
}

function useOf(token: string, uses: Uses): Use | SpeedError {
  const use = uses.find(token);
  if (use === 'TOKEN') return 'BAD_TOKEN';
  if (use === 'EXPIRED') return 'EXPIRED';
  if (!use.ticket.kinds.includes('tcp') || use.ticket.dir !== 'down') return 'BAD_TOKEN';
  return admit(use.streams, 0) ? use : 'USED';
}

/** Sends until the lease's bytes or time are used up, or the client has seen enough. Bytes are payload, as these agents count. */
function stream(socket: Socket, use: Use, { uses, clock, ended }: GreetingDeps): void {
  const startMs = clock.monoMs();
  const finish = uses.begin(use);
  const maxBytes = bytesLeft(use);
  const pacer = createPacer({ startMs, tickMs: TICK_MS, catchUpMs: CATCH_UP_MS, paced: true });
  let sent = 0;
  use.senders += 1;
  const tick = (): void => {
    const nowMs = clock.monoMs();
    let due = Math.min(pacer.due(nowMs, shareOf(use, Infinity)) + (sent === 0 ? 1500 : 0), maxBytes - sent);
    while (due >= 1 && socket.writableLength < UNSENT_BYTES) {
      const size = Math.min(due, CHUNK_BYTES);
      const from = 1 + ((sent * 7) % (NOISE.length - CHUNK_BYTES - 1));
      const chunk = NOISE.subarray(from, from + size);
      socket.write(sent === 0 ? Buffer.concat([FIRST, chunk.subarray(1)]) : chunk);
      sent += chunk.length;
      due -= size;
    }
    if (nowMs - startMs < Math.min(use.ticket.maxMs, SPEED_LIMITS.leaseMs) && sent < maxBytes) return;
    clearInterval(timer);
    socket.end();
  };
  const timer = setInterval(tick, TICK_MS);
  socket.on('close', () => {
    clearInterval(timer);
    use.senders -= 1;
    use.spentBytes += Math.round(sent * IP_PER_TCP_PAYLOAD);
    finish();
    ended({
      kind: 'tcp-down',
      ipBytes: Math.round(sent * IP_PER_TCP_PAYLOAD),
      watch: pacer.watch(),
      deliveredShare: null,
    });
  });
  // The last bytes may be on their way for a while on a slow line; then the slot is wanted back.
  socket.setTimeout(use.ticket.maxMs + 5000, () => socket.destroy());
  tick();
}
