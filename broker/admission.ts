/**
 * Why: how many connections may stand, and how fast new ones come in. A TLS handshake costs 1.1 ms of a core and a CONNECT 0.3 ms, so
 * that 1,200 probes that come back at once, or somebody who only connects, would hold up every acknowledgement. Who comes too fast
 * waits, accepted by the system but not read, and is served in turn; only above the cap is anybody turned away.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '#lib/clock';

export type AdmissionRefusal = 'CONNECTIONS_FULL';
export interface AdmissionDeps {
  /** Connections that may stand at once, of all doors together; those that wait count. */
  connections: number;
  clock: Clock;
  refused(reason: AdmissionRefusal): void;
}
/** The arrivals of one listener. */
export interface Door {
  /** Calls `enter` when it is the connection's turn, at once or later; destroys it where there is no room. */
  arrive(socket: Duplex, enter: () => void): void;
}
export interface Admission {
  /** A door that lets in `perS` connections per second. */
  door(perS: number): Door;
  /** Lets nobody in any more, and cuts all that stand. */
  stop(): void;
}
interface Arrival {
  socket: Duplex;
  enter: () => void;
}

const TICK_MS = 10;
/** A door that was quiet lets in what comes within this time at once: enough for a start, short for the event loop. */
const BURST_MS = 25;

export function createAdmission({ connections, clock, refused }: AdmissionDeps): Admission {
  const standing = new Set<Duplex>();
  const stops = new Set<() => void>();
  function leave(this: Duplex): void {
    standing.delete(this);
  }

  function openDoor(perS: number): Door {
    const burst = Math.max(1, (perS * BURST_MS) / 1000);
    let waiting: Arrival[] = [];
    let tokens = burst;
    let refilledMs = clock.monoMs();
    let timer: NodeJS.Timeout | undefined;
    stops.add(() => {
      clearTimeout(timer);
      waiting = [];
    });

    function letIn(): void {
      const nowMs = clock.monoMs();
      tokens = Math.min(burst, tokens + ((nowMs - refilledMs) / 1000) * perS);
      refilledMs = nowMs;
      const next = waiting.splice(0, Math.floor(tokens)).filter(({ socket }) => !socket.destroyed);
      tokens -= next.length;
      clearTimeout(timer);
      timer = waiting.length > 0 ? setTimeout(letIn, TICK_MS) : undefined;
      for (const { enter } of next) enter();
    }

    return {
      arrive(socket, enter) {
        socket.on('error', destroyThis);
        if (standing.size >= connections) {
          refused('CONNECTIONS_FULL');
          socket.destroy();
          return;
        }
        standing.add(socket);
        socket.on('close', leave);
        waiting.push({ socket, enter });
        if (!timer) letIn();
      },
    };
  }

  return {
    door: openDoor,
    stop() {
      for (const stop of stops) stop();
      for (const socket of standing) socket.destroy();
    },
  };
}

/** One for all: there are ten thousand sockets. */
function destroyThis(this: Duplex): void {
  this.destroy();
}
