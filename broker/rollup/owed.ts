/** Why: the rollups of a batch are gathered only when the database has it, and that is done while the database takes the next one. */
import type { Batch, Cursor } from '../store/store.ts';
import type { RollupKeeper } from './keeper.ts';

export interface OwedRollups {
  /** A batch that the database has durably taken; its rollups follow. */
  add(batch: Batch, cursor: Cursor): void;
  /** Gathers what was added, once. */
  gather(): void;
}

export function createOwedRollups(keeper: Pick<RollupKeeper, 'take'> | undefined): OwedRollups {
  let owed: { batch: Batch; cursor: Cursor } | null = null;
  function gather(): void {
    if (owed) keeper?.take(owed.batch, owed.cursor);
    owed = null;
  }
  return {
    add(batch, cursor) {
      gather();
      owed = { batch, cursor };
    },
    gather,
  };
}
