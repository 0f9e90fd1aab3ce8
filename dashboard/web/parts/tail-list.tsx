/** Why: the rows of the page of raw samples. Each is made once: of 2,000 rows a batch draws the new ones alone. */
import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Named } from '../fleet.ts';
import { age, clockSeconds, full } from '../format.ts';
import { siteHref } from '../router.ts';
import { commonZone } from '../store.ts';
import { figuresOf, LATE_MS, type TailItem } from '../tail.ts';
import { tailWords as w } from '../words-tail.ts';

interface ListProps {
  items: readonly TailItem[];
  /** By access point. */
  names: ReadonlyMap<string, Named>;
  /** The list must hold still, or may move again. */
  onHold: (on: boolean) => void;
}

export function TailList({ items, names, onHold }: ListProps) {
  const made = useMemo(() => new WeakMap<TailItem, VNode>(), [names]);
  const drawn = items.map((item) => {
    const known = made.get(item) ?? ('gap' in item ? missing(item) : rowOf(item, names));
    made.set(item, known);
    return known;
  });
  return (
    <ol
      class="tail"
      aria-label={w.list}
      onPointerEnter={(event: PointerEvent) => {
        if (event.pointerType === 'mouse') onHold(true);
      }}
      onPointerLeave={() => onHold(false)}
      onFocusCapture={() => onHold(true)}
      onBlurCapture={({ currentTarget, relatedTarget }: FocusEvent) => {
        const within =
          currentTarget instanceof Node && relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
        if (!within) onHold(false);
      }}
    >
      {drawn}
    </ol>
  );
}

function rowOf(item: Extract<TailItem, { row: unknown }>, names: ListProps['names']): VNode {
  const { row } = item;
  const named = row.ap === null ? undefined : names.get(row.ap);
  const zone = commonZone.value;
  const late = row.rx - row.at > LATE_MS;
  return (
    <li key={item.key}>
      <time
        dateTime={new Date(row.at).toISOString()}
        title={`${full(row.at, zone)}; ${w.received(full(row.rx, zone))}`}
      >
        {late ? full(row.at, zone) : clockSeconds(row.at, zone)}
      </time>
      <span class="named">
        {named ? (
          <a href={siteHref(named.site.id, named.ap.id)} data-row>
            {named.name}
          </a>
        ) : null}{' '}
        <span class="q mono">{row.probe}</span>
      </span>
      <span class="said">
        {row.e ? <b>{w.event[row.e.kind]} </b> : null}
        <span class="mono" translate={false}>
          {figuresOf(row)
            .map(([name, value]) => `${name}\u00a0${value}`)
            .join('  ')}
        </span>
        {late ? <span class="late">{w.late(age(row.rx - row.at))}</span> : null}
        {row.approx ? <span class="q"> ({w.approx})</span> : null}
      </span>
    </li>
  );
}

function missing({ key, gap: { from, to, why } }: Extract<TailItem, { gap: unknown }>): VNode {
  const zone = commonZone.value;
  return (
    <li key={key} class="missing">
      {w.gap[why](clockSeconds(from, zone), clockSeconds(to, zone))}
    </li>
  );
}
