/**
 * Why: one incident on a phone at night: what, where, since when, can it wait; why; whom to call; and what to do, within reach of a thumb.
 * Whole without a script. Pure.
 */
import { RULE_STATE, withoutPlace } from '#contract';
import { html, type Markup } from '../document.ts';
import { wordsOf } from '../notify/words/index.ts';
import type { Words } from '../notify/words/words.ts';
import { chartSection, testCell } from './chart.ts';
import { dock, type Forms, moreSection, notesSection } from './forms.ts';
import { mark, SPRITE } from './marks.ts';
import { memberList } from './members.ts';
import type { Seen } from './seen.ts';
import { nearSection, providerSection } from './surroundings.ts';
import { type Times, timesOf } from './times.ts';
import { changedSection, toldSection } from './trail.ts';
import { INCIDENT_WORDS, type IncidentWords } from './words.ts';

export interface PageInput {
  seen: Seen;
  /** How somebody got here: signed in, or by a link from a message, which leads nowhere else. */
  via: 'page' | 'link';
  /** Who is signed in; empty by a link. */
  who: string;
  /** Null: who asks may not act, or there is nothing to do any more. */
  forms: Forms | null;
  /** What has just been done, or why nothing was. */
  said: { text: string; wrong: boolean } | null;
}
/** What the parts of the page share. */
export interface Frame extends PageInput {
  words: Words;
  own: IncidentWords;
  times: Times;
}

export function incidentBody(input: PageInput): Markup {
  const { seen, via } = input;
  const words = wordsOf(seen.lang);
  const frame: Frame = {
    ...input,
    words,
    own: INCIDENT_WORDS[seen.lang],
    times: timesOf(words.format, seen.lang, seen.zone, seen.now),
  };
  const { own, times } = frame;
  const brand = html`<svg aria-hidden="true"><use href="#logo"/></svg>Carrel`;
  return html`${SPRITE}<div class="incident">
<header class="top">${via === 'page' ? html`<a class="brand" href="/alerts">${brand}<span class="vh">, ${own.all}</span></a>` : html`<span class="brand">${brand}</span>`}<span>${own.incident(seen.alert.id)}</span><a class="asof" href="?"><span class="vh">${own.refresh}, </span><time>${times.clock(seen.now)}</time></a></header>
<main id="main">${mainSections(frame)}</main>
${dock(frame)}</div>`;
}

function mainSections(frame: Frame): Markup {
  const { seen, own, words, times } = frame;
  const { chart, alert } = seen;
  const parts: [id: string, markup: Markup | null][] = [
    ['now', nowSection(frame)],
    ['why', whySection(frame)],
    ['near', nearSection(frame)],
    [
      'chart',
      chart &&
        chartSection({
          chart,
          since: alert.since,
          targetMbps: seen.targetMbps,
          words,
          own,
          times,
          going: alert.resolved_at === null,
        }),
    ],
    ['next', nextSection(frame)],
    ['provider', providerSection(frame)],
    ['told', toldSection(frame)],
    ['changed', changedSection(frame)],
    ['notes', notesSection(frame)],
    ['more', moreSection(frame)],
  ];
  return html`${parts.map(([id, markup]) =>
    markup
      ? html`<section id="${id}" data-live>${markup}</section>
`
      : html``,
  )}`;
}

function nowSection({ seen, said, own, words, times }: Frame): Markup {
  const { alert, place, silence, now } = seen;
  const over = alert.resolved_at !== null;
  const held = alert.acknowledged_by !== null && (alert.acknowledged_until ?? 0) > now && !over;
  const standing = over
    ? words.act.over
    : held
      ? own.taken(alert.acknowledged_by ?? '', times.moment(alert.acknowledged_until ?? now))
      : null;
  return html`<p class="said${said?.wrong ? ' wrong' : ''}" role="status">${said?.text}</p>
${mark(over ? 'meets' : RULE_STATE[alert.rule], over ? own.over : own.rule[alert.rule], ' big')}
<h1>${alert.members.length > 0 ? own.libraries(new Set(alert.members.map(({ site }) => site)).size, place) : place}</h1>
${leadOf(seen, words, own, times).map((line) => html`<p>${line}</p>`)}
<p class="q">${
    alert.resolved_at === null
      ? own.since(times.moment(alert.since), times.span(now - alert.since))
      : own.lasted(
          times.moment(alert.since),
          times.moment(alert.resolved_at),
          times.span(alert.resolved_at - alert.since),
        )
  }</p>
${standing !== null && html`<p class="standing"><b>${standing}</b></p>`}
${!over && silence && html`<p class="standing">${own.silenced(times.moment(silence.until), silence.by, silence.reason)}</p>`}
${!over && waitBox(seen, own, times)}`;
}

/** What was measured; of a line that is gone the last value; for other rules the sentence of the message. */
function leadOf({ message, alert, chart, place }: Seen, words: Words, own: IncidentWords, times: Times): string[] {
  const measured = message.facts.find(([label]) => label === words.labels.measured)?.[1];
  if (measured !== undefined) return [capital(measured)];
  if (alert.members.length > 0) return [];
  if (alert.rule !== 'dark') return [withoutPlace(message.title, place)];
  const last = chart?.kind === 'line' ? chart.tests.findLast(({ rate_mbps }) => rate_mbps !== null) : undefined;
  return last?.rate_mbps == null ? [] : [own.last(words.format.measured(last.rate_mbps), times.moment(last.at))];
}

const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

/** The first question at night. */
function waitBox({ opening, alert, now }: Seen, own: IncidentWords, times: Times): Markup | null {
  if (!opening) return null;
  const { open, at, sites, openSites } = opening;
  const many =
    sites < 2
      ? null
      : openSites > 0
        ? own.someOpen(openSites, sites)
        : at !== null && own.allClosed(sites, times.moment(at), times.span(at - now));
  const hours =
    many ||
    (at === null
      ? open
        ? own.openAlways
        : own.closed
      : open
        ? own.openUntil(times.moment(at), times.span(at - now))
        : own.closedUntil(times.moment(at), times.span(at - now)));
  return html`<div class="wait"><svg aria-hidden="true"><use href="#clock"/></svg><p><b>${
    alert.severity === 'page' && open ? own.cannotWait : own.canWait
  }</b><br>${hours}</p></div>`;
}

/** The facts that stand nowhere else on the page, the rule's reasons, and the tests that decided. */
function whySection(frame: Frame): Markup {
  const { seen, words, own, times } = frame;
  const { message, alert } = seen;
  const { labels, headings } = words;
  const elsewhere = new Set([
    labels.site,
    labels.provider,
    labels.contract,
    labels.since,
    labels.until,
    labels.urgency,
    labels.measured,
    labels.others,
  ]);
  const facts = message.facts.filter(([label]) => !elsewhere.has(label));
  const reasons = message.sections.find(({ heading }) => heading === headings.why);
  return html`<h2>${own.why}</h2>
${facts.length > 0 && html`<dl class="facts">${facts.map(([label, value]) => html`<dt>${label}</dt><dd>${value}</dd>`)}</dl>`}
${reasons && html`<ul class="reasons">${reasons.lines.map((line) => html`<li>${line}</li>`)}</ul>`}
${
  alert.evidence.length > 0 &&
  html`<h3>${own.tests}</h3><ul class="tests">${alert.evidence.map(
    (test) => html`<li><time>${times.moment(test.at)}</time>${testCell(test, words)}</li>`,
  )}</ul>`
}
${memberList(frame)}`;
}

function nextSection({ seen, words }: Frame): Markup | null {
  const next = seen.message.sections.find(({ heading }) => heading === words.headings.next);
  if (!next || seen.alert.resolved_at !== null) return null;
  return html`<h2>${next.heading}</h2><ul class="reasons">${next.lines.map((line) => html`<li>${line}</li>`)}</ul>`;
}
