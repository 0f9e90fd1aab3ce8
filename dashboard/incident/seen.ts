/** Why: everything that the page of an incident shows, gathered once as plain data, for who asks and as of one moment. */
import type { AlertView, IncidentNote, Language, LiveRow, Silence, Site } from '#contract';
import type { StoreReader } from '#store';
import { type Choices, choicesOf } from '../act/choices.ts';
import { readCalendar } from '../alert/calendar.ts';
import { silenceOver } from '../alert/context.ts';
import type { DashboardDeps } from '../deps.ts';
import { inputAbout } from '../notify/compose.ts';
import { type Message, messageOf } from '../notify/message.ts';
import { mostOf } from '../query/costs.ts';
import { judgeOf } from '../registry/ask-test.ts';
import { type Asking, seesSite } from '../scope.ts';
import { type Change, changesOf } from './changes.ts';
import { type Chart, chartOf } from './chart-data.ts';
import { type Neighbours, neighboursOf } from './neighbours.ts';
import { type Opening, openingOfAll } from './opening.ts';

export type SeenDeps = Pick<DashboardDeps, 'state' | 'alerts' | 'clock' | 'publicUrl'> & {
  broker: { store: Pick<StoreReader, 'series' | 'events'> };
  live: { now(): { rows: readonly LiveRow[] } };
};
export interface Seen {
  alert: AlertView;
  lang: Language;
  now: number;
  /** Of the site; UTC where it is about none. */
  zone: string;
  site: Site | null;
  message: Message;
  targetMbps: number;
  place: string;
  opening: Opening | null;
  neighbours: Neighbours | null;
  chart: Chart | null;
  changes: Change[];
  notes: IncidentNote[];
  /** In force now. */
  silence: Silence | null;
  /** When the next are called; null when nobody is. */
  nextCall: number | null;
  choices: Choices;
  /** What an asked test costs at most, bytes; null where no probe can be asked. */
  testBytes: number | null;
}
export interface Asks {
  alert: AlertView;
  lang: Language;
  /** Null: somebody who opened a link from a message, who sees what concerns this incident. */
  who: Asking;
}

export async function seenOf(deps: SeenDeps, { alert: found, lang, who }: Asks): Promise<Seen> {
  const alert = { ...found, site_name: nameOf(found) };
  const { state, clock } = deps;
  const now = clock.wallMs();
  const over = alert.condition === 'resolved';
  const input = inputAbout(deps, { alert, kind: over ? 'resolved' : 'firing', lang, now });
  const { site, place, targetMbps } = input;
  const probe = judgeOf(deps, alert.ap);
  const escalation = over ? null : state.escalations.get(alert.id);
  const reading = { state, store: deps.broker.store };
  const [chart, changes] = await Promise.all([
    chartOf(reading, alert, alert.resolved_at ?? now),
    changesOf(reading, { ap: alert.ap, site: site?.id ?? null, probe, now }),
  ]);
  return {
    alert,
    lang,
    now,
    zone: site?.zone ?? input.zone ?? 'UTC',
    site,
    message: messageOf(input),
    targetMbps,
    place,
    opening: openingOfAll(site ? [site] : membersOf(deps, alert), readCalendar(state), now),
    neighbours: site && !over ? neighboursOf(site, sitesFor(deps, who), deps.live.now().rows) : null,
    chart,
    changes,
    notes: state.escalations.notes(alert.id),
    silence: silenceOver(state.alerts.silences(now), { ap: alert.ap, site }, now),
    nextCall: escalation?.state === 'running' ? escalation.dueAt : null,
    choices: choicesOf(deps, alert.ap, lang, now),
    testBytes: probe === null ? null : mostOf(state.registry.desired(probe)?.config ?? null),
  };
}

/** What is about no single site is called by its key, such as `isp:Name`: people know the name. */
function nameOf({ site_name, site }: AlertView): string {
  return site === '' ? site_name.replace(/^[a-z]+:/, '') : site_name;
}

function membersOf({ state }: SeenDeps, { members }: AlertView): Site[] {
  return [...new Set(members.map(({ site }) => site))].flatMap((id) => state.registry.site(id) ?? []);
}

/** Who opened a link is told how many others fell, as in the message; who sees some sites, of those. */
function sitesFor({ state }: SeenDeps, who: Asking): readonly Site[] {
  const sites = state.registry.sites();
  return who?.scope === undefined ? sites : sites.filter((site) => seesSite(who, site));
}
