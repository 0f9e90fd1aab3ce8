/** Why: a server process that a test can kill: the real broker over a directory, for the probe whose token's hash is given. */
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { readSettings } from '#lib/settings';
import { openState } from '#state';
import { brokerSettings } from '../../broker/config.ts';
import { startBroker } from '../../broker/index.ts';
import { noStores } from './no-stores.ts';

const [dir = '', probe = '', tokenSha256 = '', address = '127.0.0.1:0'] = process.argv.slice(2);
const state = openState({ path: ':memory:' });
state.registry.addProbe(probe, null, 0);
state.registry.setCredential(probe, Buffer.from(tokenSha256, 'hex'), 0);
const settings = readSettings(brokerSettings, {
  CARREL_DATA_DIR: dir,
  CARREL_MQTT: address,
  CARREL_MQTT_PLAIN: 'yes',
  CARREL_SPEED: 'off',
});
const broker = await startBroker({
  settings,
  state,
  log: silentLogger,
  clock: systemClock,
  startStores: noStores,
  limits: { packetsPerS: 1e6, bytesPerS: 1e9 },
});
process.stdout.write(`${broker.addresses().mqtt}\n`);
