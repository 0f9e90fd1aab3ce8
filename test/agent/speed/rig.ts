/** Why: the real test server of this repository, a key to issue leases with, and a relay that loses what a test wants lost. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import type { LeaseGrant, LeaseKind } from '#contract';
import { systemClock } from '#lib/clock';
import { type SpeedServer, startSpeedServer } from '../../../broker/speed/server.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';

const tickets = createTickets('a secret of this test', 'main');
let issued = 0;

export interface Rig {
  server: SpeedServer;
  grant(over?: Partial<LeaseGrant>): LeaseGrant;
}

export async function speedRig(
  host = '127.0.0.1',
  end: (stop: () => Promise<void>) => void = onTestFinished,
): Promise<Rig> {
  const server = await startSpeedServer({ address: { host, port: 0 }, tickets, clock: systemClock });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= server.stop());
  end(stop);
  return {
    server: { ...server, stop },
    grant(over = {}) {
      issued += 1;
      const kinds: readonly LeaseKind[] = over.kinds ?? ['udp', 'tcp', 'full'];
      const common = { id: `w${process.pid}-${issued}`, kinds, dir: over.dir ?? 'down' } as const;
      const bounds = { maxBytes: over.max_bytes ?? 40e6, maxMs: over.max_ms ?? 10_000 };
      const expires = systemClock.wallMs() + 60_000;
      const paceMbps = over.pace_mbps ?? 36;
      return {
        ...tickets.issue({ ...common, ...bounds, probe: 'debeikiai-1', paceMbps, notBefore: 0, expires }),
        ...{ ...common, host: null, port: server.port(), udp_port: server.udpPort(), not_before: 0, expires },
        ...{ max_bytes: bounds.maxBytes, max_ms: bounds.maxMs, pace_mbps: paceMbps, server: 'rig', alternative: null },
        ...over,
      };
    },
  };
}

/** A router on the way to `port` that forgets who talks to whom: what goes on comes from another port of it, and nothing comes back. */
export async function forgetfulRouter(port: number): Promise<{ port: number; forget(): void }> {
  const near = createSocket('udp4');
  let client = 0;
  const outside = (): ReturnType<typeof createSocket> =>
    createSocket('udp4').on('message', (bytes) => near.send(bytes, client, '127.0.0.1'));
  let far = outside();
  near.on('message', (bytes, from) => {
    client = from.port;
    far.send(bytes, port, '127.0.0.1');
  });
  near.bind(0, '127.0.0.1');
  await once(near, 'listening');
  onTestFinished(() => {
    near.close();
    far.close();
  });
  return {
    port: near.address().port,
    forget() {
      far.close();
      far = outside();
    },
  };
}

/** A way to `port` that loses each datagram that `loses` says: its direction, its type and how many of that type came before. */
export async function lossyRelay(
  port: number,
  loses: (way: 'up' | 'down', type: number, before: number) => boolean,
): Promise<number> {
  const [near, far] = [createSocket('udp4'), createSocket('udp4')];
  const seen = new Map<string, number>();
  let client = 0;
  const lost = (way: 'up' | 'down', bytes: Uint8Array): boolean => {
    const type = (bytes[1] ?? 0) & 0x0f;
    const before = seen.get(`${way}${type}`) ?? 0;
    seen.set(`${way}${type}`, before + 1);
    return loses(way, type, before);
  };
  near.on('message', (bytes, from) => {
    client = from.port;
    if (!lost('up', bytes)) far.send(bytes, port, '127.0.0.1');
  });
  far.on('message', (bytes) => {
    if (!lost('down', bytes)) near.send(bytes, client, '127.0.0.1');
  });
  near.bind(0, '127.0.0.1');
  far.bind(0, '127.0.0.1');
  await Promise.all([once(near, 'listening'), once(far, 'listening')]);
  onTestFinished(() => {
    near.close();
    far.close();
  });
  return near.address().port;
}
