/** Why: a region is measured like a library: the same figures stand in the same columns, of each region, provider, library and of all together. Pure. */
import type { ComplianceFigures, ComplianceGroup, ComplianceReport, ComplianceRow, ComplianceVerdict } from '#contract';
import { html, type Markup } from '../document.ts';
import { changesText, hadOtherTarget } from './change-words.ts';
import { amount, type PaperWords, tenth, whole } from './paper-words.ts';

export const VERDICTS = ['met', 'not_met', 'not_enough_data'] as const;
const MARKS = { met: 'meets', not_met: 'below', not_enough_data: 'nodata' } as const satisfies Record<
  ComplianceVerdict,
  string
>;

export function mark(verdict: ComplianceVerdict, words: PaperWords): Markup {
  return html`<span class="st ${MARKS[verdict]}"><svg class="g" aria-hidden="true"><use href="#${MARKS[verdict]}"/></svg>${words.verdict[verdict]}</span>`;
}

/** Shares of the three verdicts; the figures stand beside it. */
export function bar(group: Pick<ComplianceGroup, ComplianceVerdict>, cls: string): Markup {
  const all = group.met + group.not_met + group.not_enough_data;
  let x = 0;
  return html`<svg class="${cls}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">${VERDICTS.flatMap(
    (verdict) => {
      const width = all === 0 ? 0 : (100 * group[verdict]) / all;
      const rect = html`<rect class="f-${MARKS[verdict]}" x="${x.toFixed(2)}" y="0" width="${width.toFixed(2)}" height="4"/>`;
      x += width;
      return width > 0 ? [rect] : [];
    },
  )}</svg>`;
}

/** Verdicts of the groups, and under them what was measured. What all did together is said even where nobody gave a region. */
export function groups(by: 'region' | 'isp', report: ComplianceReport, words: PaperWords): Markup | null {
  const total = report.groups.find((group) => group.by === 'network') ?? null;
  const rows = report.groups.filter((group) => group.by === by);
  if (rows.every(({ name }) => name === '')) {
    if (by === 'isp' || !total) return null;
    return measured(words.total, { head: words.region, rows: [], total }, report, words);
  }
  const [title, head] = by === 'region' ? [words.byRegion, words.region] : [words.byIsp, words.isp];
  return html`${verdicts(title, { head, rows, total }, words)}
${measured(words.measured(title), { head, rows, total }, report, words)}`;
}

interface Groups {
  head: string;
  rows: readonly ComplianceGroup[];
  /** Null where somebody sees a part of the network only. */
  total: ComplianceGroup | null;
}

function verdicts(title: string, { head, rows, total }: Groups, words: PaperWords): Markup {
  const cells = (group: ComplianceGroup): Markup => {
    const known = group.met + group.not_met;
    return html`<td class="num">${whole(known + group.not_enough_data, words)}</td>${VERDICTS.map((verdict) => html`<td class="num">${whole(group[verdict], words)}</td>`)}<td>${bar(group, 'bar')}</td><td class="num">${known === 0 ? html`<span class="q">${words.unknown}</span>` : tenth((100 * group.met) / known, words)}</td>`;
  };
  return html`<h2>${title}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table><caption class="vh">${title}</caption><thead><tr><th scope="col">${head}</th><th scope="col" class="num">${words.count}</th>${VERDICTS.map((verdict) => html`<th scope="col" class="num">${words.verdict[verdict]}</th>`)}<td></td><th scope="col" class="num">${words.shareMet}</th></tr></thead>
<tbody>${rows.map((group) => html`<tr><th scope="row">${nameOf(group, words)}</th>${cells(group)}</tr>`)}</tbody>
${total && html`<tfoot><tr><th scope="row">${words.total}</th>${cells(total)}</tr></tfoot>`}</table></div>`;
}

function measured(title: string, { head, rows, total }: Groups, report: ComplianceReport, words: PaperWords): Markup {
  return html`<h2>${title}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="dense measured"><caption class="vh">${title}</caption><thead><tr><th scope="col" class="c-name">${head}</th>${figureHeads(report, words)}</tr></thead>
<tbody>${rows.map((group) => html`<tr><th scope="row">${nameOf(group, words)}</th>${figureCells(group, words)}</tr>`)}</tbody>
${total && html`<tfoot><tr><th scope="row">${words.total}</th>${figureCells(total, words)}</tr></tfoot>`}</table></div>`;
}

const nameOf = ({ name }: ComplianceGroup, words: PaperWords): string => (name === '' ? words.noName : name);

export function libraries(report: ComplianceReport, words: PaperWords): Markup {
  const collator = new Intl.Collator(words.locale);
  const byRegion = Map.groupBy(report.rows, ({ region }) => region);
  const regions = report.groups
    .filter(({ by }) => by === 'region')
    .map(({ name }) => name)
    .sort(collator.compare);
  return html`${regions.map((region) => {
    const members = [...(byRegion.get(region) ?? [])].sort(
      (a, b) => collator.compare(a.site_name, b.site_name) || collator.compare(a.ap, b.ap),
    );
    const title = words.libraries(region === '' ? words.noName : region);
    return html`<h2>${title}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${title}"><table class="dense"><caption class="vh">${title}</caption><thead><tr><th scope="col" class="c-name">${words.library}</th>${figureHeads(report, words)}<th scope="col" class="c-verdict">${words.verdictHead}</th></tr></thead><tbody>${members.map((row) => libraryRow(row, members, words))}</tbody></table></div>`;
  })}`;
}

function libraryRow(row: ComplianceRow, members: readonly ComplianceRow[], words: PaperWords): Markup {
  // A site with several access points names each.
  const several = members.some((other) => other.site === row.site && other.ap !== row.ap);
  const changes = changesText(row, words);
  return html`<tr><th scope="row">${row.site_name}${several && html` <span class="q">${row.ap}</span>`}${changes !== '' && html`<br><span class="q">${changes}</span>`}</th>${figureCells(row, words)}<td>${mark(row.verdict, words)}</td></tr>
`;
}

function figureHeads({ rows }: ComplianceReport, words: PaperWords): Markup {
  const [common, ...others] = new Set(rows.map(({ target_mbps }) => target_mbps));
  const isOne = common !== undefined && others.length === 0 && !rows.some(hadOtherTarget);
  const target = isOne ? amount(common, words) : words.target;
  return html`<th scope="col" class="num c-tests">${words.tests}</th><th scope="col" class="num c-pc">${words.coverage}</th><th scope="col" class="num c-pc">${words.median}</th><th scope="col" class="num c-pc">${words.p10}</th><th scope="col" class="num c-share">${words.share(target)}</th><th scope="col" class="num c-av">${words.available}</th>`;
}

function figureCells(of: ComplianceFigures, words: PaperWords): Markup {
  const figure = (value: number | null): Markup | string =>
    value === null ? html`<span class="q">${words.unknown}</span>` : tenth(value, words);
  const interval =
    of.share_low_pct !== null &&
    of.share_high_pct !== null &&
    html` <span class="qq">(${whole(Math.floor(of.share_low_pct), words)} ${words.to} ${whole(Math.ceil(Math.min(100, of.share_high_pct)), words)})</span>`;
  return html`<td class="num">${whole(of.passed + of.failed, words)} / ${whole(of.planned, words)}</td><td class="num">${figure(of.coverage_pct)}</td><td class="num">${figure(of.median_mbps)}</td><td class="num">${figure(of.p10_mbps)}</td><td class="num">${figure(of.share_pct)}${interval}</td><td class="num">${figure(of.availability_pct)}</td>`;
}
