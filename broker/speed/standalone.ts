/** Why: one test server without a broker: what a lease allows stands in its token, so nothing but the shared key is needed. */
import type { Clock } from '#lib/clock';
import { CarrelError } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { BrokerSettings } from '../config.ts';
import { listenOr } from '../listeners.ts';
import { startSpeedServer } from './server.ts';
import { createTickets } from './ticket.ts';

export interface StandaloneDeps {
  settings: Pick<
    BrokerSettings,
    'CARREL_SPEED' | 'CARREL_SPEED_NAME' | 'CARREL_SPEED_KEY' | 'CARREL_SPEED_UPLINK_MBPS' | 'CARREL_SPEED_FOREIGN'
  >;
  clock: Clock;
  log: Logger;
}

/** What happened is logged this often, where something did. */
const LOG_MS = 600_000;

/** Listens when it resolves. @throws CarrelError SETTING_INVALID, PORT_IN_USE, ADDRESS_UNUSABLE */
export async function startStandalone({
  settings,
  clock,
  log,
}: StandaloneDeps): Promise<{ address(): string; stop(): Promise<void> }> {
  const { CARREL_SPEED: address, CARREL_SPEED_KEY: key, CARREL_SPEED_NAME: name } = settings;
  const missing = address === null ? 'CARREL_SPEED' : key === undefined ? 'CARREL_SPEED_KEY' : null;
  if (address === null || key === undefined)
    throw new CarrelError(
      'SETTING_INVALID',
      `${missing} is not set, and a test server by itself needs it: the key is the main server's`,
      {
        setting: missing ?? '',
      },
    );
  const server = await listenOr('CARREL_SPEED', address, () =>
    startSpeedServer({
      address,
      tickets: createTickets(key, name),
      clock,
      foreign: settings.CARREL_SPEED_FOREIGN,
      foreignMbps: settings.CARREL_SPEED_UPLINK_MBPS * 0.2,
    }),
  );
  let logged = 0;
  const timer = setInterval(() => {
    const { streams, running, bytes, limited, refused, paceKept, cpuPct } = server.stats();
    if (streams === logged) return;
    logged = streams;
    log.info({ streams, running, bytes, limited, refused, paceKept, cpuPct }, 'tests served');
  }, LOG_MS);
  timer.unref();
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return {
    address: () => `tcp://${host}:${server.port()}`,
    async stop() {
      clearInterval(timer);
      await server.stop();
    },
  };
}
