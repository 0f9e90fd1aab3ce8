/** Why: what is selected stays selected while one searches on; what can be done with it stands above the table and says to how many. */
import { useState } from 'preact/hooks';
import type { Line } from '../fleet.ts';
import { mayAct } from '../rights.ts';
import { hrefOf } from '../router.ts';
import { lines, serverNow } from '../store.ts';
import { selectionWords as w } from '../words-selection.ts';
import { lazy } from './lazy.tsx';

/** As many as pages/compare.tsx shows. */
const COMPARED = 6;

export interface SelectionProps {
  /** Ids of access points. */
  selected: ReadonlySet<string>;
  onSelect: (aps: readonly string[], on: boolean) => void;
}

const SilenceMany = lazy<{ lines: readonly Line[]; onDone: (aps: readonly string[]) => void; onCancel: () => void }>(
  () => import('./silence-many.tsx').then((module) => module.SilenceMany),
);

export function Selection({ selected, onSelect }: SelectionProps) {
  const [open, setOpen] = useState(false);
  const chosen = lines.value.filter(({ ap }) => selected.has(ap.id));
  if (chosen.length === 0) return null;
  const save = async () => {
    const [{ saveCsv }, { sitesCsv }] = await Promise.all([import('../csv.ts'), import('../sites-csv.ts')]);
    saveCsv(sitesCsv(chosen), `${w.file}-${new Date(serverNow.peek()).toISOString().slice(0, 10)}.csv`);
  };
  return (
    <section class="below-head" aria-label={w.selection}>
      <div class="toolbar">
        <b role="status">{w.selected(chosen.length)}</b>
        {mayAct() ? (
          <button class="btn" type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {w.silence}
          </button>
        ) : null}
        {chosen.length > 1 && chosen.length <= COMPARED ? (
          <a class="btn" href={hrefOf('/compare', { s: chosen.map(({ ap }) => ap.id).join() })}>
            {w.compare}
          </a>
        ) : null}
        <button class="btn" type="button" onClick={() => void save()}>
          {w.export}
        </button>
        <button class="btn" type="button" onClick={() => onSelect([...selected], false)}>
          {w.deselect}
        </button>
      </div>
      {open ? (
        <SilenceMany lines={chosen} onDone={(aps) => onSelect(aps, false)} onCancel={() => setOpen(false)} />
      ) : null}
    </section>
  );
}
