/** Why: what a probe says of its configuration, its clock and its backlog, each as short as it stays clear. */
import { age, bytes, count } from '../format.ts';
import type { ProbeRow } from '../probes.ts';
import { words } from '../words.ts';
import { fleetWords as w } from '../words-fleet.ts';

/** Less is no word: frames are under way for some of it. */
const SKEW_MS = 5000;
/** From here the account stands out, share of the limit. */
const NEARLY = 0.9;

export const Unknown = () => <span class="qq">{words.unknownFigure}</span>;

export function ConfigCell({ row: { reported, wanted, error } }: { row: ProbeRow }) {
  if (wanted === null) return <Unknown />;
  if (reported === wanted && error === null) return <span class="q">{count(wanted)}</span>;
  const of = w.wanted(reported === null ? words.unknownFigure : count(reported), count(wanted));
  return <span {...(error === null ? {} : { title: error })}>{of}</span>;
}

export function ClockCell({ row: { clock, skewMs } }: { row: ProbeRow }) {
  if (clock === 0) return <span class="strong">{w.clock[0]}</span>;
  if (skewMs !== null && Math.abs(skewMs) >= SKEW_MS)
    return <data value={String(skewMs)}>{(skewMs > 0 ? w.ahead : w.behind)(age(Math.abs(skewMs)))}</data>;
  return clock === null ? <Unknown /> : <span class="q">{w.clock[clock]}</span>;
}

export function WaitingCell({ row: { waiting, waitingS } }: { row: ProbeRow }) {
  if (waiting === null) return <Unknown />;
  if (waiting === 0) return <span class="q">0</span>;
  return (
    <data value={String(waiting)}>
      {count(waiting)}
      {waitingS === null ? null : <span class="q"> · {age(waitingS * 1000)}</span>}
    </data>
  );
}

/** What tests have cost by the probe's own account. */
export function DataCell({ row: { spent, limit } }: { row: ProbeRow }) {
  if (spent === null || limit === null) return <Unknown />;
  return (
    <data value={String(spent)} class={limit > 0 && spent >= NEARLY * limit ? 'strong' : ''}>
      {w.of(bytes(spent), bytes(limit))}
    </data>
  );
}
