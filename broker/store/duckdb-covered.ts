/**
 * Why: reads must merge where a (probe, second) is there twice, and only a question to the files can tell; asked for each batch it would make a
 * backlog cost the square of its length. Here memory knows which stretches of time each probe has written, and nearly every frame lies
 * beside them: live ones behind the last, late ones in a gap.
 */
import type { Batch } from './store.ts';

/** A stretch that may hold seconds which are there already. */
export interface Suspect {
  probe: string;
  from_s: number;
  to_s: number;
}
/** Both ends belong to it. */
type Stretch = [from_s: number, to_s: number];

export interface Covered {
  /** Of the frames with these rows; what they cover is to be adopted when they are stored. */
  examine(batch: Batch, rows: readonly number[]): { suspects: Suspect[]; adopt(): void };
}

/** Frames follow each other at this distance at most; a shorter gap is no gap. A frame that fills it is asked about, no more. */
const GAP_S = 900;

/** `before`: ranges of files from an earlier life, in which anything may lie. */
export function createCovered(before: readonly Stretch[]): Covered {
  const covered = new Map<string, Stretch[]>();
  return {
    examine(batch, rows) {
      const suspects: Suspect[] = [];
      const fresh = new Map<string, Stretch[]>();
      for (const { probe, from_s, to_s, twice } of stretchesOf(batch, rows)) {
        const mine = fresh.get(probe) ?? [];
        fresh.set(probe, mine);
        const known = [before, covered.get(probe) ?? [], mine];
        if (twice || known.some((stretches) => touches(stretches, from_s, to_s)))
          suspects.push({ probe, from_s, to_s });
        insert(mine, [from_s, to_s]);
      }
      return {
        suspects,
        adopt() {
          for (const [probe, stretches] of fresh) {
            const all = covered.get(probe) ?? [];
            covered.set(probe, all);
            for (const stretch of stretches) insert(all, stretch);
          }
        },
      };
    },
  };
}

/** Runs of rows of one probe with rising time: frames, mostly. `twice`: a second is in it twice. */
function* stretchesOf({ samples }: Batch, rows: readonly number[]): Generator<Suspect & { twice: boolean }> {
  let at: (Suspect & { twice: boolean }) | null = null;
  for (const row of rows) {
    const [probe, t_s] = [samples.probe[row] ?? '', samples.t_s[row] ?? 0];
    if (at && at.probe === probe && t_s >= at.to_s && t_s - at.to_s <= GAP_S) {
      if (t_s === at.to_s) at.twice = true;
      at.to_s = t_s;
    } else {
      if (at) yield at;
      at = { probe, from_s: t_s, to_s: t_s, twice: false };
    }
  }
  if (at) yield at;
}

function touches(stretches: readonly Stretch[], from_s: number, to_s: number): boolean {
  for (let i = stretches.length - 1; i >= 0; i--) {
    const [from, to] = stretches[i] as Stretch; // within the array
    if (from <= to_s && to >= from_s) return true;
  }
  return false;
}

/** Ascending, with gaps between them. */
function insert(stretches: Stretch[], [from_s, to_s]: Stretch): void {
  let at = stretches.length;
  while (at > 0 && (stretches[at - 1]?.[0] ?? 0) > from_s) at--;
  const [before, after] = [stretches[at - 1], stretches[at]];
  if (before && from_s - before[1] <= GAP_S) {
    before[1] = Math.max(before[1], to_s);
    if (after && after[0] - before[1] <= GAP_S) {
      before[1] = Math.max(before[1], after[1]);
      stretches.splice(at, 1);
    }
  } else if (after && after[0] - to_s <= GAP_S) {
    after[0] = from_s;
    after[1] = Math.max(after[1], to_s);
  } else stretches.splice(at, 0, [from_s, to_s]);
}
