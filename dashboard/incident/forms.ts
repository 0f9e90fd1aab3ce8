/** Why: what can be done stands at the lower edge, large enough for a thumb; what needs more thought stands at the end. Plain forms. Pure. */
import { html, type Markup } from '../document.ts';
import { restOf } from './members.ts';
import type { Frame } from './page.ts';

export interface Forms {
  action: string;
  /** Fields that each form carries: the session's token, or none. */
  hidden: readonly (readonly [name: string, value: string])[];
}

/** Until somebody looks again in the morning. */
const GOT_IT_HOURS = 8;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function form(forms: Forms, cls: string, inner: Markup): Markup {
  return html`<form class="${cls}" method="post" action="${forms.action}">${forms.hidden.map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )}${inner}</form>`;
}

/** The lower edge. Empty where nothing can be done. */
export function dock({ seen, forms, own, times }: Frame): Markup {
  const { alert, now, choices } = seen;
  if (!forms) return html`<div class="dock" id="dock" data-live></div>`;
  const held = alert.acknowledged_by !== null && (alert.acknowledged_until ?? 0) > now;
  const edge = choices.silences.find(({ value, until }) => value === 'hours' && until - now < DAY_MS);
  const take = html`<button class="btn go" name="deed" value="ack ${GOT_IT_HOURS}h">${own.gotIt} <span class="small">${own.until(times.moment(now + GOT_IT_HOURS * HOUR_MS))}</span></button>`;
  const silences = html`<span class="or">${own.orSilence}<a href="#more">${own.other}</a></span><span class="row">${
    edge && html`<button class="btn" name="deed" value="silence hours">${own.untilAt(times.clock(edge.until))}</button>`
  }<button class="btn" name="deed" value="silence 15m">${own.minutes15}</button><button class="btn" name="deed" value="silence 1h">${own.hour}</button></span>`;
  return html`<div class="dock" id="dock" data-live role="region" aria-label="${own.actions}">${form(
    forms,
    'acts',
    html`${!held && take}${silences}`,
  )}</div>`;
}

export function moreSection({ seen, forms, own, words, via }: Frame): Markup | null {
  const { choices, testBytes, site, alert } = seen;
  const { act } = words;
  if (!forms) return alert.resolved_at === null && via === 'page' ? html`<p class="q">${own.mayNotAct}</p>` : null;
  const options = (list: { value: string; label: string }[]): Markup =>
    html`${list.map(({ value, label }) => html`<option value="${value}">${label}</option>`)}`;
  const choose = (deed: string, list: { value: string; label: string }[], word: string): Markup =>
    form(
      forms,
      'line',
      html`<input type="hidden" name="do" value="${deed}"><select name="for" aria-label="${act.howLong}">${options(list)}</select><button class="btn">${word}</button>`,
    );
  return html`<h2>${own.more}</h2>
${choose('ack', choices.acks, own.gotIt)}
${choose('silence', choices.silences, act.silence)}
${site && form(forms, 'line', html`<button class="btn wide" name="deed" value="${choices.closedToday ? 'open' : 'closed'}">${choices.closedToday ? act.openToday : act.closedToday}</button>`)}
${via === 'link' && html`<p><a class="way" href="/alerts/${alert.id}">${words.links.open}</a></p>`}
${
  testBytes !== null &&
  form(
    forms,
    'line',
    html`<button class="btn wide" name="deed" value="test">${act.testNow} <span class="small">${own.testCost(megabytes(testBytes, seen.lang))}</span></button>`,
  )
}`;
}

function megabytes(bytes: number, lang: string): string {
  return new Intl.NumberFormat(lang, { maximumFractionDigits: 1 }).format(bytes / 1e6);
}

/** The newest; each may have 500 signs. */
const NOTES_SHOWN = 10;

export function notesSection({ seen, forms, own, words, times, via }: Frame): Markup {
  const { notes } = seen;
  const rest = notes.length - NOTES_SHOWN;
  return html`<h2>${own.notes}</h2>
${
  notes.length === 0
    ? html`<p class="q">${own.noNotes}</p>`
    : html`<ol class="trail">${notes
        .slice(-NOTES_SHOWN)
        .map(
          ({ at, by, text }) =>
            html`<li><time>${times.moment(at)}</time><span>${text} <span class="q">${by}</span></span></li>`,
        )}</ol>${rest > 0 && restOf(own.earlier(rest), { id: seen.alert.id, via })}`
}
${
  forms &&
  form(
    forms,
    'line',
    html`<input type="hidden" name="do" value="note"><input class="text" name="text" maxlength="500" required autocomplete="off" aria-label="${words.act.note}" placeholder="${words.act.note}"><button class="btn">${own.add}</button>`,
  )
}`;
}
