/** Why: the numbers by which one access point is judged: the profile of its kind of line, and what people changed for it. */
import type { Context } from './context.ts';
import type { FleetEntry } from './fleet.ts';
import type { SlowParams } from './slow.ts';
import { PROFILE_NAMES, PROFILES, type SlowProfile } from './slow-profile.ts';

/** Never: the rule is switched off for it. */
const NEVER: SlowProfile = {
  ...PROFILES.default,
  sighted: { lows: 99, of: 99, span_min: 0, retests_min: [] },
  blind: { lows: 99, of: 99, span_min: 0, retests_min: [] },
  hard: { below_mbps: 0, lows: 99, of: 99, span_min: 0, retests_min: [] },
};
const MINUTES_PER_DAY = 540;
const NO_DATA_MIN = 120;

export function slowParams(entry: FleetEntry, context: Context): SlowParams {
  const { ap, site } = entry;
  const { table } = context;
  const hours = context.hours(entry);
  const { profile, name } = profileFor(entry, context);
  return {
    profile,
    version: `${name} ${profile.hard.below_mbps} ${ap.target_mbps}`,
    targetMbps: ap.target_mbps,
    zone: site.zone,
    open: hours.open,
    openMinutes: hours.openMinutes,
    serverInTrouble: context.serverInTrouble,
    noDataOpenMin: table.number('silent.open_min', site) || usualSilence(site.metered),
    retestsPerDay: table.number('slow.retests_per_day', site),
  };
}

export function profileFor({ site }: FleetEntry, { table }: Context): { profile: SlowProfile; name: string } {
  if (!table.on('slow', site)) return { profile: NEVER, name: 'off' };
  const wanted = table.word('slow.profile', site);
  const name = PROFILE_NAMES.find((one) => one === wanted) ?? (site.metered ? 'metered' : 'default');
  const hardBelow = table.number('slow.hard_below_mbps', site);
  const base = PROFILES[name];
  return base.hard.below_mbps === hardBelow
    ? { profile: base, name }
    : { profile: { ...base, hard: { ...base.hard, below_mbps: hardBelow } }, name };
}

/** Three times the spacing of scheduled tests, at least two hours of opening time. */
function usualSilence(metered: boolean): number {
  return Math.max(NO_DATA_MIN, (3 * MINUTES_PER_DAY) / (metered ? 3 : 6));
}
