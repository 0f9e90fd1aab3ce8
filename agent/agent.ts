/** Why: the agent as a whole: opens its parts in order, connects what one tells to what another does, and closes them in reverse. */
import { join } from 'node:path';
import type { DesiredConfig, Frame } from '#contract';
import type { Clock } from '#lib/clock';
import { isObject, textIn } from '#contract';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { createBudget } from './budget.ts';
import { createCalendar, type Calendar } from './calendar.ts';
import { createCommands, type Commands } from './commands.ts';
import type { AgentConfig, ServerAccess } from './config.ts';
import { createDrain, type Drain } from './drain.ts';
import { inventoryFacts, readIdentity, runInventory } from './facts.ts';
import { createFramer, type Framer } from './framer.ts';
import { createKept } from './kept.ts';
import { createLeaseDesk } from './lease.ts';
import { createOutageWatch } from './outage.ts';
import { createSampler, type Sample, type Sampler } from './sampler.ts';
import type { Sensor, SensorContext, ThroughputSensor } from './sensor.ts';
import { createSensors, createThroughputSensor } from './sensors/index.ts';
import { createSelfSensor } from './self.ts';
import { openSpool, type Spool } from './spool.ts';
import { createTester, type Tester } from './tests.ts';
import { createUplink, type Uplink, type UplinkOptions } from './uplink.ts';
import { AGENT_VERSION } from './version.ts';
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
  pace?: UplinkOptions['pace'];
}
export interface Agent {
  readonly run: string;
  /** SIGUSR1: a sample now, and a new connection. */
  nudge(): void;
  /** Delivers what it can, keeps the rest, says goodbye; within 8 s. */
  stop(): Promise<void>;
}

/** Starts measuring and delivering. @throws CarrelError SETTING_MISSING where it must deliver and does not know where */
export async function startAgent(deps: AgentDeps): Promise<Agent> {
  const { config, log } = deps;
  const wall = createWallClock({ clock: deps.clock, root: config.root, trust: config.clock });
  return deps.print || !config.server ? startPrinting({ ...deps, wall }) : startDelivering({ ...deps, wall, server: config.server, log });
}

type WithWall = AgentDeps & { wall: WallClock };

function contextOf({ config, clock, log }: AgentDeps, brokerUp: () => boolean | null, zone: () => string): SensorContext {
  const { host, port } = config.server?.broker ?? { host: 'localhost', port: 8883 };
  return { root: config.root, clock, wan: config.wan, targets: config.targets, broker: { host, port }, brokerUp, zone, stateDir: config.stateDir, log };
}

/** Everything but the network to the server and the disk. */
async function startPrinting(deps: WithWall): Promise<Agent> {
  const { config, wall, log, print = () => undefined } = deps;
  const settings = { ...config.defaults };
  const framer = createFramer({ wall, batch: settings.batch, takeLost: () => [], onFrame: (_, frame) => print(frame) });
  const context = contextOf(deps, () => null, () => settings.zone);
  const self = createSelfSensor({ bytes: () => 0, waitingFrames: () => 0 });
  const sampler = createSampler({ sensors: [...(deps.sensors ?? createSensors)(context), self], wall, log, periodS: settings.sample_s, onSample: framer.sample });
  await sampler.probeAll();
  framer.event({ kind: 'boot', agent: AGENT_VERSION, node: process.version, reboot: false, ...readIdentity(config.root) }, 'next');
  firstSample(sampler, framer, () => undefined);
  wall.start();
  sampler.start();
  return {
    run: framer.run,
    nudge: () => firstSample(sampler, framer, () => undefined),
    async stop() {
      sampler.stop();
      wall.stop();
      framer.flush();
    },
  };
}

/** Told at once, so that a probe that was just plugged in is seen on the page at once. */
function firstSample(sampler: Sampler, framer: Framer, seen: (sample: Sample) => void): void {
  void sampler.sampleNow().then((sample) => {
    seen(sample);
    framer.sample(sample);
    framer.flush();
  });
}

interface Parts { spool: Spool; uplink: Uplink; drain: Drain; framer: Framer; sampler: Sampler; tester: Tester; commands: Commands; calendar: Calendar }

async function startDelivering(deps: WithWall & { server: ServerAccess }): Promise<Agent> {
  const { config, wall, log, server } = deps;
  const kept = (name: string) => createKept(join(config.stateDir, name), log);
  let settings: DesiredConfig = { ...config.defaults };
  const budget = createBudget(kept('budget.json'));
  const outages = createOutageWatch();
  const parts: Partial<Parts> = {};

  const spool = await openSpool({ dir: join(config.stateDir, 'spool'), capBytes: config.spoolBytes, monoMs: wall.monoMs, log, onMore: () => parts.drain?.pump() });
  const framer = createFramer({ wall, batch: settings.batch, takeLost: spool.takeLost, onFrame: (frame) => spool.add(frame) });
  const uplink = createUplink({
    server, run: framer.run, wall, log, pace: deps.pace, keepaliveS: () => config.keepaliveS ?? (settings.profile === 'default' ? 120 : 900),
    events: {
      up() {
        spool.online();
        commands.report();
      },
      down: () => spool.offline(),
      message(kind, text) {
        if (kind === 'desired') commands.receive(text);
        else if (kind === 'lease/grant' || kind === 'lease/deny') desk.answer(kind, text);
      },
    },
  });
  const drain = createDrain({ spool, uplink, monoMs: wall.monoMs, framesPerS: 10 });
  parts.drain = drain;
  const desk = createLeaseDesk({ uplink, serverTime: wall.correct });
  const context = contextOf(deps, uplink.connected, () => settings.zone);
  const tester = createTester({
    throughput: (deps.throughput ?? createThroughputSensor)(context), desk, budget, wall, log, speed: config.speed, brokerHost: server.broker.host,
    settings: () => ({ targetMbps: settings.target_mbps, budgetMb: settings.budget_mb }),
    onOutcome: (outcome) => framer.event(outcome, 'now'),
  });
  const self = createSelfSensor({ bytes: () => uplink.bytes() + budget.spentSinceStart(), waitingFrames: spool.count });
  const sampler = createSampler({ sensors: [...(deps.sensors ?? createSensors)(context), self], wall, log, periodS: settings.sample_s, onSample });
  const calendar = createCalendar({
    probe: server.id, wallMs: wall.wallMs, log, onNight: () => void tellInventory(),
    onTest: () => void tester.run({ reason: 'slot', job: null, stillWanted: () => true, started: () => undefined }),
  });
  const commands = createCommands({
    keptDesired: kept('desired.json'), keptJobs: kept('jobs.json'), wall, log, apply, runTest: tester.run,
    send: (text) => uplink.publish('reported', text, () => undefined, true),
  });

  function watch(sample: Sample): void {
    const outage = outages.see(sample);
    if (!outage) return;
    framer.event({ kind: 'outage', from: outage.from, first_failure: outage.first_failure }, 'next', outage.to);
    framer.flush();
    // The line is back but the connection may wait minutes for its next attempt.
    if (!uplink.connected()) uplink.kick();
  }
  function onSample(sample: Sample): void {
    watch(sample);
    framer.sample(sample);
  }
  function adopt(desired: DesiredConfig): void {
    settings = { ...desired, ...config.pinned };
    sampler.setPeriod(settings.sample_s);
    framer.setBatch(settings.batch);
    drain.setRate(settings.profile === 'default' ? 10 : 2);
    followCalendar();
  }
  function apply(desired: DesiredConfig): string | null {
    if (!knowsZone(desired.zone)) return `the time zone ${desired.zone} is not known here`;
    adopt(desired);
    return null;
  }
  function followCalendar(): void {
    void calendar.follow(wall.sync() === 0 ? null : { zone: settings.zone, opening: settings.opening, testsPerDay: settings.tests_per_day });
  }
  async function tellInventory(): Promise<void> {
    await sampler.probeAll();
    const facts = await runInventory(deps.inventory ?? null, log);
    framer.event({ kind: 'inventory', facts: inventoryFacts(facts, config.root, sampler.capabilities()) }, 'next');
  }
  wall.listen({
    stepped(stepMs) {
      log.warn({ step_ms: stepMs }, 'the wall clock stepped');
      framer.event({ kind: 'clock', step_ms: stepMs }, 'next');
      sampler.realign();
      followCalendar();
    },
    syncChanged(sync) {
      log.info({ sync }, sync === 0 ? 'the clock is not to be trusted' : 'the clock is trusted');
      sampler.realign();
      followCalendar();
    },
  });

  uplink.start();
  await sampler.probeAll();
  const keptBoot = kept('boot.json');
  framer.event({ kind: 'boot', agent: AGENT_VERSION, node: process.version, reboot: isOtherBoot(keptBoot.read(), wall.boot), ...readIdentity(config.root) }, 'next');
  keptBoot.write({ boot: wall.boot });
  adopt(commands.desired() ?? config.defaults);
  firstSample(sampler, framer, watch);
  wall.start();
  sampler.start();
  const inventoryTimer = setTimeout(() => { tellInventory().catch((error: unknown) => log.warn({ error: messageOf(error) }, 'no inventory this time')); }, INVENTORY_AFTER_MS);

  return {
    run: framer.run,
    nudge() {
      firstSample(sampler, framer, watch);
      uplink.kick();
    },
    async stop() {
      clearTimeout(inventoryTimer);
      calendar.stop();
      commands.stop();
      sampler.stop();
      wall.stop();
      await tester.stop();
      const outage = outages.open(wall.monoMs());
      if (outage) framer.event({ kind: 'outage', from: outage.from, first_failure: outage.first_failure }, 'next', outage.to);
      framer.flush();
      await drain.settled(DELIVER_MS);
      drain.stop();
      await uplink.stop();
      await spool.close();
    },
  };
}

/** The start is busy enough; nobody waits for the model's name. */
const INVENTORY_AFTER_MS = 20_000;
/** Of the 8 s between SIGTERM and SIGKILL. */
const DELIVER_MS = 2000;

function isOtherBoot(kept: unknown, boot: string): boolean {
  const before = isObject(kept) ? textIn(kept, 'boot', 40) : undefined;
  return before !== undefined && before !== boot;
}

function knowsZone(zone: string): boolean {
  if (typeof Intl === 'undefined') return true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
