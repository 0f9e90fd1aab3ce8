/** Why: what the public may know of a library's internet, as pages without a script and a badge for the library's own website. Pure. */
import type { ApState } from '#contract';
import { html, type Markup } from '../document.ts';
import { LANGUAGES, type Language } from '../language.ts';
import { type DayState, type StatusDay, shareOf } from './days.ts';
import type { StatusWords } from './words.ts';

export interface PublicSite {
  id: string;
  name: string;
  region: string;
  state: ApState;
}

/** Worst first, as everywhere. */
const ORDER: readonly ApState[] = ['offline', 'below', 'nodata', 'maint', 'meets'];
/** How tall a day's bar is, of 18: it reads without colour. */
const HEIGHT: Record<DayState, number> = { offline: 18, below: 12, meets: 7, nodata: 3 };

export function networkPage(sites: readonly PublicSite[], now: number, lang: Language, words: StatusWords): Markup {
  const whole = new Intl.NumberFormat(words.locale);
  const meets = sites.filter(({ state }) => state === 'meets').length;
  const collator = new Intl.Collator(words.locale);
  const regions = [...Map.groupBy(sites, ({ region }) => region)].sort(([a], [b]) => collator.compare(a, b));
  return shell(
    lang,
    words,
    '/status',
    html`<h1>${sites.length === 0 ? words.none : words.answer(whole.format(meets), whole.format(sites.length), formOf(sites.length, words))}</h1>
<p class="q">${words.asOf(moment(now, words))}</p>
${regions.map(
  ([region, members]) => html`<h2>${region === '' ? words.noName : region}</h2>
<table><thead><tr><th scope="col">${words.library}</th><th scope="col">${words.now}</th></tr></thead><tbody>${[
    ...members,
  ]
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || collator.compare(a.name, b.name))
    .map(
      (site) =>
        html`<tr><th scope="row"><a href="/status/${encodeURIComponent(site.id)}?lang=${lang}">${site.name}</a></th><td>${mark(site.state, words)}</td></tr>
`,
    )}</tbody></table>`,
)}`,
  );
}

export function sitePage(
  site: PublicSite,
  days: readonly StatusDay[],
  now: number,
  lang: Language,
  words: StatusWords,
): Markup {
  const share = shareOf(days);
  const shares = new Intl.NumberFormat(words.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const text = share
    ? words.share(
        shares.format(Math.floor(share.percent * 10) / 10),
        new Intl.NumberFormat(words.locale).format(share.tests),
        formOf(share.tests, words),
      )
    : words.noTests;
  const odd = days.filter(({ state }) => state === 'below' || state === 'offline').reverse();
  return shell(
    lang,
    words,
    `/status/${encodeURIComponent(site.id)}`,
    html`<p><a href="/status?lang=${lang}">${words.all}</a></p>
<h1>${site.name}</h1>
<p class="lead">${mark(site.state, words)}</p>
<p class="q">${words.asOf(moment(now, words))}</p>
<h2>${words.days}</h2>
<figure><svg class="spines" viewBox="0 0 ${days.length * 4} 18" preserveAspectRatio="none" role="img" aria-label="${text}">${days.map(
      ({ state }, i) =>
        html`<rect class="f-${state}" x="${i * 4}" y="${18 - HEIGHT[state]}" width="3" height="${HEIGHT[state]}"/>`,
    )}</svg><figcaption class="run"><span>${words.oldest}</span><span>${words.today}</span></figcaption></figure>
<p>${text}</p>
${
  odd.length > 0 &&
  html`<table><caption>${words.table}</caption><thead><tr><th scope="col">${words.date}</th><th scope="col">${words.what}</th></tr></thead><tbody>${odd.map(
    ({
      t_s,
      state,
    }) => html`<tr><th scope="row">${day(t_s, words)}</th><td>${mark(state, words, words.day[state])}</td></tr>
`,
  )}</tbody></table>`
}`,
  );
}

function shell(lang: Language, words: StatusWords, path: string, body: Markup): Markup {
  return html`${SPRITE}<main id="main" class="public">
<nav class="langs" aria-label="${words.language}">${LANGUAGES.map(
    (one) =>
      html`<a href="${path}?lang=${one}" lang="${one}"${one === lang && html` aria-current="true"`}>${one.toUpperCase()}</a> `,
  )}</nav>
${body}
<footer class="q"><a href="/accessibility?lang=${lang}">${words.accessibility}</a></footer>
</main>`;
}

function mark(state: ApState | DayState, words: StatusWords, text = words.state[state]): Markup {
  return html`<span class="st ${state}"><svg class="g" aria-hidden="true"><use href="#${state}"/></svg>${text}</span>`;
}

const BADGE_COLOURS: Record<ApState, string> = {
  meets: '#2c67aa',
  below: '#9e660a',
  offline: '#7b1010',
  nodata: '#645a5a',
  maint: '#9107d9',
};
/** Rough width of a letter at 11 px; a badge cannot measure its text. */
const LETTER_PX = 6.6;

/** An image of its own: no style sheet, no font, no request reaches it where it is embedded. */
export function badgeOf(site: PublicSite, words: StatusWords): string {
  const label = words.badge;
  const state = words.state[site.state];
  const left = Math.ceil(label.length * LETTER_PX) + 12;
  const right = Math.ceil(state.length * LETTER_PX) + 12;
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${`${site.name}: ${label}, ${state}`}"><title>${`${site.name}: ${label}, ${state}`}</title><rect width="${left}" height="20" fill="#46524d"/><rect x="${left}" width="${right}" height="20" fill="${BADGE_COLOURS[site.state]}"/><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="6" y="14">${label}</text><text x="${left + 6}" y="14">${state}</text></g></svg>`
    .html;
}

const formOf = (n: number, { locale }: StatusWords): Intl.LDMLPluralRule => new Intl.PluralRules(locale).select(n);

function moment(at: number, { locale }: StatusWords): string {
  return `${new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
}
function day(t_s: number, { locale }: StatusWords): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeZone: 'UTC' }).format(t_s * 1000);
}

const SPRITE = html`<svg class="sprite" aria-hidden="true"><defs>
<symbol id="meets" viewBox="-6 -6 12 12"><circle r="4.6"/></symbol>
<symbol id="below" viewBox="-6 -6 12 12"><path d="M0-5.6 5.9 4.9h-11.8z"/></symbol>
<symbol id="offline" viewBox="-6 -6 12 12"><path d="M-4.8-4.8h9.6v9.6h-9.6z"/></symbol>
<symbol id="nodata" viewBox="-6 -6 12 12"><path fill-rule="evenodd" d="M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM0-3.1a3.1 3.1 0 1 0 0 6.2a3.1 3.1 0 1 0 0-6.2z"/></symbol>
<symbol id="maint" viewBox="-6 -6 12 12"><path d="M0-6 6 0 0 6-6 0z"/></symbol>
</defs></svg>`;
