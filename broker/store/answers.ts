/**
 * Why: a month is asked for again and again: as a page, as a table, as a document, by each person. Its answers are kept, and stand until a
 * rollup of one of their days is written: a late sample reopens its hour, and with it every answer that the hour is part of. Of a month under
 * way, in which hours come all the time, the older days are kept by themselves.
 */
import { createHash } from 'node:crypto';
import { addKnown, addTotals, cutGroups } from '../rollup/cut.ts';
import { createNewestRollup, openGroups, openRange } from '../rollup/newest.ts';
import { dayOf } from '../rollup/standing.ts';
import { rangeOfGroups } from '../rollup/totals.ts';
import {
  type AvailabilityGroup,
  type KnownSeconds,
  type RollupRow,
  type RollupTotal,
  type RollupTotalsQuery,
  type Store,
  TIER_S,
} from './store.ts';

interface TimeRange {
  from_s: number;
  to_s: number;
}
interface Answer extends TimeRange {
  /** Number of the last change before it was asked. */
  asked: number;
  /** When it was last asked for. */
  lastMs: number;
  rows: number;
  value: Promise<readonly unknown[]>;
}

/** Rows of all answers together; some 300 bytes each. */
const MOST_ROWS = 100_000;
/** The parts of a month under way are others tomorrow. */
const LONGEST_MS = 86_400_000;

/** The same store; questions to its rollups are answered from memory where nothing was written since. `nowMs`: wall clock. */
export function withAnswers(store: Store, nowMs: () => number, mostRows = MOST_ROWS): Store {
  const answers = new Map<string, Answer>();
  const changed = new Map<number, number>();
  const newest = createNewestRollup(store, nowMs);
  let change = 0;

  function touch(rows: readonly RollupRow[]): void {
    change += 1;
    newest.coming(rows);
    for (const { t_s } of rows) changed.set(dayOf(t_s), change);
  }

  /** Where rollups come: today's, and those of the day before, which is made when it is over. Null: outside of the range. */
  function growsFrom({ from_s, to_s }: TimeRange): number | null {
    const cut = dayOf(nowMs() / 1000) - TIER_S.day;
    return from_s < cut && cut < to_s ? cut : null;
  }

  /** All ends beyond the newest rollup are one question, which a person asks at another moment than whoever asked before. */
  async function untilNewest<T>(ask: (known_s: number, far_s: number) => Promise<T>): Promise<T> {
    const known_s = newest.known() ?? (await newest.look());
    const answer = await ask(known_s, dayOf(Math.max(known_s, nowMs() / 1000)) + TIER_S.day);
    // One came meanwhile: it may lie beyond the end that was asked for.
    return newest.known() === known_s ? answer : ask(Infinity, Infinity);
  }

  function stands({ asked, from_s, to_s }: Answer): boolean {
    for (let day_s = dayOf(from_s); day_s < to_s; day_s += TIER_S.day)
      if ((changed.get(day_s) ?? 0) > asked) return false;
    return true;
  }

  /** The longest unasked ones go first. */
  function makeRoom(): void {
    let rows = 0;
    for (const answer of answers.values()) rows += answer.rows;
    for (const [key, answer] of answers) {
      if (rows <= mostRows && answer.lastMs > nowMs() - LONGEST_MS) return;
      answers.delete(key);
      rows -= answer.rows;
    }
  }

  function kept<T extends readonly unknown[]>(
    question: unknown,
    { from_s, to_s }: TimeRange,
    ask: () => Promise<T>,
  ): Promise<T> {
    const key = createHash('sha1').update(JSON.stringify(question)).digest('base64');
    const known = answers.get(key);
    answers.delete(key);
    if (known && stands(known)) {
      known.lastMs = nowMs();
      answers.set(key, known); // the youngest again
      return known.value as Promise<T>; // the key is that of the same question
    }
    const value = ask();
    const answer: Answer = { asked: change, lastMs: nowMs(), from_s, to_s, rows: 0, value };
    answers.set(key, answer);
    value.then(
      ({ length }) => {
        answer.rows = length;
        makeRoom();
      },
      () => answers.get(key) === answer && answers.delete(key), // whoever asked gets the error
    );
    return value;
  }

  const totals = (query: RollupTotalsQuery): Promise<RollupTotal[]> =>
    kept(['totals', query], query, () => store.rollupTotals(query));
  const known = async (groups: readonly AvailabilityGroup[]): Promise<KnownSeconds[]> => {
    const range = rangeOfGroups(groups);
    return range ? kept(['known', groups], range, () => store.known(groups)) : [];
  };
  const totalsInParts = async ({ histogram, from_s, to_s }: RollupTotalsQuery): Promise<RollupTotal[]> => {
    const cut = growsFrom({ from_s, to_s });
    if (cut === null) return totals({ from_s, to_s, histogram });
    const parts = [totals({ from_s, to_s: cut, histogram }), totals({ from_s: cut, to_s, histogram })] as const;
    return addTotals(...(await Promise.all(parts)));
  };
  const knownInParts = async (groups: readonly AvailabilityGroup[]): Promise<KnownSeconds[]> => {
    const range = rangeOfGroups(groups);
    const cut = range && growsFrom(range);
    if (cut === null) return known(groups);
    const [before, after] = cutGroups(groups, cut);
    return addKnown(...(await Promise.all([known(before), known(after)])));
  };

  return {
    ...store,
    rollupTotals({ histogram, ...range }) {
      // Hours begin at whole hours.
      const asked = { from_s: wholeHour(range.from_s), to_s: wholeHour(range.to_s), histogram };
      return untilNewest((known_s, far_s) => totalsInParts(openRange(asked, known_s, far_s)));
    },
    known: (groups) => untilNewest((known_s, far_s) => knownInParts(openGroups(groups, known_s, far_s))),
    async writeRollups(rows) {
      // Before: who asks from now on may not get what was asked before. After: nor what was read while they were written.
      touch(rows);
      try {
        await store.writeRollups(rows);
      } finally {
        touch(rows);
      }
    },
    async retainRollups(tier, before_s) {
      try {
        await store.retainRollups(tier, before_s);
      } finally {
        answers.clear();
      }
    },
  };
}

/** The first whole hour at or after it. */
function wholeHour(t_s: number): number {
  return Math.ceil(t_s / TIER_S.hour) * TIER_S.hour;
}
