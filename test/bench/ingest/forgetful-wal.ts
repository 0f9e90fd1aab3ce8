/** Why: shows what the way in costs without the disk: takes everything, keeps nothing, calls it durable once the chunk is through. */
import type { Wal, WalOptions } from '../../../broker/wal.ts';

export async function openForgetfulWal({ dir, capBytes }: WalOptions): Promise<Wal> {
  const listeners = new Set<() => void>();
  let end = 0;
  let durableEnd = 0;
  const settle = (): void => {
    durableEnd = end;
    for (const listener of listeners) listener();
  };
  return {
    dir,
    append() {
      if (end === durableEnd) queueMicrotask(settle);
      return end++;
    },
    durableEnd: () => durableEnd,
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    register: () => undefined,
    forgetUnseen: () => undefined,
    commit: () => undefined,
    stats: () => ({ bytes: 0, capBytes, durableEnd, writable: true, error: null, oldestMs: null, alarm: null }),
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
