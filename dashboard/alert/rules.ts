/**
 * Why: the one table of what can be told about and what each rule may be given. Page, API, file and docs are made from it. Values apply to
 * all sites, to metered ones, or to one site; the more specific wins.
 */
import { type AlertRule, isObject } from '#contract';
import { CarrelError } from '#lib/errors';
import { PROFILE_NAMES } from './slow-profile.ts';

interface Base {
  rule: AlertRule;
  description: string;
  unit: string | null;
  /** False where it only makes sense for all sites together. */
  perSite: boolean;
}
export type Parameter =
  | (Base & { type: 'number'; default: number; min: number; max: number })
  | (Base & { type: 'switch'; default: boolean })
  | (Base & { type: 'word'; default: string; words: readonly string[] });
export type ParameterValue = number | boolean | string;

const number = (
  rule: AlertRule,
  description: string,
  unit: string | null,
  value: number,
  min: number,
  max: number,
  perSite = true,
): Parameter & { type: 'number' } => ({ rule, type: 'number', description, unit, default: value, min, max, perSite });
const onOff = (rule: AlertRule, description: string, perSite = true): Parameter & { type: 'switch' } => ({
  rule,
  type: 'switch',
  description,
  unit: null,
  default: true,
  perSite,
});

export const PARAMETERS = {
  'slow.on': onOff('slow', 'Tell when an access point gives less than its target'),
  'slow.profile': {
    rule: 'slow',
    type: 'word',
    description:
      'How much evidence it takes. auto: metered on metered lines, else default. fast: told earlier, sometimes wrongly. demo: within minutes, to show or accept an installation; it takes a visitor’s download for a slow line',
    unit: null,
    default: 'auto',
    words: ['auto', ...PROFILE_NAMES],
    perSite: true,
  },
  'slow.retests_per_day': number('slow', 'Retests that it may ask of one probe in 24 h', null, 24, 0, 96),
  'slow.hard_below_mbps': number('slow', 'Below this it is told after few tests, and at once', 'Mb/s', 5, 0, 1000),
  'dark.on': onOff('dark', 'Tell when an access point gives no sign of life in opening hours'),
  'dark.after_s': number('dark', 'Silence in opening hours after which it counts as dark', 's', 300, 5, 86_400),
  'silent.on': onOff('silent', 'Tell when a probe is connected but brings no valid test'),
  'silent.open_min': number(
    'silent',
    'Opening time without a valid test; 0: three times the spacing of tests, at least 2 h',
    'min',
    0,
    0,
    20_000,
  ),
  'quality.on': onOff('quality', 'Tell of loss or latency that makes the line hard to use'),
  'quality.loss_pct': number('quality', 'Share of connections lost', '%', 5, 0.1, 100),
  'quality.rtt_ms': number('quality', 'Round-trip time to the internet', 'ms', 300, 1, 10_000),
  'quality.hold_min': number('quality', 'It must last so long', 'min', 30, 1, 1440),
  'device.on': onOff('device', 'Tell when a probe is hot, full, short of memory or of power'),
  'device.temp_c': number('device', 'Temperature', '°C', 80, 30, 120),
  'device.disk_pct': number('device', 'Disk in use', '%', 95, 50, 100),
  'device.mem_pct': number('device', 'Memory in use', '%', 95, 50, 100),
  'device.hold_min': number('device', 'It must last so long', 'min', 15, 1, 1440),
  'budget.on': onOff('budget', 'Tell when the month’s data for tests is spent'),
  'clock.on': onOff('clock', 'Tell when a probe’s clock is wrong'),
  'clock.skew_s': number('clock', 'Difference to the server’s clock', 's', 120, 10, 86_400),
  'weak.on': onOff('weak', 'Tell when a probe is too weak to measure the target'),
  'weak.tests': number('weak', 'Tests in a row that its processor limited', null, 3, 2, 20),
  'cloned.on': onOff('cloned', 'Tell when two devices use one identity'),
  'outdated.on': onOff('outdated', 'Tell when an agent is older than the server'),
  'outdated.hold_h': number('outdated', 'Time that a probe has to update itself', 'h', 72, 1, 2000),
  'server.on': onOff('server', 'Tell when many sites are low against one test server and well against others', false),
  'server.sites': number('server', 'Sites that must have tested against it in 30 min', null, 10, 2, 10_000, false),
  'server.share_pct': number('server', 'Share of them that is low', '%', 50, 10, 100, false),
  'database.on': onOff('database', 'Tell when a database refuses', false),
  'database.hold_min': number('database', 'It must last so long', 'min', 5, 0, 1440, false),
  'group.on': onOff('group', 'Many access points with one cause are one incident', false),
  'group.sites': number('group', 'Access points that must be in trouble', null, 5, 2, 10_000, false),
  'group.share_pct': number('group', 'Share of those of one provider, region or test server', '%', 30, 5, 100, false),
  'group.wait_s': number('group', 'Time in which they gather before anybody is told', 's', 120, 0, 1800, false),
} as const satisfies Record<string, Parameter>;
export type ParameterName = keyof typeof PARAMETERS;

export type Values = Partial<Record<ParameterName, ParameterValue>>;
/** What differs from the defaults. */
export interface RuleEdits {
  all: Values;
  metered: Values;
  sites: Readonly<Record<string, Values>>;
}
export const noEdits: RuleEdits = { all: {}, metered: {}, sites: {} };

export interface RuleTable {
  number(name: NumberName, site: SiteOf | null): number;
  on(rule: AlertRule, site: SiteOf | null): boolean;
  word(name: 'slow.profile', site: SiteOf | null): string;
  /** The place that a value comes from, for the page. */
  edits(): RuleEdits;
  /** Changes with every edit. */
  version: string;
}
export interface SiteOf {
  id: string;
  metered: boolean;
}
type NamesOf<T extends Parameter['type']> = {
  [Name in ParameterName]: (typeof PARAMETERS)[Name]['type'] extends T ? Name : never;
}[ParameterName];
export type NumberName = NamesOf<'number'>;

/** Later layers win: the file's over the page's, since whoever keeps it under version control means it. */
export function ruleTable(layers: readonly RuleEdits[], version: string, defaults: Values = {}): RuleTable {
  const find = (name: ParameterName, site: SiteOf | null): ParameterValue => {
    for (const edits of layers.toReversed()) {
      const own = site && edits.sites[site.id]?.[name];
      const metered = site?.metered ? edits.metered[name] : undefined;
      const value = own ?? metered ?? edits.all[name];
      if (value !== undefined) return value;
    }
    return defaults[name] ?? PARAMETERS[name].default;
  };
  return {
    number: (name, site) => Number(find(name, site)),
    on: (rule, site) => find(`${rule}.on` as ParameterName, site) !== false,
    word: (name, site) => String(find(name, site)),
    edits: () => merged(layers),
    version,
  };
}

/** @throws CarrelError RULES_INVALID naming each wrong value */
export function parseEdits(value: unknown): RuleEdits {
  const problems: Record<string, string> = {};
  if (!isObject(value)) throw invalid({ '': 'an object with all, metered and sites' });
  for (const key of Object.keys(value))
    if (!['all', 'metered', 'sites'].includes(key)) problems[key] = 'unknown; there are all, metered, sites';
  const sites: Record<string, Values> = {};
  const given = value['sites'] ?? {};
  if (isObject(given))
    for (const [site, values] of Object.entries(given)) sites[site] = valuesOf(values, `sites.${site}`, problems, true);
  else problems['sites'] = 'an object of site ids';
  const edits = {
    all: valuesOf(value['all'] ?? {}, 'all', problems, false),
    metered: valuesOf(value['metered'] ?? {}, 'metered', problems, true),
    sites,
  };
  if (Object.keys(problems).length > 0) throw invalid(problems);
  return edits;
}

function valuesOf(value: unknown, path: string, problems: Record<string, string>, perSite: boolean): Values {
  const values: Values = {};
  if (!isObject(value)) {
    problems[path] = 'an object of parameters';
    return values;
  }
  for (const [name, one] of Object.entries(value)) {
    const problem = problemOf(name, one, perSite);
    if (problem === null) values[name as ParameterName] = one as ParameterValue;
    else problems[`${path}.${name}`] = problem;
  }
  return values;
}

function problemOf(name: string, value: unknown, perSite: boolean): string | null {
  if (!Object.hasOwn(PARAMETERS, name)) return 'no such parameter';
  const known: Parameter = PARAMETERS[name as ParameterName];
  if (perSite && !known.perSite) return 'can only be set for all sites';
  switch (known.type) {
    case 'number':
      return typeof value === 'number' && value >= known.min && value <= known.max
        ? null
        : `a number from ${known.min} to ${known.max}`;
    case 'switch':
      return typeof value === 'boolean' ? null : 'true or false';
    case 'word':
      return typeof value === 'string' && known.words.includes(value) ? null : `one of ${known.words.join(', ')}`;
  }
}

function invalid(problems: Record<string, string>): CarrelError {
  const list = Object.entries(problems).map(([path, what]) => `${path || 'the whole'}: ${what}`);
  return new CarrelError('RULES_INVALID', `These values of rules are not accepted. ${list.join('; ')}.`, problems);
}

function merged(layers: readonly RuleEdits[]): RuleEdits {
  const sites: Record<string, Values> = {};
  for (const layer of layers)
    for (const [site, values] of Object.entries(layer.sites)) sites[site] = { ...sites[site], ...values };
  return {
    all: Object.assign({}, ...layers.map((layer) => layer.all)),
    metered: Object.assign({}, ...layers.map((layer) => layer.metered)),
    sites,
  };
}
