/** Why: a channel says only how an attempt ended; when to try again is decided in one place (deliver.ts). */
import type { Trouble } from '../said/said.ts';

export type Outcome =
  /** `remark`: what the receiver's "yes" does not prove. */
  | { kind: 'sent'; remark?: Trouble }
  /** May work later; not before `afterMs` where the receiver asked for it. `uncertain`: it may have arrived all the same. */
  | { kind: 'retry'; error: Trouble; afterMs: number | null; uncertain?: true }
  /** Will never work as it is. */
  | { kind: 'refused'; error: Trouble };
