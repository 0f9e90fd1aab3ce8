/** Why: what a rule may know of the world besides its own memory, gathered once per batch or tick, so that rules stay pure. */
import type { AlertRule, Silence } from '#contract';
import type { Overlays } from './episode.ts';
import type { FleetEntry } from './fleet.ts';
import type { SiteHours } from './hours.ts';
import type { RuleTable } from './rules.ts';

export interface Context {
  now: number;
  table: RuleTable;
  hours(entry: FleetEntry): SiteHours;
  /** In force or planned. */
  silences: readonly Silence[];
  /** The incident that covers this one, as `<rule> <subject>`; `gathering`: that is being found out. */
  coverOf(rule: AlertRule, ap: string): { by: string | null; gathering: boolean };
  serverInTrouble(server: string, at: number): boolean;
  /** Nothing is called dark before: the server has only just started, or its clock was set. */
  graceUntil: number;
}

/** What keeps people from being told of this now. */
export function overlaysOf(context: Context, rule: AlertRule, entry: FleetEntry | null): Overlays {
  const { by, gathering } = entry ? context.coverOf(rule, entry.ap.id) : { by: null, gathering: false };
  const silence = entry ? silenceOver(context.silences, entry.ap.id, entry.site.id, context.now) : null;
  return {
    silenced: silence !== null && silence.kind !== 'maintenance',
    maintenance: silence?.kind === 'maintenance',
    inhibitedBy: by,
    gathering,
    closed: entry ? !context.hours(entry).open(context.now) : false,
  };
}

/** The silence in force that covers the access point; null when there is none. */
export function silenceOver(
  silences: readonly Silence[],
  ap: string,
  site: string | null,
  now: number,
): Silence | null {
  return (
    silences.find(
      (silence) =>
        silence.from <= now &&
        now < silence.until &&
        (silence.ap === ap || (silence.ap === null && silence.site !== null && silence.site === site)),
    ) ?? null
  );
}
