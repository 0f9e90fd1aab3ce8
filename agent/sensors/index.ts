/** Why: the front door of everything that measures on this machine. */
import type { Sensor, SensorContext } from '../sensor.ts';
import { createHostSensor } from './host.ts';
import { createLatencySensor } from './latency.ts';
import { openPath, type PathOptions } from './path.ts';
import { createReachabilitySensor } from './reachability.ts';
import { createUsageSensor } from './usage.ts';
import { createWanSensor } from './wan.ts';

export { createThroughputSensor } from './throughput.ts';

/** All sensors that are read at each slot. Reachability and latency share one path, so that the line carries each handshake once. */
export function createSensors(context: SensorContext, options: PathOptions = {}): Sensor[] {
  const path = openPath(context, options);
  const latency = createLatencySensor(path);
  return [
    createHostSensor(context),
    createWanSensor(context),
    createReachabilitySensor(context, path),
    { ...latency, stop: () => path.close() },
    createUsageSensor(context),
  ];
}
