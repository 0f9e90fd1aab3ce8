/**
 * Why: the minutes around a slot. Visitors who download at the target prove the line for nothing; visitors who use most of it are not
 * to be disturbed: then the test waits, and mostly the proof comes meanwhile.
 */
import type { Clock } from '#lib/clock';
import { type PassiveProof, shouldWait, watchPassively } from './passive.ts';

export interface SlotWatch {
  /** When the slot is due, monotonic ms. */
  dueMs: number;
  targetMbps: number;
  /** Rate of the last pass, Mb/s; null before any. */
  provenMbps: number | null;
  /** IP-layer bytes received on the line so far, of any origin; null: not known now. */
  read(): number | null;
  clock: Pick<Clock, 'monoMs'>;
  signal: AbortSignal;
}
export interface Watched {
  proof: PassiveProof | null;
  /** How often the test was put off. */
  waited: number;
  /** What visitors used last, Mb/s; null where nothing was counted. */
  othersMbps: number | null;
}

const EVERY_MS = 1000;
/** Three of them stay within ten minutes after the slot. */
const WAIT_MS = 3 * 60_000;

/** Until a proof, or until a test is due and may run; an abort ends it like that. */
export function watchSlot({ dueMs, targetMbps, provenMbps, read, clock, signal }: SlotWatch): Promise<Watched> {
  const watch = watchPassively(targetMbps);
  let [due, waited] = [dueMs, 0];
  return new Promise((resolve) => {
    const end = (proof: PassiveProof | null): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', onAbort);
      resolve({ proof, waited, othersMbps: watch.rateMbps() });
    };
    const onAbort = (): void => end(null);
    const look = (): void => {
      const atMs = clock.monoMs();
      const bytes = read();
      if (bytes === null) watch.forget();
      const proof = bytes === null ? null : watch.see({ atMs, bytes });
      if (proof) end(proof);
      else if (atMs < due) return;
      else if (shouldWait({ othersMbps: watch.rateMbps(), provenMbps, waited })) {
        waited += 1;
        due = atMs + WAIT_MS;
      } else end(null);
    };
    const timer = setInterval(look, EVERY_MS);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else look();
  });
}
