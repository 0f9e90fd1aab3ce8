/** Why: who looks for slow lines needs other columns than who looks for busy ones. State and site always stand. */
import { COLUMN_KEYS, type ColumnKey } from '../order.ts';
import { sitesWords as w } from '../words-sites.ts';
import { COLUMNS } from './columns.tsx';
import { Pop } from './pop.tsx';

interface PickProps {
  columns: readonly ColumnKey[];
  pick: (columns: readonly ColumnKey[]) => void;
}

export const ColumnPick = ({ columns, pick }: PickProps) => (
  <Pop label={w.columns}>
    <fieldset class="plain">
      <legend class="vh">{w.columns}</legend>
      {COLUMN_KEYS.map((key) => {
        const on = columns.includes(key);
        return (
          <label key={key} class="tick">
            <input
              type="checkbox"
              checked={on}
              disabled={on && columns.length === 1}
              onChange={() => pick(COLUMN_KEYS.filter((one) => columns.includes(one) !== (one === key)))}
            />
            {COLUMNS[key].head}
          </label>
        );
      })}
    </fieldset>
    <button class="btn" type="button" onClick={() => pick(COLUMN_KEYS)}>
      {w.usualColumns}
    </button>
  </Pop>
);
