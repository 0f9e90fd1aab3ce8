/** Why: one site's year through the engine's own reducer and, next to it, through other rules: the same scheduled tests for all; retests only where the reducer asks. */
import type { TestView } from '#contract';
import { noOverlays } from '../../../dashboard/alert/episode.ts';
import { nextDue, type SlowParams } from '../../../dashboard/alert/slow.ts';
import { emptySlowInstance, reduceSlowInstance, type SlowInstance } from '../../../dashboard/alert/slow-instance.ts';
import { PROFILES, type ProfileName } from '../../../dashboard/alert/slow-profile.ts';
import type { Alarm, Peer } from './peers.ts';
import {
  type Measured,
  MINUTE,
  prober,
  type Random,
  randomOf,
  SERVERS,
  type SiteModel,
  TARGET,
  type World,
  YEAR_DAYS,
  YEAR_START,
} from './world.ts';

const DAY = 86_400_000;

export interface Ours {
  alarms: Alarm[];
  scheduled: number;
  retests: number;
  events: number;
}
export interface YearOptions {
  profile: ProfileName;
  testsPerDay: number;
  noise: number;
  method: 'tcp' | 'udp';
}

/** Scheduled tests as the agent draws them: one at random in each part of the opening hours. */
export function scheduleOf(site: SiteModel, seed: number, perDay: number): number[] {
  const random = randomOf(seed ^ 0x5bd1e995);
  const at: number[] = [];
  const slot = (9 * 60) / perDay;
  for (let day = YEAR_START / DAY; day < YEAR_START / DAY + YEAR_DAYS; day++) {
    if (!site.calendar.openDay(day)) continue;
    for (let n = 0; n < perDay; n++) at.push(day * DAY + (9 * 60 + slot * (n + random())) * MINUTE);
  }
  return at;
}

export function runYear(
  world: World,
  site: SiteModel,
  index: number,
  options: YearOptions,
  peers: readonly Peer[],
): Ours {
  const seed = world.seed * 65_537 + index * 31 + 7;
  const schedule = scheduleOf(site, seed, options.testsPerDay);
  const random = randomOf(seed);
  const probe = prober(world, site);
  for (const [n, at] of schedule.entries()) {
    if (peers.length === 0) break;
    const { own } = probe.test(at, n % SERVERS, random, options.noise);
    for (const peer of peers) peer.take({ at, mbps: own });
  }
  return runOurs(world, site, schedule, randomOf(seed ^ 0x9e3779b9), options);
}

function runOurs(
  world: World,
  site: SiteModel,
  schedule: readonly number[],
  random: Random,
  options: YearOptions,
): Ours {
  const params = paramsOf(site, options);
  const probe = prober(world, site);
  const ours: Ours = { alarms: [], scheduled: schedule.length, retests: 0, events: 0 };
  let instance = emptySlowInstance;
  let server = 0;
  let asked: { at: number; reason: TestView['reason'] } | null = null;
  const step = (event: Parameters<typeof reduceSlowInstance>[1], now: number): void => {
    const result = reduceSlowInstance(instance, event, now, params, noOverlays);
    instance = result.instance;
    ours.events += 1;
    for (const effect of result.effects) {
      if (effect.kind === 'open') ours.alarms.push({ from: now, to: null });
      else if (effect.kind === 'close') Object.assign(ours.alarms.at(-1) ?? {}, { to: now });
      else if (effect.kind === 'retest') asked = { at: now + 20_000, reason: effect.reason };
    }
  };
  const test = (at: number, reason: TestView['reason']): void => {
    server = (server + 1) % SERVERS;
    if (reason !== 'slot') ours.retests += 1;
    step(
      {
        kind: 'test',
        test: viewOf(site, at, ours.events, reason, probe.test(at, server, random, options.noise), options),
      },
      at,
    );
  };
  for (const at of schedule) {
    // What the reducer waits for before the next scheduled test.
    for (let due = dueOf(instance, at, params); due !== null && due < at; due = dueOf(instance, at, params)) {
      const when = Math.max(due, instance.rule.head.at);
      if (!params.open(when)) break;
      asked = null;
      step({ kind: 'tick', heard: true }, when);
      const { at: testAt, reason } = asked ?? { at: null, reason: 'slot' as const };
      if (testAt === null || testAt >= at) break;
      test(testAt, reason);
    }
    test(at, 'slot');
  }
  return ours;
}

function dueOf({ rule }: SlowInstance, now: number, params: SlowParams): number | null {
  return nextDue(rule, Math.min(now, rule.head.at), params);
}

function paramsOf(site: SiteModel, { profile }: YearOptions): SlowParams {
  return {
    profile: PROFILES[profile],
    version: 'bench',
    targetMbps: TARGET,
    zone: 'UTC',
    open: site.calendar.isOpen,
    openMinutes: site.calendar.openMinutes,
    serverInTrouble: () => false,
    noDataOpenMin: 1e9,
    retestsPerDay: 48,
  };
}

function viewOf(
  site: SiteModel,
  at: number,
  n: number,
  reason: TestView['reason'],
  measured: Measured,
  { method }: YearOptions,
): TestView {
  const low = measured.line < TARGET;
  const unsure = low && measured.cpuBound;
  return {
    id: `${site.id}-${n}`,
    ap: site.id,
    probe: site.id,
    at,
    method,
    dir: 'down',
    verdict: unsure ? 'inconclusive' : low ? 'fail' : 'pass',
    marginal: false,
    reason,
    target_mbps: TARGET,
    rate_mbps: measured.line,
    app_mbps: measured.own,
    other_mbps: site.sighted ? measured.line - measured.own : null,
    bytes: 0,
    dur_ms: 0,
    limited_by: unsure ? 'cpu' : null,
    cpu_pct: measured.cpuBound ? 99 : 20,
    wan: 'eth0',
    server: `s${measured.server}`,
  };
}
