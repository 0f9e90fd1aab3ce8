/** Why: CPU shares from /proc/stat, for the host sensor and for the judge of a throughput test. */

/** Jiffies since boot. */
export interface CpuTimes {
  readonly busy: number;
  readonly total: number;
  /** Part of `busy` that handled packets and timers in the kernel. */
  readonly softirq: number;
}
export interface CpuReading {
  readonly all: CpuTimes;
  readonly cores: readonly CpuTimes[];
}

/** Null where the text has no `cpu` line. */
export function parseCpu(stat: string | null): CpuReading | null {
  let all: CpuTimes | null = null;
  const cores: CpuTimes[] = [];
  for (const line of (stat ?? '').split('\n')) {
    if (!line.startsWith('cpu')) break; // the cpu lines come first
    const times = timesOf(line);
    if (!times) continue;
    if (line.startsWith('cpu ')) all = times;
    else cores.push(times);
  }
  return all && { all, cores };
}

// cpuN user nice system idle iowait irq softirq steal guest guest_nice; guest time is part of user
function timesOf(line: string): CpuTimes | null {
  const fields = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle, iowait = 0, , softirq = 0] = fields;
  if (idle === undefined || fields.some((field) => !Number.isFinite(field))) return null;
  const total = fields.reduce((sum, field) => sum + field, 0);
  return { busy: total - idle - iowait, total, softirq };
}

/** Busy share in % between two readings, 0 to 100; null where no time has passed or a counter fell. */
export function busyPct(before: CpuTimes, after: CpuTimes): number | null {
  return sharePct(after.busy - before.busy, after.total - before.total);
}

export function softirqPct(before: CpuTimes, after: CpuTimes): number | null {
  return sharePct(after.softirq - before.softirq, after.total - before.total);
}

function sharePct(part: number, total: number): number | null {
  return total <= 0 || part < 0 ? null : Math.min(100, (100 * part) / total);
}
