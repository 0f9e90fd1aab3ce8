/** Why: six hours as one small picture, readable without colour, with the same facts as a table. Pure; no script draws it. */
import type { TestView } from '#contract';
import { html, type Markup } from '../document.ts';
import type { Words } from '../notify/words/words.ts';
import type { Chart, GroupChart, LineChart, Stretch } from './chart-data.ts';
import { mark } from './marks.ts';
import type { Times } from './times.ts';
import type { IncidentWords } from './words.ts';

interface ChartInput {
  chart: Chart;
  /** When the incident began. */
  since: number;
  targetMbps: number;
  words: Words;
  own: IncidentWords;
  times: Times;
  /** It goes on: the right edge is now. */
  going: boolean;
}

export function chartSection(input: ChartInput): Markup {
  const { chart, own } = input;
  return chart.kind === 'group'
    ? section(own.chart.group, groupSvg(chart, input), groupTable(chart, input), own)
    : section(own.chart.title, lineSvg(chart, input), lineTable(chart, input), own);
}

function section(title: string, picture: Markup, table: Markup, own: IncidentWords): Markup {
  return html`<h2>${title}</h2>
<figure>${picture}</figure>
<details><summary>${own.table}</summary>${table}</details>`;
}

/** Heights of a bar, of 18. */
const HEIGHT: Record<Stretch, number> = { meets: 7, offline: 18, nodata: 3 };
const PLOT = 84;
const DOTS_TOP = 18;

function lineSvg(chart: LineChart, { since, targetMbps, words, own, times, going }: ChartInput): Markup {
  const rated = chart.tests.filter((test): test is TestView & { rate_mbps: number } => test.rate_mbps !== null);
  const below = rated.filter(({ verdict }) => verdict === 'fail').length;
  const top = Math.max(targetMbps * 1.3, ...rated.map(({ rate_mbps }) => rate_mbps * 1.05), 1);
  const plot = rated.length > 0 ? PLOT : 0;
  const x = percentOf(chart);
  const y = (mbps: number): string => (plot - ((plot - DOTS_TOP) * mbps) / top).toFixed(1);
  const gone = chart.bars.filter(({ state }) => state !== 'meets').length * 10;
  const label = own.chart.line(rated.length, below, `${own.noInternet}: ${times.span(gone * 60_000)}`);
  const bars = chart.bars.map(
    ({ from, state }) =>
      html`<rect class="f-${state}" x="${x(from)}" y="${plot + 22 - HEIGHT[state]}" width="2.1%" height="${HEIGHT[state]}"/>`,
  );
  return html`<svg class="chart" width="100%" height="${plot + 46}" role="img" aria-label="${label}">
${plot > 0 && html`<line class="target" x1="0" x2="100%" y1="${y(targetMbps)}" y2="${y(targetMbps)}"/>`}
${since > chart.from && html`<line class="cursor" x1="${x(since)}" x2="${x(since)}" y1="0" y2="${plot + 22}"/>`}
${rated.map((test) => dot(test, x(test.at), y(test.rate_mbps)))}${plot > 0 && html`<text class="halo" x="0" y="${Number(y(targetMbps)) + 17}">${own.target(words.format.mbps(targetMbps))}</text>`}${bars}
${axis({ from: chart.from, since, own, times, going, x, y: plot + 42, to: chart.to })}</svg>`;
}

function dot({ verdict }: TestView, x: string, y: string): Markup {
  return verdict === 'fail'
    ? html`<svg class="g below" x="${x}" y="${y}" overflow="visible"><path d="M0-5.6 5.9 4.9h-11.8z"/></svg>`
    : html`<circle class="${verdict === 'pass' ? 'f-lamp' : 'hollow'}" cx="${x}" cy="${y}" r="4"/>`;
}

interface Axis extends Pick<ChartInput, 'since' | 'own' | 'times' | 'going'> {
  from: number;
  to: number;
  x(at: number): string;
  y: number;
}

/** The moment of the fall is named unless it would lie on another label. */
function axis({ from, to, since, own, times, going, x, y }: Axis): Markup {
  const share = (since - from) / (to - from);
  return html`<text x="0" y="${y}">${times.clock(from)}</text>${
    share > 0.2 && share < 0.82 && html`<text class="mid on" x="${x(since)}" y="${y}">${times.clock(since)}</text>`
  }<text class="rt" x="100%" y="${y}">${going ? own.now : times.clock(to)}</text>`;
}

function percentOf({ from, to }: Chart): (at: number) => string {
  return (at) => `${Math.min(100, Math.max(0, (100 * (at - from)) / (to - from))).toFixed(2)}%`;
}

/** A stretch per row, where something changed; then the tests. */
function lineTable(chart: LineChart, { words, own, times }: ChartInput): Markup {
  const word: Record<Stretch, string> = { meets: own.connected, offline: own.noInternet, nodata: own.nothingHeard };
  const turns = chart.bars.filter(({ state }, i) => chart.bars[i - 1]?.state !== state);
  const rows = [
    ...turns.map(({ from, state }) => ({ at: from, cell: mark(state, word[state]) })),
    ...chart.tests.map((test) => ({ at: test.at, cell: testCell(test, words) })),
  ].sort((a, b) => a.at - b.at);
  return table(
    own,
    rows.map(({ at, cell }) => html`<tr><th scope="row">${times.moment(at)}</th><td>${cell}</td></tr>`),
  );
}

export function testCell({ verdict, rate_mbps, reason }: TestView, words: Words): Markup {
  const said = { pass: words.test.passed, fail: words.test.below, inconclusive: words.test.inconclusive }[verdict];
  const rate = rate_mbps === null ? '' : ` ${words.format.measured(rate_mbps)}`;
  const again = reason === 'confirm' ? `, ${words.test.retest}` : '';
  return mark(verdict === 'pass' ? 'meets' : verdict === 'fail' ? 'below' : 'nodata', `${said}${rate}${again}`);
}

const LINE = 13;

function groupSvg(chart: GroupChart, { since, own, times, going }: ChartInput): Markup {
  const x = percentOf(chart);
  const height = chart.lines.length * LINE;
  const lines = chart.lines.map(({ since: fell, until }, i) => {
    const y = i * LINE + 7;
    const back = until !== null && html`<line class="median" x1="${x(until)}" x2="100%" y1="${y}" y2="${y}"/>`;
    return html`<line class="median" x1="0" x2="${x(fell)}" y1="${y}" y2="${y}"/>${back}<svg class="g offline" x="${x(fell)}" y="${y}" overflow="visible"><path d="M-1-4h8v8h-8z"/></svg>`;
  });
  return html`<svg class="chart" width="100%" height="${height + 24}" role="img" aria-label="${own.chart.lines(chart.lines.length, chart.all)}">
<line class="cursor" x1="${x(since)}" x2="${x(since)}" y1="0" y2="${height}"/>${lines}
${axis({ from: chart.from, to: chart.to, since, own, times, going, x, y: height + 20 })}</svg>`;
}

function groupTable(chart: GroupChart, { own, times }: ChartInput): Markup {
  return table(
    own,
    chart.lines.map(
      ({ name, since, until }) =>
        html`<tr><th scope="row">${times.moment(since)}${until !== null && ` – ${times.moment(until)}`}</th><td>${name}</td></tr>`,
    ),
  );
}

function table(own: IncidentWords, rows: readonly Markup[]): Markup {
  return html`<table><thead><tr><th scope="col">${own.time}</th><th scope="col">${own.what}</th></tr></thead><tbody>${rows}</tbody></table>`;
}
