/**
 * Why: a throughput test server by itself, on a machine near the libraries. It knows only the key that the main server signs leases with:
 * no database, no broker, no data of anybody. `CARREL_SPEED=0.0.0.0:4443 CARREL_SPEED_NAME=north CARREL_SPEED_KEY=... npm run speed-server`
 */
import { pino } from 'pino';
import { systemClock } from '#lib/clock';
import { isCarrelError } from '#lib/errors';
import { readSettings } from '#lib/settings';
import { stopOnSignals } from '#lib/shutdown';
import { brokerSettings } from '../broker/config.ts';
import { startStandalone } from '../broker/speed/standalone.ts';
import { serverSettings } from './config.ts';

const { CARREL_SPEED, CARREL_SPEED_NAME, CARREL_SPEED_KEY, CARREL_SPEED_UPLINK_MBPS, CARREL_SPEED_FOREIGN } =
  brokerSettings;
const table = {
  ...{ CARREL_SPEED, CARREL_SPEED_NAME, CARREL_SPEED_KEY, CARREL_SPEED_UPLINK_MBPS, CARREL_SPEED_FOREIGN },
  CARREL_LOG: serverSettings.CARREL_LOG,
};

async function main(): Promise<void> {
  const settings = readSettings(table, process.env);
  const log = pino({ level: settings.CARREL_LOG, base: null });
  const server = await startStandalone({ settings, clock: systemClock, log });
  stopOnSignals(server.stop, log);
  process.stdout.write(
    `Carrel test server ${settings.CARREL_SPEED_NAME} is running: ${server.address()}. Stop with Ctrl-C.\n`,
  );
}

main().catch((error: unknown) => {
  const text = isCarrelError(error) ? `${error.code}: ${error.message}` : String(error);
  process.stderr.write(`the test server did not start. ${text}\n`);
  process.exit(1);
});
