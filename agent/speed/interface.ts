/** Why: rates and costs are what the WAN interface carried, IP layer. One running count over resets and wraps, for tests and for watching. */
import { type Counters, ipBytesBetween } from '../platform/counters.ts';
import type { Wan, WanView } from '../platform/wan.ts';

/** IP-layer bytes since the counter was opened, of any origin. */
export interface Carried {
  readonly rx: number;
  readonly tx: number;
}
export interface InterfaceCounter {
  /** Null where the counters are gone or began anew just now: what passed since the last reading is not known. */
  read(): Carried | null;
}

export function countInterface(wan: Pick<Wan, 'counters'>, { name, link }: WanView): InterfaceCounter {
  const header = link?.header ?? { rx: 0, tx: 0 };
  let last: Counters | null = name === null ? null : wan.counters(name);
  let carried: Carried = { rx: 0, tx: 0 };
  return {
    read() {
      const now = name === null ? null : wan.counters(name);
      const grown = last && now ? ipBytesBetween(last, now, header) : null;
      last = now;
      if (!grown) return null;
      carried = { rx: carried.rx + grown.rx, tx: carried.tx + grown.tx };
      return carried;
    },
  };
}
