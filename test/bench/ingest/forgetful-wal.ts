/** Why: shows what the way in costs without the disk: takes everything, keeps nothing, calls it durable at once. */
import type { Wal } from '../../../broker/wal.ts';

export async function openForgetfulWal({ dir, capBytes } = { dir: '', capBytes: 0 }): Promise<Wal> {
  let end = 0;
  return {
    dir,
    append: () => end++,
    durableEnd: () => end,
    onChange: () => () => undefined,
    register: () => undefined,
    forgetUnseen: () => undefined,
    commit: () => undefined,
    stats: () => ({ bytes: 0, capBytes, durableEnd: end, writable: true, error: null, oldestMs: null, alarm: null }),
    oldest: () => 0,
    whole: () => true,
    hold: () => () => undefined,
    settle: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}
