/** Why: what a rule may know of the world besides its own memory, gathered once per batch or tick, so that rules stay pure. */
import { type AlertRule, type Silence, type Silenced, silenceAt, silenceCovers } from '#contract';
import type { Overlays } from './episode.ts';
import type { FleetEntry } from './fleet.ts';
import type { SiteHours } from './hours.ts';
import type { RuleTable } from './rules.ts';

export interface Context {
  now: number;
  table: RuleTable;
  hours(entry: FleetEntry): SiteHours;
  /** In force now. */
  silences: readonly Silence[];
  /** The incident that covers this one, as `<rule> <subject>`; `gathering`: that is being found out. */
  coverOf(rule: AlertRule, ap: string): { by: string | null; gathering: boolean };
  serverInTrouble(server: string, at: number): boolean;
  /** Nothing is called dark before: the server has only just started, or its clock was set. */
  graceUntil: number;
}

/** What keeps people from being told of this now. `subject`: the access point, or a key such as `store:duckdb`. */
export function overlaysOf(context: Context, rule: AlertRule, subject: string, entry: FleetEntry | null): Overlays {
  const { by, gathering } = entry ? context.coverOf(rule, entry.ap.id) : { by: null, gathering: false };
  const over = context.silences.filter((one) => silenceCovers(one, { ap: subject, site: entry?.site ?? null }));
  return {
    silenced: over.some(({ kind }) => kind !== 'maintenance'),
    maintenance: over.some(({ kind }) => kind === 'maintenance'),
    inhibitedBy: by,
    gathering,
    closed: entry ? !context.hours(entry).open(context.now) : false,
  };
}

/** Those in force now, each until its present stretch ends. */
export function inForce(silences: readonly Silence[], now: number): Silence[] {
  return silences.flatMap((silence) => {
    const span = silenceAt(silence, now);
    return span ? [{ ...silence, until: span[1] }] : [];
  });
}

/** The silence in force that covers it, until its present stretch ends; null when there is none. */
export function silenceOver(silences: readonly Silence[], what: Silenced, now: number): Silence | null {
  return (
    inForce(
      silences.filter((silence) => silenceCovers(silence, what)),
      now,
    )[0] ?? null
  );
}
