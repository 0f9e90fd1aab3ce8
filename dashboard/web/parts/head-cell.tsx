/** Why: heads of the live tables sort by a click, and say by what a table is sorted. Written once for every such table. */
import { Icon } from './marks.tsx';

interface Sorting<By> {
  by: By;
  descending: boolean;
}
export interface HeadCellProps<By extends string> {
  name: string;
  by: By;
  unit?: string | undefined;
  cls?: string;
  sort: Sorting<By>;
  onSort: (sort: Sorting<By>) => void;
  /** The first click on these sorts the largest first. */
  largeFirst: readonly By[];
}

export function HeadCell<By extends string>({ name, by, unit, cls = '', sort, onSort, largeFirst }: HeadCellProps<By>) {
  const on = sort.by === by;
  return (
    <th
      scope="col"
      class={cls}
      {...(on ? { 'aria-sort': sort.descending ? ('descending' as const) : ('ascending' as const) } : {})}
    >
      <button type="button" onClick={() => onSort({ by, descending: on ? !sort.descending : largeFirst.includes(by) })}>
        {name}
        {on ? <Icon id={sort.descending ? 'i-up' : 'i-down'} cls="g" /> : null}
      </button>
      {unit ? (
        <>
          {' '}
          <span class="unit">{unit}</span>
        </>
      ) : null}
    </th>
  );
}
