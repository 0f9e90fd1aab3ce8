/** Why: a test in another network namespace must be another process. Runs one throughput test as told by its argument and prints the outcome. */
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import type { ThroughputRequest } from '../../../agent/sensor.ts';
import { createThroughputSensor } from '../../../agent/sensors/throughput.ts';

const { wan, root, ...request } = JSON.parse(process.argv[2] ?? '') as Omit<ThroughputRequest, 'signal'> & {
  wan: string | null;
  root: string;
};
const sensor = createThroughputSensor({ root, clock: systemClock, wan, log: silentLogger });
console.log(JSON.stringify(await sensor.run({ ...request, signal: new AbortController().signal })));
