/** Why: the agent as it runs for years: opens its parts in order, connects what one tells to what another does, and closes them in reverse. */
import { join } from 'node:path';
import { type DesiredConfig, isObject, textIn } from '#contract';
import { messageOf } from '#lib/errors';
import { type Agent, contextOf, type WiredDeps } from './agent.ts';
import { createBudget, limitsOf } from './budget.ts';
import { createCalendar } from './calendar.ts';
import { createCommands } from './commands.ts';
import type { ServerAccess } from './config.ts';
import { inventoryFacts, readIdentity, runInventory } from './facts.ts';
import { createKept, type Kept } from './kept.ts';
import { createLeaseDesk } from './lease.ts';
import { createOutageWatch, type Outage } from './outage.ts';
import { openPost, type Post } from './post.ts';
import { createSampler, type Sample, type Sampler } from './sampler.ts';
import { createSelfSensor } from './self.ts';
import { createSensors, createThroughputSensor } from './sensors/index.ts';
import { createTester } from './tests.ts';
import { createTidy } from './tidy.ts';
import { AGENT_VERSION } from './version.ts';
import type { WallClock } from './wall.ts';

/** The start is busy enough; nobody waits for the model's name, nor for the plan of the day, which costs 30 ms and a megabyte. */
const INVENTORY_AFTER_MS = 20_000;
const CALENDAR_AFTER_MS = 2000;

export async function startDelivering(deps: WiredDeps, server: ServerAccess): Promise<Agent> {
  const { config, wall, log } = deps;
  const kept = (name: string): Kept => createKept(join(config.stateDir, name), log);
  let settings: DesiredConfig = config.defaults;
  const post = await openPost({
    config,
    server,
    wall,
    log,
    pace: deps.pace,
    onUp: () => commands.report(),
    onMessage(kind, text) {
      if (kind === 'desired') commands.receive(text);
      else if (kind === 'lease/grant' || kind === 'lease/deny') desk.answer(kind, text);
    },
  });
  const { framer, uplink } = post;
  uplink.start(); // the line takes its time; what follows is done meanwhile
  const budget = createBudget(kept('budget.json'));
  const desk = createLeaseDesk({ uplink, serverTime: wall.correct });
  const context = contextOf(
    deps,
    uplink.connected,
    () => settings.zone,
    () => settings.profile !== 'default',
  );
  const tester = createTester({
    throughput: (deps.throughput ?? createThroughputSensor)(context),
    desk,
    budget,
    kept: kept('line.json'),
    wall,
    log,
    speed: config.speed,
    brokerHost: server.broker.host,
    settings: () => ({
      targetMbps: settings.target_mbps,
      profile: settings.profile,
      limits: limitsOf(settings, tester.rttMs()),
    }),
    onOutcome(outcome) {
      framer.event(outcome, 'now');
      commands.report(); // what is left of the budget is another now
    },
  });
  const self = createSelfSensor({
    bytes: () => uplink.bytes() + budget.spentSinceStart(),
    waitingFrames: post.waiting,
  });
  const outages = createOutageWatch();
  const tidy = createTidy();
  const take = (sample: Sample, prompt: boolean): void => {
    tellOutage(post, outages.see(sample), true);
    framer.sample(sample);
    if (prompt) framer.flush();
    tidy();
  };
  const sampler = createSampler({
    sensors: [...(deps.sensors ?? createSensors)(context), self],
    wall,
    log,
    periodS: settings.sample_s,
    onSample: take,
  });
  const tellInventory = (): void => {
    inventory(deps, sampler, post).catch((error: unknown) =>
      log.warn({ error: messageOf(error) }, 'no inventory this time'),
    );
  };
  const calendar = createCalendar({
    secret: server.token,
    wallMs: wall.wallMs,
    log,
    onNight: tellInventory,
    onSlot: (slot) => void tester.slot(slot),
  });
  const followCalendar = (): void => {
    // Opening hours are the server's to say: before it did, there is nothing to follow.
    void calendar.follow(
      wall.sync() === 0 || commands.desired() === null
        ? null
        : {
            ...{ zone: settings.zone, opening: settings.opening, closed: settings.closed ?? [] },
            testsPerDay: settings.tests_per_day,
          },
    );
  };
  const adopt = (desired: DesiredConfig): void => {
    settings = { ...desired, ...config.pinned };
    sampler.setPeriod(settings.sample_s);
    framer.setBatch(settings.batch);
    post.setProfile(settings.profile);
  };
  const commands = createCommands({
    keptDesired: kept('desired.json'),
    keptJobs: kept('jobs.json'),
    wall,
    log,
    runTest: tester.run,
    budget: () => budget.report(wall.wallMs(), limitsOf(settings, tester.rttMs()), tester.nextBytes()),
    check: ({ zone }) => (knowsZone(zone) ? null : `the time zone ${zone} is not known here`),
    apply(desired) {
      adopt(desired);
      followCalendar();
    },
    send: (text) => uplink.publish('reported', text, () => undefined, true),
  });
  listenToClock(wall, deps, post, () => {
    sampler.realign();
    followCalendar();
  });
  await sampler.probeAll();
  tellBoot(deps, post, kept('boot.json'));
  const lastGood = commands.desired();
  if (lastGood) adopt(lastGood);
  wall.start();
  sampler.start();
  const later = [setTimeout(followCalendar, CALENDAR_AFTER_MS), setTimeout(tellInventory, INVENTORY_AFTER_MS)];
  return {
    run: framer.run,
    nudge() {
      sampler.soon();
      uplink.kick();
    },
    async stop() {
      for (const timer of later) clearTimeout(timer);
      calendar.stop();
      commands.stop();
      sampler.stop();
      wall.stop();
      await tester.stop();
      tellOutage(post, outages.open(wall.monoMs()), false);
      await post.stop();
    },
  };
}

function tellOutage({ framer, uplink }: Post, outage: Outage | null, over: boolean): void {
  if (!outage) return;
  framer.event({ kind: 'outage', from: outage.from, first_failure: outage.first_failure }, 'now', outage.to);
  // The line is back, but the next attempt to connect may be minutes away.
  if (over && !uplink.connected()) uplink.kick();
}

function tellBoot({ config, wall }: WiredDeps, { framer }: Post, keptBoot: Kept): void {
  const before = keptBoot.read();
  const bootBefore = isObject(before) ? textIn(before, 'boot', 40) : undefined;
  const reboot = bootBefore !== undefined && bootBefore !== wall.boot;
  framer.event(
    { kind: 'boot', agent: AGENT_VERSION, node: process.version, reboot, ...readIdentity(config.root) },
    'next',
  );
  if (bootBefore !== wall.boot) keptBoot.write({ boot: wall.boot });
}

function listenToClock(wall: WallClock, { log }: WiredDeps, { framer }: Post, changed: () => void): void {
  wall.listen({
    stepped(stepMs) {
      log.warn({ step_ms: stepMs }, 'the wall clock stepped');
      framer.event({ kind: 'clock', step_ms: stepMs }, 'next');
      changed();
    },
    syncChanged(sync) {
      log.info({ sync }, sync === 0 ? 'the clock is not to be trusted' : 'the clock is trusted');
      changed();
    },
  });
}

async function inventory(deps: WiredDeps, sampler: Sampler, { framer }: Post): Promise<void> {
  await sampler.probeAll();
  const found = await runInventory(deps.inventory ?? null, deps.log);
  framer.event({ kind: 'inventory', facts: inventoryFacts(found, deps.config.root, sampler.capabilities()) }, 'next');
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
