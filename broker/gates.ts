/** Why: all connections together: which probe is behind which, who waits for the wal, whose clock has run out. */
import type { Duplex } from 'node:stream';
import type { Aedes, Client } from 'aedes';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import { judgeConnect } from './access.ts';
import { accept, flush, type Gate, type GateDeps, openGate, tick, unsentBytes } from './gate.ts';
import { createRates } from './gate-rate.ts';
import type { PresenceTable } from './presence.ts';
import { createTurnClock } from './turn-clock.ts';
import type { Wal } from './wal.ts';

export interface Gates {
  /** A new connection, plain or after its TLS handshake; from where it came. */
  enter(socket: Duplex, address: string): void;
  /** From where this client came. */
  addressOf(client: Client): string;
  /** To be called when the credential was right, before an older connection of the same probe is closed. */
  admitted(client: Client): void;
  unsentBytes(client: Client): number;
  /** Cuts the probe's connection now; false when there is none. */
  disconnect(probe: string): boolean;
  connections(): number;
  takeovers(): number;
  /** Probes whose id two devices fight over: more than three takeovers within the last minute. */
  cloned(): string[];
  /** Cuts all connections. */
  stop(): void;
}
export interface GatesDeps extends Pick<GateDeps, 'limits' | 'refused' | 'accepted'> {
  aedes: Aedes;
  wal: Wal;
  presence: PresenceTable;
  clock: Clock;
  log: Logger;
}

const TICK_MS = 1000;
const CLONE_TAKEOVERS = 3;
const CLONE_MS = 60_000;

export function createGates(deps: GatesDeps): Gates {
  const { aedes, wal, presence, clock, log } = deps;
  const gates = new Set<Gate>();
  const byConn = new WeakMap<object, Gate>();
  const addresses = new WeakMap<object, string>();
  const byProbe = new Map<string, Gate>();
  /** Admitted connections that are about to replace an older one. */
  const arriving = new Map<string, Client>();
  const takeoverTimes = new Map<string, number[]>();
  /** For the wal; for the end of this turn of the event loop. */
  let waiting: Gate[] = [];
  let due: Gate[] = [];
  let turnEnd: NodeJS.Immediate | undefined;
  let takeovers = 0;
  const rates = createRates(deps.limits);
  const gateDeps: GateDeps = {
    wal,
    rates,
    limits: deps.limits,
    clock: createTurnClock(clock),
    judgeConnect,
    refused: deps.refused,
    accepted: deps.accepted,
    seen: presence.seen,
    waiting(gate) {
      // Durable already: PUBACKs go out together when all sockets of this turn were read, since each one may wake up who waits for it.
      if (gate.owed.length === 0 || gate.lastPosition >= wal.durableEnd()) return void waiting.push(gate);
      due.push(gate);
      turnEnd ??= setImmediate(endTurn);
    },
  };
  function endTurn(): void {
    turnEnd = undefined;
    const ready = due;
    due = [];
    for (const gate of ready) flush(gate);
  }
  const stopWaiting = wal.onChange(() => {
    const ready = waiting;
    waiting = [];
    for (const gate of ready) flush(gate);
  });
  let tickedMs = clock.monoMs();
  const timer = setInterval(() => {
    const nowMs = clock.monoMs();
    const heldUp = nowMs - tickedMs > 2 * TICK_MS;
    tickedMs = nowMs;
    // After a pause of the whole process the timer comes before the sockets: what clients sent meanwhile must be read first.
    if (!heldUp) for (const gate of gates) tick(gate);
    rates.forget(nowMs);
  }, TICK_MS);
  timer.unref();

  aedes.on('connackSent', (packet, client) => {
    const gate = byConn.get(client.conn);
    if (!gate || packet.returnCode !== 0) return;
    byProbe.set(client.id, gate);
    if (arriving.get(client.id) === client) arriving.delete(client.id);
    presence.connected(client.id);
  });
  // Not at the CONNACK: aedes asks for more once before it is done with the CONNECT.
  aedes.on('clientReady', (client) => {
    const gate = byConn.get(client.conn);
    if (gate) accept(gate, client.id);
  });
  aedes.on('clientDisconnect', (client) => {
    const gate = byConn.get(client.conn);
    if (gate && byProbe.get(client.id) === gate) byProbe.delete(client.id);
    if (arriving.get(client.id) === client) arriving.delete(client.id);
    // Another connection of the same probe stands or is just coming: the probe was never away.
    if (!byProbe.has(client.id) && !arriving.has(client.id)) presence.disconnected(client.id, !gate?.goodbye);
  });

  function noteTakeover(probe: string): void {
    takeovers += 1;
    const nowMs = clock.monoMs();
    const recent = (takeoverTimes.get(probe) ?? []).filter((at) => nowMs - at < CLONE_MS);
    recent.push(nowMs);
    takeoverTimes.set(probe, recent);
    if (recent.length === CLONE_TAKEOVERS + 1)
      log.warn({ probe }, 'two devices use the same credential and cut each other off: issue a new one');
  }

  return {
    enter(socket, address) {
      const gate = openGate(socket, gateDeps);
      const { conn } = gate.aedes;
      gates.add(gate);
      conn.on('close', () => {
        gates.delete(gate);
      });
      byConn.set(conn, gate);
      addresses.set(conn, address);
      aedes.handle(conn);
    },
    admitted(client) {
      arriving.set(client.id, client);
      if (byProbe.has(client.id)) noteTakeover(client.id);
    },
    addressOf: (client) => addresses.get(client.conn) ?? '',
    unsentBytes(client) {
      const gate = byConn.get(client.conn);
      return gate ? unsentBytes(gate) : 0;
    },
    disconnect(probe) {
      const client = arriving.get(probe); // admitted, but its CONNACK is still on the way
      const found = [byProbe.get(probe), client && byConn.get(client.conn)].filter((gate) => gate !== undefined);
      for (const gate of found) gate.aedes.conn.destroy();
      return found.length > 0;
    },
    connections: () => gates.size,
    takeovers: () => takeovers,
    cloned() {
      const nowMs = clock.monoMs();
      for (const [probe, times] of takeoverTimes)
        if (nowMs - (times.at(-1) ?? 0) >= CLONE_MS) takeoverTimes.delete(probe);
      return [...takeoverTimes].filter(([, times]) => times.length > CLONE_TAKEOVERS).map(([probe]) => probe);
    },
    stop() {
      clearInterval(timer);
      clearImmediate(turnEnd);
      stopWaiting();
      for (const gate of gates) gate.aedes.conn.destroy();
    },
  };
}
