/** Why: the month as pages that can be signed: the answer first, then regions, every library, exceptions, and how it was counted. Pure. */
import type { ComplianceGroup, ComplianceReport } from '#contract';
import { html, type Markup } from '../document.ts';
import { bar, groups, libraries, mark, VERDICTS } from './paper-tables.ts';
import { CURRENT, hrefOf, type PaperInput, toolbar } from './paper-toolbar.ts';
import { causeText, leadText, localMoment, monthName, type PaperWords, points, tenth, whole } from './paper-words.ts';

export function paperOf(input: PaperInput): Markup {
  const { report, words } = input;
  const title = words.title(monthName(report.month, words));
  const network = report.groups.find(({ by }) => by === 'network');
  return html`<a class="skip" href="#main">${words.skip}</a>
${SPRITE}
<div class="desk">
${toolbar(input)}
<main id="main">
<article class="paper">
<header class="run"><span class="brand"><svg class="g" aria-hidden="true"><use href="#logo"/></svg>Carrel</span><span>${title}</span></header>
<h1>${title}</h1>
<p class="q">${words.scope(points(report.rows.length, words))}</p>
${network && html`<p class="lead">${leadText(network, words)}</p>`}
${standing(report, words)}
${network && result(network, words)}
${groups('region', report, words)}
${groups('isp', report, words)}
${trend(report, words)}
${definitions(words)}
</article>
<article class="paper">
${libraries(report, words)}
<p class="q tnote">${words.note}</p>
</article>
<article class="paper">
${exceptions(report, words)}
${retro(report, words)}
${revisions(report, words)}
<div class="sign"><div>${words.prepared}</div><div>${words.approved}</div></div>
${report.sha256 !== null && html`<p class="q">${words.check}</p><footer class="end-line"><span class="mono">${words.data(report.sha256)}</span></footer>`}
</article>
</main>
</div>`;
}

/** Whether these figures may still change. */
function standing(report: ComplianceReport, words: PaperWords): Markup | null {
  const { complete, revision, made_at, month, revisions: issues } = report;
  const newest = issues.at(-1)?.revision ?? null;
  if (revision !== null && newest !== null && revision < newest)
    return html`<p class="notice"><a href="${hrefOf(month, words.lang, newest)}">${words.older(whole(revision, words), whole(newest, words))}</a></p>`;
  if (revision !== null) return null;
  return html`<p class="notice">${complete ? words.awaited : words.open(moment(made_at, words))} ${words.estimated}</p>`;
}

function result(network: ComplianceGroup, words: PaperWords): Markup {
  const all = network.met + network.not_met + network.not_enough_data;
  return html`<div class="result">${VERDICTS.map(
    (verdict) =>
      html`<div>${mark(verdict, words)}<b>${whole(network[verdict], words)}</b><span class="q">${all > 0 && words.ofAll(tenth((100 * network[verdict]) / all, words))}</span></div>`,
  )}</div>
${bar(network, 'bar100')}`;
}

function trend({ trend: months }: ComplianceReport, words: PaperWords): Markup | null {
  const shares = months.map(({ month, met, not_met }) => ({
    month,
    share: met + not_met === 0 ? null : (100 * met) / (met + not_met),
  }));
  if (shares.length < 2) return null;
  return html`<h2>${words.trend}</h2><div class="scroll" tabindex="0" role="region" aria-label="${words.trend}"><table class="trend"><caption class="vh">${words.trend}</caption><thead><tr>${shares.map(({ month }) => html`<th scope="col">${monthName(month, words, 'short')}</th>`)}</tr></thead><tbody><tr>${shares.map(
    ({ share }) =>
      html`<td><svg viewBox="0 0 10 40" preserveAspectRatio="none" aria-hidden="true">${share !== null && html`<rect class="f-meets" x="0" y="${(40 - share * 0.4).toFixed(2)}" width="10" height="${(share * 0.4).toFixed(2)}"/>`}</svg>${share === null ? words.unknown : tenth(share, words)}</td>`,
  )}</tr></tbody></table></div>`;
}

function definitions(words: PaperWords): Markup {
  return html`<h2>${words.words}</h2><dl class="defs">${words.definitions.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

function exceptions({ exceptions: found }: ComplianceReport, words: PaperWords): Markup {
  if (found.length === 0) return html`<h2>${words.exceptions}</h2><p>${words.noExceptions}</p>`;
  const figure = (one: (typeof found)[number]): string => {
    const share = one.verdict === 'not_met' ? one.share_pct : one.coverage_pct;
    const text = share === null ? words.unknown : tenth(share, words);
    return one.verdict === 'not_met' ? words.shareOf(text) : words.coverageOf(text);
  };
  return html`<h2>${words.exceptions}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${words.exceptions}"><table class="plain"><caption class="vh">${words.exceptions}</caption><thead><tr><th scope="col">${words.library}</th><th scope="col">${words.region}</th><th scope="col">${words.verdictHead}</th><th scope="col">${words.figure}</th><th scope="col">${words.cause}</th></tr></thead><tbody>${found.map(
    (one) =>
      html`<tr><th scope="row">${one.site_name}</th><td>${one.region}</td><td>${mark(one.verdict, words)}</td><td>${figure(one)}</td><td>${one.causes.length === 0 ? html`<span class="q">${words.unknown}</span>` : one.causes.map((cause) => causeText(cause, words)).join('; ')}${(one.notes ?? []).map(({ at, text, by }) => html`<br><span class="q">${text} (${by}, ${noteDay(at, one.zone ?? 'UTC', words)})</span>`)}</td></tr>
`,
  )}</tbody></table></div>`;
}

const noteDay = (at: number, timeZone: string, { locale }: PaperWords): string =>
  new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone }).format(at);

/** What was slow and over before anybody knew. */
function retro({ retro: found }: ComplianceReport, words: PaperWords): Markup | null {
  if (found.length === 0) return null;
  return html`<h2>${words.retro}</h2><p class="q">${words.retroText}</p>
<div class="scroll" tabindex="0" role="region" aria-label="${words.retro}"><table class="plain"><caption class="vh">${words.retro}</caption><thead><tr><th scope="col">${words.library}</th><th scope="col">${words.region}</th><th scope="col">${words.retroFrom}</th><th scope="col">${words.retroTo}</th></tr></thead><tbody>${found.map(
    ({ site_name, region, zone, since, until }) =>
      html`<tr><th scope="row">${site_name}</th><td>${region}</td><td>${localMoment(since, zone, words)}</td><td>${localMoment(until, zone, words)}</td></tr>
`,
  )}</tbody></table></div>`;
}

function revisions({ month, revision, revisions: issues }: ComplianceReport, words: PaperWords): Markup | null {
  if (issues.length === 0) return null;
  return html`<h2>${words.revisions}</h2><div class="scroll" tabindex="0" role="region" aria-label="${words.revisions}"><table><caption class="vh">${words.revisions}</caption><thead><tr><th scope="col">${words.revision}</th><th scope="col">${words.closed}</th><th scope="col">${words.change}</th></tr></thead><tbody>${issues.map(
    (one) =>
      html`<tr><th scope="row"><a href="${hrefOf(month, words.lang, one.revision)}"${one.revision === revision && CURRENT}>${one.revision}</a></th><td>${moment(one.closed_at, words)}</td><td>${one.revision === 1 ? words.firstIssue : words.changed(points(one.changed, words), whole(one.verdicts_changed, words))}</td></tr>`,
  )}</tbody></table></div>`;
}

function moment(at: number, { locale }: PaperWords): string {
  return `${new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(at)} UTC`;
}

const SPRITE = html`<svg class="sprite" aria-hidden="true"><defs>
<symbol id="meets" viewBox="-6 -6 12 12"><circle r="4.6"/></symbol>
<symbol id="below" viewBox="-6 -6 12 12"><path d="M0-5.6 5.9 4.9h-11.8z"/></symbol>
<symbol id="nodata" viewBox="-6 -6 12 12"><path fill-rule="evenodd" d="M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM0-3.1a3.1 3.1 0 1 0 0 6.2a3.1 3.1 0 1 0 0-6.2z"/></symbol>
<symbol id="logo" viewBox="0 0 20 20"><path d="M17 3H3v14h14" fill="none" stroke="currentColor" stroke-width="2.6"/><circle cx="12" cy="10" r="2.9" fill="currentColor"/></symbol>
</defs></svg>`;
