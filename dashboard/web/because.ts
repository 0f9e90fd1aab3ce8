/** Why: the reason of a state in a sentence, from the row's own figures: it travels as a code and can be said in any language. */

import type { Line } from './fleet.ts';
import { cut, mbps, moment, NBSP } from './format.ts';
import { words } from './words.ts';

const w = words.because;

/** `now`: the server's clock, ms; times are told as the site's. */
export function because({ row, ap, site }: Pick<Line, 'row' | 'ap' | 'site'>, now: number): string {
  const at = (ms: number) => moment(ms, now, site.zone);
  const measured =
    row.median_mbps === null || row.down_at === null
      ? ''
      : w.median(row.median_n, `${cut(row.median_mbps)}${NBSP}${words.units.mbps}`, at(row.down_at));
  switch (row.why_code) {
    case 'dark':
      return w.dark(row.last_seen === null ? null : at(row.last_seen));
    case 'slow':
      return `${w.slow(mbps(ap.target_mbps), row.since === null ? null : at(row.since))} ${measured}`.trim();
    case 'median':
      return measured;
    default:
      return w[row.why_code];
  }
}
