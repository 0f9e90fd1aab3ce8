/** Why: from the paper of one month every other can be reached, without a script, in the same language; a link to this month keeps its revision. Pure. */
import type { ComplianceReport, ReportMonth } from '#contract';
import { html, type Markup } from '../document.ts';
import { LANGUAGES, type Language } from '../language.ts';
import { monthName, type PaperWords } from './paper-words.ts';

export interface PaperInput {
  report: ComplianceReport;
  /** Newest first. */
  months: readonly ReportMonth[];
  words: PaperWords;
}

/** Beside each other; all of them stand in a list by year. */
const NEWEST = 6;

export const CURRENT = html` aria-current="true"`;

/** Address of a month on paper. `revision`: null for the newest. */
export function hrefOf(month: string, lang: Language, revision: number | null): string {
  return `/reports/${month}?lang=${lang}${revision === null ? '' : `&revision=${revision}`}`;
}

export function toolbar({ report, months, words }: PaperInput): Markup {
  const { toolbar: t, lang } = words;
  const { month, revision } = report;
  const table = (format: string): string =>
    `/api/v1/reports/compliance?month=${month}&format=${format}&lang=${lang}${revision === null ? '' : `&revision=${revision}`}`;
  const link = monthLink(report, words);
  return html`<nav class="toolbar no-print" aria-label="${t.report}"><a href="/">${t.overview}</a>
<span class="seg" role="group" aria-label="${t.months}">${months.slice(0, NEWEST).map(link)}</span>
${months.length > NEWEST && html`<details class="months"><summary>${t.allMonths}</summary><div>${yearsOf(months).map(([year, of]) => html`<span class="label">${year}</span><span class="row">${of.map(link)}</span>`)}</div></details>`}
<span class="seg" role="group" aria-label="${t.language}">${LANGUAGES.map(
    (one) =>
      html`<a href="${hrefOf(month, one, revision)}" lang="${one}"${one === lang && CURRENT}>${one.toUpperCase()}</a>`,
  )}</span>
<div class="end"><a class="btn" href="${table('csv')}" download>CSV</a><a class="btn" href="${table('xlsx')}" download>XLSX</a><button class="btn go" type="button" data-print hidden>${t.print}</button></div></nav>`;
}

function monthLink({ month: shown }: ComplianceReport, words: PaperWords): (one: ReportMonth) => Markup {
  return ({ month, revision }) =>
    html`<a href="${hrefOf(month, words.lang, null)}"${month === shown && CURRENT}>${monthName(month, words, 'short')}${revision === null && html`, ${words.toolbar.openMonth}`}</a>`;
}

function yearsOf(months: readonly ReportMonth[]): [string, ReportMonth[]][] {
  return [...Map.groupBy(months, ({ month }) => month.slice(0, 4))];
}
