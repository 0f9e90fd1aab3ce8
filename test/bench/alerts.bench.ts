/**
 * Why: alerts that are true. A simulated year of 1,200 libraries through the engine's own reducer, next to the rules that others use on the
 * same tests; the worst of three seeds counts. Then the engine itself: one provider's outage, killed at random writes, and how fast a
 * transition becomes a message. Takes about four minutes; `--sites N` for less.
 */
import { parseArgs } from 'node:util';
import { benchKills } from './alerts/kills.ts';
import { benchOutage } from './alerts/outage.ts';
import { naive, openwisp, prometheus, three } from './alerts/peers.ts';
import { benchScale } from './alerts/scale.ts';
import { addScore, emptyScore, figuresOf, type Score } from './alerts/score.ts';
import { makeWorld, type World } from './alerts/world.ts';
import { runYear, type YearOptions } from './alerts/year.ts';

const { values: options } = parseArgs({
  options: { sites: { type: 'string', default: '1200' }, kills: { type: 'string', default: '200' } },
});
const SITES = Number(options.sites);
const SEEDS = [1, 2, 3] as const;
const TCP = { testsPerDay: 6, noise: 0.1, method: 'tcp' } as const;
const RULES: readonly { name: string; prefix: string; metered: boolean; year: YearOptions }[] = [
  { name: 'default', prefix: '', metered: false, year: { ...TCP, profile: 'default' } },
  { name: 'fast', prefix: 'fast_', metered: false, year: { ...TCP, profile: 'fast' } },
  // UDP tests have half the noise.
  {
    name: 'metered',
    prefix: 'metered_',
    metered: true,
    year: { testsPerDay: 2, noise: 0.05, method: 'udp', profile: 'metered' },
  },
];
const failures: string[] = [];

export type Figure = (name: string, value: number, unit: string, of: string) => void;
const figure: Figure = (name, value, unit, of) => {
  console.log(JSON.stringify({ bench: 'alerts', figure: name, value: Math.round(value * 10_000) / 10_000, unit, of }));
};
function mustHold(what: string, holds: boolean): void {
  if (!holds) failures.push(what);
}

interface Year {
  scores: Map<string, Score>;
  retestShare: number;
  seconds: number;
}

function year(world: World, { prefix, year: how }: (typeof RULES)[number]): Year {
  const begun = performance.now();
  const scores = new Map<string, Score>();
  let [retests, scheduled] = [0, 0];
  for (const [n, site] of world.sites.entries()) {
    const peers = prefix === '' ? [naive(), three(), prometheus(), openwisp(site.calendar)] : [];
    const ours = runYear(world, site, n, how, peers);
    retests += ours.retests;
    scheduled += ours.scheduled;
    for (const { name, alarms } of [{ name: 'ours', alarms: ours.alarms }, ...peers]) {
      const score = scores.get(name) ?? emptyScore();
      scores.set(name, score);
      addScore(score, site, alarms);
    }
  }
  return { scores, retestShare: retests / scheduled, seconds: (performance.now() - begun) / 1000 };
}

/** The worst of the seeds, for each figure. */
function worst(years: readonly Year[], name: string): ReturnType<typeof figuresOf> {
  const all = years.flatMap(({ scores }) => {
    const score = scores.get(name);
    return score ? [figuresOf(score)] : [];
  });
  return {
    falsePerSiteYear: Math.max(...all.map((one) => one.falsePerSiteYear)),
    precision: Math.min(...all.map((one) => one.precision)),
    recall: Math.min(...all.map((one) => one.recall)),
    latency: Math.max(...all.map((one) => one.latency)),
  };
}

function print(prefix: string, found: ReturnType<typeof figuresOf>, of: string): void {
  figure(`${prefix}false_per_site_year`, found.falsePerSiteYear, 'alerts', of);
  figure(`${prefix}precision`, found.precision, 'share', of);
  figure(`${prefix}recall`, found.recall, 'share', of);
  figure(`${prefix}latency_p50_open_min`, found.latency, 'min', of);
}

function benchYears(): void {
  const of = `${SITES} sites, a year, worst of ${SEEDS.length} seeds`;
  let slowest = 0;
  for (const rule of RULES) {
    const years = SEEDS.map((seed) => year(makeWorld(seed, SITES, rule.metered), rule));
    slowest = Math.max(slowest, ...years.map((one) => one.seconds));
    const ours = worst(years, 'ours');
    print(rule.prefix, ours, of);
    figure(`${rule.prefix}retest_share`, Math.max(...years.map((one) => one.retestShare)), 'share', of);
    if (rule.name === 'default') {
      for (const peer of ['naive', 'three', 'prometheus', 'openwisp']) print(`${peer}_`, worst(years, peer), of);
      calibrate(years);
      mustHold('default: false alerts per site and year <= 0.15', ours.falsePerSiteYear <= 0.15);
      mustHold('default: precision >= 0.95', ours.precision >= 0.95);
      mustHold('default: recall >= 0.94', ours.recall >= 0.94);
      mustHold('default: median latency <= 130 open minutes', ours.latency <= 130);
    }
    if (rule.name === 'fast') {
      mustHold('fast: false alerts per site and year <= 0.35', ours.falsePerSiteYear <= 0.35);
      mustHold('fast: median latency <= 110 open minutes', ours.latency <= 110);
    }
  }
  figure('year_s', slowest, 's', 'the slowest seed');
  mustHold('a year takes less than 2 minutes', slowest < 120);
}

/** A model that is kind to simple rules would prove nothing: they must be as bad in it as they are. */
function calibrate(years: readonly Year[]): void {
  for (const { scores } of years) {
    const falseOf = (name: string): number => figuresOf(scores.get(name) ?? emptyScore()).falsePerSiteYear;
    mustHold('model: naive >= 80 false alerts per site and year', falseOf('naive') >= 80);
    mustHold('model: Prometheus-style >= 15', falseOf('prometheus') >= 15);
    mustHold('model: OpenWISP-style 3 to 6', falseOf('openwisp') >= 3 && falseOf('openwisp') <= 6);
  }
}

benchYears();
await benchOutage(figure, mustHold);
benchScale(figure, mustHold);
await benchKills(Number(options.kills), figure, mustHold);
for (const failure of failures) console.error(`ALERTS_BENCH: does not hold: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
