/** Why: who was told, who has it, and what was done to this line before. Pure. */
import { html, type Markup } from '../document.ts';
import type { Change } from './changes.ts';
import { restOf } from './members.ts';
import type { Frame } from './page.ts';
import type { IncidentWords } from './words.ts';

interface Event {
  at: number;
  text: string;
}

/** Of a night of repeats the newest matter. */
const TOLD_SHOWN = 20;

export function toldSection({ seen, own, times, via }: Frame): Markup {
  const { alert, nextCall } = seen;
  const sent = alert.deliveries.map(({ at, channel, target, kind, state, error }): Event => {
    // A link may have been passed on: addresses of others are not for whoever opens it.
    const to = own.sentTo(own.channel[channel], via === 'page' ? target : null);
    return { at, text: `${to}${own.kind[kind]}: ${own.delivery[state]}${error && via === 'page' ? `. ${error}` : ''}` };
  });
  const rest = sent.length - TOLD_SHOWN;
  const events: Event[] = [
    { at: alert.fired_at, text: own.fired },
    ...sent.toSorted((a, b) => a.at - b.at).slice(-TOLD_SHOWN),
    ...(alert.acknowledged_at !== null && alert.acknowledged_by !== null
      ? [{ at: alert.acknowledged_at, text: own.acked(alert.acknowledged_by) }]
      : []),
    ...(alert.resolved_at !== null ? [{ at: alert.resolved_at, text: own.resolved }] : []),
  ].sort((a, b) => a.at - b.at);
  return html`<h2>${own.told}</h2>
${trailOf(events, times.moment)}
${sent.length === 0 && html`<p class="q">${own.toldNobody}</p>`}${rest > 0 && restOf(own.earlier(rest), { id: alert.id, via })}
${nextCall !== null && html`<p class="q">${own.next(times.moment(nextCall))}</p>`}`;
}

export function changedSection({ seen, own, times }: Frame): Markup {
  const { changes } = seen;
  return html`<h2>${own.changed}</h2>
${
  changes.length === 0
    ? html`<p class="q">${own.nothingChanged}</p>`
    : trailOf(
        changes.map((change) => ({ at: change.at, text: textOf(change, own) })),
        times.moment,
      )
}`;
}

function textOf(change: Change, own: IncidentWords): string {
  return change.what === 'edited'
    ? own.change.edited(change.who, own.action[change.action])
    : own.change[change.what](change.agent);
}

function trailOf(events: readonly Event[], moment: (at: number) => string): Markup {
  return html`<ol class="trail">${events.map(
    ({ at, text }) =>
      html`<li><time datetime="${new Date(at).toISOString()}">${moment(at)}</time><span>${text}</span></li>`,
  )}</ol>`;
}
