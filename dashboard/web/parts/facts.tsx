/** Why: what an access point is: target, contract, hours, probe, and when it was last heard. */

import type { Line } from '../fleet.ts';
import { age, clock, count, cut, mbps, moment, NBSP } from '../format.ts';
import { hoursInWords, nextChange } from '../hours.ts';
import { hrefOf } from '../router.ts';
import { probesOf, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { tailWords } from '../words-tail.ts';
import { Figure, Panel } from './marks.tsx';

const w = siteWords;

export function Facts({ line: { row, ap, site }, onEdit }: { line: Line; onEdit: (() => void) | null }) {
  const now = serverNow.value;
  return (
    <Panel
      title={w.facts}
      id="h-facts"
      end={
        onEdit ? (
          <button class="link" type="button" onClick={onEdit}>
            {w.edit}
          </button>
        ) : undefined
      }
    >
      <dl class="facts pad">
        <dt>{w.target}</dt>
        <dd>{w.targetDown(mbps(ap.target_mbps))}</dd>
        <dt>{w.contract}</dt>
        <dd>{site.contract_mbps === null ? words.unknown : mbps(site.contract_mbps)}</dd>
        <dt>{w.provider}</dt>
        <dd>{site.isp || words.unknown}</dd>
        {site.metered ? (
          <>
            <dt>{w.metered}</dt>
            <dd>{w.yes}</dd>
          </>
        ) : null}
        <dt>{w.open}</dt>
        <dd>{hoursInWords(site.opening)}</dd>
        <dt>{w.today}</dt>
        <dd>{openNow(site, now)}</dd>
        <dt>{w.zone}</dt>
        <dd>
          {site.zone}, {clock(now, site.zone)}
        </dd>
        <dt>{w.probe}</dt>
        <dd>
          <Probes ap={ap.id} mayConnect={onEdit !== null} />
          {row.probe_online === null ? null : <span class="q"> {row.probe_online ? w.online : w.offline}</span>}
        </dd>
        <dt>{w.lastSample}</dt>
        <dd>{row.last_seen === null ? words.never : words.ago(age(now - row.last_seen))}</dd>
        <dt>{w.lastTest}</dt>
        <dd>
          {row.down_mbps === null ? (
            words.unknown
          ) : (
            <>
              {`${cut(row.down_mbps)}${NBSP}${words.units.mbps}`}
              {row.down_at === null ? null : `, ${moment(row.down_at, now, site.zone)}`}
            </>
          )}
        </dd>
        <dt>{w.rtt}</dt>
        <dd>
          <Figure value={row.rtt_ms} show={cut} unit={words.units.ms} />
        </dd>
        <dt>{w.wan}</dt>
        <dd>
          <Figure value={row.wan_rx_mbps} /> {w.wanIn}, <Figure value={row.wan_tx_mbps} unit={words.units.mbps} />{' '}
          {w.wanOut}
        </dd>
        <dt>{w.cpu}</dt>
        <dd>
          <Figure value={row.cpu_pct} show={cut} unit={words.units.percent} />
        </dd>
        <dt>{w.devices}</dt>
        <dd>
          <Figure value={row.clients} show={count} />
        </dd>
        {site.notes ? (
          <>
            <dt>{w.notes}</dt>
            <dd>{site.notes}</dd>
          </>
        ) : null}
      </dl>
    </Panel>
  );
}

function openNow(site: Line['site'], now: number): string {
  const { open, at } = nextChange(site, now);
  if (at === null) return open ? w.openNow : w.closed;
  return open ? w.closesIn(age(at - now)) : w.opensIn(age(at - now));
}

function Probes({ ap, mayConnect }: { ap: string; mayConnect: boolean }) {
  const probes = probesOf(ap);
  if (probes.length === 0)
    return (
      <>
        {w.noProbe}
        {mayConnect ? (
          <>
            , <a href={hrefOf('/start', { step: 2, ap })}>{w.connectProbe}</a>
          </>
        ) : null}
      </>
    );
  return (
    <>
      {probes.map(({ id }) => (
        <a key={id} class="mono" href={hrefOf('/live', { q: id })} title={tailWords.from}>
          {id}
        </a>
      ))}
    </>
  );
}
