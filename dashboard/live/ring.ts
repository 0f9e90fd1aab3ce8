/** Why: a viewer that was cut off for less than ten minutes gets one merged delta instead of everything. */

export interface Tick {
  /** One more than of the tick before. */
  seq: number;
  /** Slots of rows that are other ones. */
  slots: readonly number[];
  alerts: readonly number[];
}
export interface Ring {
  push(tick: Tick): void;
  /** The tick that changed a slot last; 0: none did. */
  lastOf(slot: number): number;
  /** What changed after `seq`; null when that is too long ago or was never. */
  after(seq: number): { slots: number[]; alerts: Set<number> } | null;
}

/** Remembers `cap` ticks. For each row the last tick that changed it is enough, and makes no garbage. */
export function createRing(cap: number): Ring {
  let lastOf = new Uint32Array(64);
  let alerts: { seq: number; alert: number }[] = [];
  let newest = 0;
  return {
    push({ seq, slots, alerts: told }) {
      newest = seq;
      for (const slot of slots) {
        if (slot >= lastOf.length) lastOf = larger(lastOf, slot);
        lastOf[slot] = seq;
      }
      if (told.length === 0 && alerts.length === 0) return;
      alerts = [...alerts.filter((one) => one.seq > seq - cap), ...told.map((alert) => ({ seq, alert }))];
    },
    lastOf: (slot) => lastOf[slot] ?? 0,
    after(seq) {
      if (!Number.isInteger(seq) || seq < Math.max(0, newest - cap) || seq > newest) return null;
      const slots: number[] = [];
      for (const [slot, last] of lastOf.entries()) if (last > seq) slots.push(slot);
      return { slots, alerts: new Set(alerts.filter((one) => one.seq > seq).map(({ alert }) => alert)) };
    },
  };
}

function larger(before: Uint32Array<ArrayBuffer>, slot: number): Uint32Array<ArrayBuffer> {
  const made = new Uint32Array(2 * (slot + 1));
  made.set(before);
  return made;
}
