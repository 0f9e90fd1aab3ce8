/** Why: what an operator asks of probes in libraries that nobody technical visits: which need a hand, and why. Worst first; the address holds the view. */
import { computed } from '@preact/signals';
import { useMemo, useRef } from 'preact/hooks';
import type { ProbeFleet } from '#contract';
import type { Named } from '../fleet.ts';
import { bytes, clock, count } from '../format.ts';
import { useLoad } from '../load.ts';
import { parseNames } from '../order.ts';
import { Empty, Failed, Waiting } from '../parts/answers.tsx';
import { ProbeFilters, Versions } from '../parts/fleet-filters.tsx';
import { ProbeTable } from '../parts/fleet-table.tsx';
import { Head } from '../parts/head.tsx';
import { NothingYet } from '../parts/nothing-yet.tsx';
import {
  type ProbeFilter,
  type ProbeRow,
  parseProbeSort,
  parseTroubles,
  probeOrder,
  probePasser,
  probeRows,
  probeSortText,
} from '../probes.ts';
import { go, place, withQuery } from '../router.ts';
import { commonZone, listed, serverNow } from '../store.ts';
import { useNamed } from '../use-fleet.ts';
import { words } from '../words.ts';
import { fleetWords as w } from '../words-fleet.ts';
import { tailWords } from '../words-tail.ts';

/** The fleet is read again this often: what stands in it moves in minutes. */
const READ_MS = 30_000;
const turn = computed(() => Math.floor(serverNow.value / READ_MS));

export function FleetPage() {
  const { value, problem, again } = useLoad<ProbeFleet>('/fleet', { refresh: turn.value });
  const named = useNamed();
  if (value && listed.value) return <Known fleet={value} named={named} failed={problem !== null} again={again} />;
  return (
    <>
      <Head title={w.title} />
      <div class="panel">
        {problem ? <Failed what={w.what} problem={problem} again={again} /> : <Waiting what={w.what} />}
      </div>
    </>
  );
}

interface KnownProps {
  fleet: ProbeFleet;
  named: readonly Named[];
  /** What is shown is not the newest. */
  failed: boolean;
  again: () => void;
}

function Known({ fleet, named, failed, again }: KnownProps) {
  const here = place.value;
  const filter: ProbeFilter = {
    q: here.query.get('q') ?? '',
    troubles: parseTroubles(here.query.get('trouble')),
    versions: parseNames(here.query.get('version')),
    metered: here.query.get('metered') === '1',
  };
  const sort = parseProbeSort(here.query.get('sort'));
  const scope = JSON.stringify(filter);
  const rows = useMemo(() => probeRows(fleet, named), [fleet, named]);
  const shown = useMemo(
    () => rows.filter(probePasser(filter)).sort(probeOrder(sort)),
    [rows, scope, sort.by, sort.descending],
  );
  const ids = useSame(fleet.id);
  const set = (changes: Record<string, string | null>) => go(withQuery(here, changes), 'replace');
  const filters = <ProbeFilters rows={rows} filter={filter} set={set} />;
  if (rows.length === 0) return <NoProbes />;
  return (
    <>
      <Head
        title={titleOf(rows)}
        under={<p>{summaryOf(rows, shown)}</p>}
        acts={
          <>
            <a class="btn" href="/live">
              {tailWords.from}
            </a>
            <button class="btn" type="button" disabled={shown.length === 0} onClick={() => void save(shown, fleet)}>
              {w.export}
            </button>
          </>
        }
      />
      {failed ? (
        <div class="note top" role="alert">
          <span>{w.old(clock(fleet.at, commonZone.value))}</span>
          <button class="btn" type="button" onClick={again}>
            {words.load.again}
          </button>
        </div>
      ) : null}
      <Versions rows={rows} current={fleet.agent} />
      {shown.length === 0 ? (
        <>
          <div class="toolbar">{filters}</div>
          <div class="panel">
            <Empty title={w.none} text={words.sites.noneText}>
              <button
                class="btn"
                type="button"
                onClick={() => set({ q: null, trouble: null, version: null, metered: null })}
              >
                {words.sites.removeFilters}
              </button>
            </Empty>
          </div>
        </>
      ) : (
        <ProbeTable
          rows={rows}
          shown={shown}
          ids={ids}
          scope={scope}
          filters={filters}
          sort={sort}
          onSort={(next) => set({ sort: probeSortText(next) })}
          old={failed}
        />
      )}
    </>
  );
}

const NoProbes = () => (
  <>
    <Head title={w.title} />
    <div class="panel">
      <NothingYet title={w.empty} text={w.emptyText}>
        <a class="btn go" href="/start?step=2">
          {w.connect}
        </a>
      </NothingYet>
    </div>
  </>
);

function titleOf(rows: readonly ProbeRow[]): string {
  const need = rows.filter(({ troubles }) => troubles.length > 0).length;
  return need === 0 ? w.well(count(rows.length)) : w.need(count(need), count(rows.length));
}

function summaryOf(rows: readonly ProbeRow[], shown: readonly ProbeRow[]): string {
  const online = rows.filter((row) => row.online).length;
  const told = rows.flatMap(({ spent }) => (spent === null ? [] : [spent]));
  const first = w.summary(count(online), count(shown.length), count(rows.length));
  if (told.length === 0) return first;
  const spent = bytes(told.reduce((sum, one) => sum + one, 0));
  return `${first} ${w.spent(spent, count(told.length))}`;
}

async function save(rows: readonly ProbeRow[], fleet: ProbeFleet): Promise<void> {
  const [{ saveCsv }, { probesCsv }] = await Promise.all([import('../csv.ts'), import('../probes-csv.ts')]);
  saveCsv(probesCsv(rows, fleet), `${w.file}-${new Date(fleet.at).toISOString().slice(0, 10)}.csv`);
}

/** The same list while it says the same: rows hold still over answers that have the same probes. */
function useSame(ids: readonly string[]): readonly string[] {
  const kept = useRef(ids);
  const same = kept.current.length === ids.length && kept.current.every((id, i) => id === ids[i]);
  if (!same) kept.current = ids;
  return kept.current;
}
