/**
 * Why: what is known of an access point lies in arrays, at its slot. Finding a name among 20,000 waits for memory several times, and each
 * table of names would wait again: a frame finds its slot once.
 */
export interface Slots {
  /** The slot of this access point, made where it has none. It keeps it, also while it is not in the fleet. */
  of(ap: string): number;
  /** Undefined: it has none. */
  known(ap: string): number | undefined;
  /** The access point of a slot. */
  ap(slot: number): string;
  /** All slots are below. */
  size(): number;
}

export function createSlots(): Slots {
  const slots = new Map<string, number>();
  const aps: string[] = [];
  return {
    of(ap) {
      const known = slots.get(ap);
      if (known !== undefined) return known;
      slots.set(ap, aps.length);
      return aps.push(ap) - 1;
    },
    known: (ap) => slots.get(ap),
    ap: (slot) => aps[slot] ?? '',
    size: () => aps.length,
  };
}
