/** Why: the front door of the agent: what it is started with, and what may be asked of it while it runs. */
import type { Frame } from '#contract';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import type { AgentConfig } from './config.ts';
import { startDelivering } from './delivering.ts';
import { startPrinting } from './printing.ts';
import type { Sensor, SensorContext, ThroughputSensor } from './sensor.ts';
import type { UplinkOptions } from './uplink.ts';
import { createWallClock, type WallClock } from './wall.ts';

export interface AgentDeps {
  config: AgentConfig;
  log: Logger;
  clock: Clock;
  /** Instead of this machine's own. */
  sensors?: (context: SensorContext) => Sensor[];
  throughput?: (context: SensorContext) => ThroughputSensor;
  /** Program that prints inventory facts; null for none. */
  inventory?: string | null;
  /** `--dry-run`: frames go here instead of to the server; nothing is written or sent. */
  print?: (frame: Frame) => void;
  /** Of reconnects; see `UplinkOptions`. */
  pace?: UplinkOptions['pace'];
}
export type WiredDeps = AgentDeps & { wall: WallClock };

export interface Agent {
  /** Id of this run, as in its frames. */
  readonly run: string;
  /** SIGUSR1: a sample now, and a new connection. */
  nudge(): void;
  /** Delivers what it can, keeps the rest, says goodbye; within 8 s. */
  stop(): Promise<void>;
}

/** Starts measuring, and delivering where a server is configured. */
export async function startAgent(deps: AgentDeps): Promise<Agent> {
  const { config, clock, print } = deps;
  const wired = { ...deps, wall: createWallClock({ clock, root: config.root, trust: config.clock }) };
  if (print || !config.server) return startPrinting(wired, print ?? (() => undefined));
  return startDelivering(wired, config.server);
}

/** What sensors are given. */
export function contextOf(
  { config, clock, log }: AgentDeps,
  brokerUp: () => boolean | null,
  zone: () => string,
  metered: () => boolean,
): SensorContext {
  const { host, port } = config.server?.broker ?? { host: 'localhost', port: 8883 };
  return {
    root: config.root,
    clock,
    wan: config.wan,
    targets: config.targets,
    broker: { host, port },
    brokerUp,
    zone,
    metered,
    stateDir: config.stateDir,
    log,
  };
}
