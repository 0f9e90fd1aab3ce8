/** Why: a channel says only how an attempt ended; when to try again is decided in one place (deliver.ts). */
export type Outcome =
  | { kind: 'sent' }
  /** May work later; not before `afterMs` where the receiver asked for it. */
  | { kind: 'retry'; error: string; afterMs: number | null }
  /** Will never work as it is. */
  | { kind: 'refused'; error: string };
