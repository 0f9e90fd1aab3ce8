/** Why: what can be done about an incident on its page; each says in words what it did and when that ends. */
import type { Language } from '#contract';
import type { Incident } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { siteOf } from '../notify/outbox-message.ts';
import { wordsOf } from '../notify/words/index.ts';
import { askTest, judgeOf } from '../registry/ask-test.ts';
import { choicesOf, nextEdge } from './choices.ts';
import { closeToday, openAfterAll } from './closed-day.ts';

export type Deed =
  | { do: 'ack'; hours: number }
  | { do: 'silence'; hours: number | 'edge' }
  | { do: 'note'; text: string }
  | { do: 'closed' }
  /** It is open today after all. */
  | { do: 'open' }
  | { do: 'test' };
export interface Asked {
  incident: Incident;
  /** Who acts: the person, or the room where the link was. */
  who: string;
  lang: Language;
  /** For the trail: how it came. */
  by: 'page' | 'link';
}
type DeedDeps = Pick<DashboardDeps, 'state' | 'alerts' | 'clock' | 'broker' | 'settings'>;

const HOUR_MS = 3_600_000;
const HOURS_MAX = 72;
const NOTE_MAX = 500;

/** A form's fields, of which `deed` says both at once (`silence 1h`); null where they say nothing that can be done. */
export function parseDeed(body: Readonly<Record<string, string>>): Deed | null {
  const [does = body['do'], end = body['for']] = body['deed']?.split(' ') ?? [];
  const [, count, unit] = /^(\d{1,2})([hm])$/.exec(end ?? '') ?? [];
  const hours = Number(count ?? Number.NaN) / (unit === 'm' ? 60 : 1);
  const within = hours > 0 && hours <= HOURS_MAX;
  switch (does) {
    case 'ack':
      return within ? { do: 'ack', hours } : null;
    case 'silence':
      return end === 'hours' ? { do: 'silence', hours: 'edge' } : within ? { do: 'silence', hours } : null;
    case 'note': {
      const text = (body['text'] ?? '')
        .replace(/[\p{Cc}]+/gu, ' ')
        .trim()
        .slice(0, NOTE_MAX);
      return text === '' ? null : { do: 'note', text };
    }
    case 'closed':
    case 'open':
    case 'test':
      return { do: does };
    default:
      return null;
  }
}

/** Inside a transaction. @throws CarrelError ALERT_CLOSED */
export function doDeed(deps: DeedDeps, { incident, who, lang, by }: Asked, deed: Deed): string {
  const { state, alerts, clock } = deps;
  const words = wordsOf(lang);
  const { act } = words;
  const now = clock.wallMs();
  const site = siteOf(state, incident.ap);
  const { time } = choicesOf(deps, incident.ap, lang, now);
  switch (deed.do) {
    case 'ack': {
      const until = now + deed.hours * HOUR_MS;
      alerts.acknowledge(incident.id, who, until);
      state.audit(now, who, 'alert acknowledged', { alert: incident.id, hours: deed.hours, by });
      return act.acked(time(until));
    }
    case 'silence': {
      const edge = nextEdge(deps, site, now);
      const until = deed.hours === 'edge' ? (edge?.at ?? now + HOUR_MS) : now + deed.hours * HOUR_MS;
      silence(deps, incident, { who, until, reason: act.silenceReason(incident.id), by });
      return act.silenced(time(until));
    }
    case 'closed':
      return site ? act.closed(time(closeToday(deps, { site, who, reason: act.closedReason }))) : act.noSite;
    case 'open':
      return site && openAfterAll(deps, { site, who }) ? act.opened : act.notClosed;
    case 'note':
      state.escalations.addNote(incident.id, { at: now, by: who, text: deed.text });
      state.audit(now, who, 'note added', { alert: incident.id, by });
      return act.noted;
    case 'test': {
      const probe = judgeOf(deps, incident.ap);
      if (probe === null) return act.noTest;
      askTest(deps, { ap: incident.ap, probe, who });
      return act.tested;
    }
  }
}

/** The whole site where there is one: its other lines would only say the same. Of many that fell together, their incident. */
function silence(
  { state, clock }: DeedDeps,
  { id, ap }: Incident,
  { who, until, reason, by }: { who: string; until: number; reason: string; by: Asked['by'] },
): void {
  const site = siteOf(state, ap);
  const now = clock.wallMs();
  state.alerts.addSilence({ ap: site ? null : ap, site: site?.id ?? null, reason, by: who, from: now, until });
  state.audit(now, who, 'silence added', { ...(site ? { site: site.id } : { ap }), until, by, alert: id });
}
