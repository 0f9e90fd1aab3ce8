/** Why: in a network of a few access points the overview shows what each measures now: the first thing a new user sees move. */

import type { Line } from '../fleet.ts';
import { age, count, cut } from '../format.ts';
import { siteHref } from '../router.ts';
import { serverNow } from '../store.ts';
import { words } from '../words.ts';
import { overviewWords } from '../words-overview.ts';
import { Figure, Panel } from './marks.tsx';

const w = overviewWords;

/** The newest sample of each, for a network that is small enough to read them all. */
export function MeasuredNow({ all }: { all: readonly Line[] }) {
  const c = words.sites.columns;
  const unit = (text: string) => <span class="unit">{text}</span>;
  return (
    <Panel title={w.measured} id="h-now" note={w.measuredBy}>
      <div class="scroll" tabIndex={0} role="group" aria-labelledby="h-now">
        <table>
          <thead>
            <tr>
              <th scope="col">{c.name}</th>
              <th scope="col" class="num">
                {c.rx} {unit(words.units.mbps)}
              </th>
              <th scope="col" class="num">
                {c.tx} {unit(words.units.mbps)}
              </th>
              <th scope="col" class="num">
                {c.rtt} {unit(words.units.ms)}
              </th>
              <th scope="col" class="num">
                {c.cpu} {unit(words.units.percent)}
              </th>
              <th scope="col" class="num">
                {c.clients}
              </th>
              <th scope="col">{c.seen}</th>
            </tr>
          </thead>
          <tbody>
            {all.map(({ row, ap, site, name }) => (
              <tr key={ap.id}>
                <th scope="row">
                  <a href={siteHref(site.id, ap.id)}>{name}</a>
                </th>
                <td class="num">
                  <Figure value={row.wan_rx_mbps} />
                </td>
                <td class="num">
                  <Figure value={row.wan_tx_mbps} />
                </td>
                <td class="num">
                  <Figure value={row.rtt_ms} show={cut} />
                </td>
                <td class="num">
                  <Figure value={row.cpu_pct} show={cut} />
                </td>
                <td class="num">
                  <Figure value={row.clients} show={count} />
                </td>
                <td class="nw">
                  {row.last_seen === null ? words.never : words.ago(age(serverNow.value - row.last_seen))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
