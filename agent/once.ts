/** Why: a technician on site asks the probe itself what it sees: one sample, with units, and why what is missing is missing. */
import { METRICS, type MetricName } from '#contract';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import type { AgentConfig } from './config.ts';
import { createSampler } from './sampler.ts';
import type { Sensor, SensorContext } from './sensor.ts';
import { createWallClock } from './wall.ts';

export interface OneSample {
  at: string;
  clock: 'unknown' | 'synchronised' | 'corrected';
  values: Partial<Record<MetricName, { value: number | null; unit: string }>>;
  /** Sensors that cannot tell here, with the reason. */
  unavailable: Record<string, string>;
}

/** Rates and shares are differences, so two looks are taken, this far apart. Nothing is sent to the server. */
const BASELINE_MS = 1000;

export async function takeOne(deps: {
  config: AgentConfig;
  clock: Clock;
  log: Logger;
  sensors: (context: SensorContext) => Sensor[];
}): Promise<OneSample> {
  const { config, clock, log } = deps;
  const wall = createWallClock({ clock, root: config.root, trust: config.clock });
  const { host, port } = config.server?.broker ?? { host: 'localhost', port: 8883 };
  const sensors = deps.sensors({
    root: config.root,
    clock,
    wan: config.wan,
    targets: config.targets,
    broker: { host, port },
    brokerUp: () => null,
    zone: () => config.defaults.zone,
    stateDir: config.stateDir,
    log,
  });
  const sampler = createSampler({ sensors, wall, log, periodS: 60, onSample: () => undefined });
  try {
    await sampler.probeAll();
    await sampler.sampleNow();
    await new Promise((resolve) => setTimeout(resolve, BASELINE_MS));
    const { values } = await sampler.sampleNow();
    return {
      at: new Date(wall.wallMs()).toISOString(),
      clock: CLOCK_WORDS[wall.sync()],
      ...described(sensors, values, sampler.capabilities()),
    };
  } finally {
    sampler.stop();
  }
}

const CLOCK_WORDS = ['unknown', 'synchronised', 'corrected'] as const;

function described(
  sensors: readonly Sensor[],
  values: Partial<Record<MetricName, number | null>>,
  capabilities: ReadonlyMap<string, { available: boolean; why?: string }>,
): Pick<OneSample, 'values' | 'unavailable'> {
  const result: OneSample['values'] = {};
  const unavailable: Record<string, string> = {};
  for (const sensor of sensors) {
    const capability = capabilities.get(sensor.name);
    if (!capability?.available) {
      unavailable[sensor.name] = capability?.why ?? 'unknown';
      continue;
    }
    for (const name of sensor.metrics) result[name] = { value: values[name] ?? null, unit: METRICS[name].unit };
  }
  return { values: result, unavailable };
}
