/**
 * Why: the rows of all access points as numbers in one block, changed where they lie. 20,000 rows as objects are a hundred and fifty thousand
 * pieces of the heap, and 400 new ones a second are garbage that has outlived its youth: each collection of it costs more than all ticks since the last.
 */
import { AP_STATES, type Column, type LiveColumns, type LiveRow, VERDICTS, WHY_CODES } from '#contract';

export interface RowTable {
  has(slot: number): boolean;
  /** Undefined: nothing is known of it. */
  row(slot: number): LiveRow | undefined;
  put(slot: number, row: LiveRow): void;
  remove(slot: number): void;
  /** Of the row as it is, for the one that follows it. */
  was(slot: number): Pick<LiveRow, 'state' | 'since'> | undefined;
  /** What a viewer would see if this row took the place of the one that is kept. */
  change(slot: number, row: LiveRow): Change;
  /** Index into AP_STATES; -1: nothing is known of it. */
  state(slot: number): number;
  /** ms; null: not known. */
  since(slot: number): number | null;
  rows(): LiveRow[];
  /** One entry per slot, as it travels. `at`: the message's time, ms. */
  columns(slots: readonly number[], at: number): LiveColumns;
}
/** `seen`: only the last sign of life or a figure by less than 2 % is another. */
export type Change = 'none' | 'seen' | 'real';

/** Equal to itself, which NaN is not. */
const NONE = Number.NEGATIVE_INFINITY;
/** Smaller changes of what always moves are not worth a message each second. */
const SMALL = 0.02;

/** Cells of a row: what is compared exactly, what always moves, the last sign of life. */
const COLUMNS = [
  ...(['state', 'why', 'since', 'down_mbps', 'down_at', 'median_mbps', 'median_n'] as const),
  ...(['verdict', 'probe_online', 'alert'] as const),
  ...(['wan_rx_mbps', 'wan_tx_mbps', 'rtt_ms', 'loss_pct', 'cpu_pct', 'clients'] as const),
  'last_seen',
] as const satisfies readonly Exclude<keyof LiveColumns, 'probe'>[];
const [STATE, SINCE, MOVING, SEEN] = [0, 2, 10, 16] as const;
const WIDTH = COLUMNS.length;
const AGES: readonly boolean[] = COLUMNS.map((name) => ['since', 'down_at', 'last_seen'].includes(name));

/** `apOf`: the access point of a slot. */
export function createRowTable(apOf: (slot: number) => string): RowTable {
  let cells = new Float64Array(64 * WIDTH).fill(NONE);
  let size = 0;
  const sites: string[] = [];
  const probes: (string | null)[] = [];
  const made = new Float64Array(WIDTH);
  const has = (slot: number): boolean => slot < size && cells[slot * WIDTH + STATE] !== NONE;

  const stateAt = (slot: number): number => (has(slot) ? (cells[slot * WIDTH + STATE] ?? -1) : -1);

  function row(slot: number): LiveRow | undefined {
    return has(slot) ? rowIn(cells, slot * WIDTH, apOf(slot), sites[slot] ?? '', probes[slot] ?? null) : undefined;
  }

  function grow(slot: number): void {
    while (size <= slot) {
      sites[size] = '';
      probes[size] = null;
      size += 1;
    }
    if (size * WIDTH <= cells.length) return;
    const larger = new Float64Array(2 * size * WIDTH).fill(NONE);
    larger.set(cells);
    cells = larger;
  }

  function values(i: number, slots: readonly number[]): Column {
    const made = emptyColumn(slots.length);
    for (let entry = 0; entry < made.length; entry++) {
      const at = (slots[entry] ?? -1) * WIDTH;
      const cell = cells[at + i];
      if (cell !== NONE && cell !== undefined) made[entry] = cell;
    }
    return made;
  }

  function ages(i: number, slots: readonly number[], now: number): Column {
    const made = values(i, slots);
    for (let entry = 0; entry < made.length; entry++) {
      const cell = made[entry];
      if (typeof cell === 'number') made[entry] = now - Math.floor(cell / 1000);
    }
    return made;
  }

  return {
    has,
    row,
    put(slot, it) {
      if (slot >= size) grow(slot);
      write(cells, slot * WIDTH, it);
      if (sites[slot] !== it.site) sites[slot] = it.site;
      if (probes[slot] !== it.probe) probes[slot] = it.probe;
    },
    was(slot) {
      const state = AP_STATES[stateAt(slot)];
      return state && { state, since: known(cells[slot * WIDTH + SINCE]) };
    },
    remove(slot) {
      if (slot < size) cells.fill(NONE, slot * WIDTH, (slot + 1) * WIDTH);
    },
    change(slot, it) {
      if (!has(slot) || probes[slot] !== it.probe) return 'real';
      write(made, 0, it);
      return changeOf(cells, slot * WIDTH, made);
    },
    state: stateAt,
    since: (slot) => known(cells[slot * WIDTH + SINCE]),
    rows: () => Array.from({ length: size }, (_, slot) => row(slot)).filter((one) => one !== undefined),
    columns(slots, at) {
      const now = Math.floor(at / 1000);
      const cols = COLUMNS.map((name, i) => [name, AGES[i] ? ages(i, slots, now) : values(i, slots)] as const);
      return {
        ...(Object.fromEntries(cols) as Record<(typeof COLUMNS)[number], Column>),
        probe: slots.map((slot) => (has(slot) ? named(probes[slot] ?? null, apOf(slot)) : null)),
      };
    },
  };
}

/** 0 where the probe is named as its access point. */
const named = (probe: string | null, ap: string): string | 0 | null => (probe === ap ? 0 : probe);
const known = (cell: number | undefined): number | null => (cell === undefined || cell === NONE ? null : cell);

function write(cells: Float64Array, at: number, row: LiveRow): void {
  cells[at] = AP_STATES.indexOf(row.state);
  cells[at + 1] = WHY_CODES.indexOf(row.why_code);
  cells[at + 2] = row.since ?? NONE;
  cells[at + 3] = row.down_mbps ?? NONE;
  cells[at + 4] = row.down_at ?? NONE;
  cells[at + 5] = row.median_mbps ?? NONE;
  cells[at + 6] = row.median_n;
  cells[at + 7] = row.verdict === null ? NONE : VERDICTS.indexOf(row.verdict);
  cells[at + 8] = row.probe_online === null ? NONE : Number(row.probe_online);
  cells[at + 9] = row.alert ?? NONE;
  cells[at + 10] = row.wan_rx_mbps ?? NONE;
  cells[at + 11] = row.wan_tx_mbps ?? NONE;
  cells[at + 12] = row.rtt_ms ?? NONE;
  cells[at + 13] = row.loss_pct ?? NONE;
  cells[at + 14] = row.cpu_pct ?? NONE;
  cells[at + 15] = row.clients ?? NONE;
  cells[at + 16] = row.last_seen ?? NONE;
}

function rowIn(cells: Float64Array, at: number, ap: string, site: string, probe: string | null): LiveRow {
  const online = known(cells[at + 8]);
  return {
    ap,
    site,
    state: AP_STATES[cells[at] ?? -1] ?? 'nodata',
    why_code: WHY_CODES[cells[at + 1] ?? -1] ?? 'no_test',
    since: known(cells[at + 2]),
    down_mbps: known(cells[at + 3]),
    down_at: known(cells[at + 4]),
    median_mbps: known(cells[at + 5]),
    median_n: cells[at + 6] ?? 0,
    verdict: VERDICTS[cells[at + 7] ?? -1] ?? null,
    wan_rx_mbps: known(cells[at + 10]),
    wan_tx_mbps: known(cells[at + 11]),
    rtt_ms: known(cells[at + 12]),
    loss_pct: known(cells[at + 13]),
    cpu_pct: known(cells[at + 14]),
    clients: known(cells[at + 15]),
    last_seen: known(cells[at + 16]),
    probe,
    probe_online: online === null ? null : online === 1,
    alert: known(cells[at + 9]),
  };
}

function changeOf(cells: Float64Array, at: number, made: Float64Array): Change {
  for (let i = 0; i < MOVING; i++) if (cells[at + i] !== made[i]) return 'real';
  let moved = cells[at + SEEN] !== made[SEEN];
  for (let i = MOVING; i < SEEN; i++) {
    const [from = NONE, to = NONE] = [cells[at + i], made[i]];
    if (from === to) continue;
    if (from === NONE || to === NONE || Math.abs(to - from) > SMALL * Math.abs(from)) return 'real';
    moved = true;
  }
  return moved ? 'seen' : 'none';
}

/** All of one kind: a list that grows changes its kind with what it holds, and the code that fills it is compiled again each time. */
const emptyColumn = (n: number): Column => Array<null>(n).fill(null);
