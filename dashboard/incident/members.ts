/** Why: a cable that is cut takes hundreds of libraries down, and a phone at night shows the first of them: where it lasts, longest first. Pure. */
import type { AlertMember } from '#contract';
import { html, type Markup } from '../document.ts';
import type { Frame } from './page.ts';

/** More nobody reads on a phone; the list of alerts has all. */
const SHOWN = 20;

/** Where it lasts before where it is over, then the longest first. */
export function worstFirst(members: readonly AlertMember[]): AlertMember[] {
  return [...members].sort((a, b) => Number(a.until !== null) - Number(b.until !== null) || a.since - b.since);
}

export function memberList({ seen, own, times, via }: Frame): Markup | null {
  const { members, id } = seen.alert;
  if (members.length === 0) return null;
  const rest = members.length - SHOWN;
  return html`<h3>${own.members}</h3><ul class="tests">${worstFirst(members)
    .slice(0, SHOWN)
    .map(
      ({ since, until, site_name }) =>
        html`<li><time>${times.moment(since)}${until !== null && ` – ${times.moment(until)}`}</time><span>${site_name}</span></li>`,
    )}</ul>${rest > 0 && restOf(own.moreMembers(rest), { id, via })}`;
}

/** How many are left out. Who is signed in finds them in the list of alerts; a link from a message leads nowhere else. */
export function restOf(text: string, { id, via }: { id: number; via: Frame['via'] }): Markup {
  return html`<p class="q">${via === 'page' ? html`<a href="/alerts?id=${id}">${text}</a>` : text}</p>`;
}
