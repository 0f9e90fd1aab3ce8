/** Why: what a process costs, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

export interface Cost {
  /** Resident memory, and the part of it that no other process shares and that cannot be dropped (RssAnon), MB of 10^6 bytes. */
  rssMb: number;
  privateMb: number;
  /** Processor time of all threads since the start, ms. */
  cpuMs: number;
  /** Page faults of children that have ended: rises with every process that was spawned and reaped. */
  childFaults: number;
}

export function costOf(pid: number): Cost {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN);
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from field 3, "state"
  return {
    rssMb: (kb('VmRSS') * 1024) / 1e6,
    privateMb: (kb('RssAnon') * 1024) / 1e6,
    cpuMs: cpuMs(pid),
    childFaults: Number(fields[8]),
  };
}

/** Nanoseconds on a processor, thread by thread; jiffies would be too coarse. */
function cpuMs(pid: number): number {
  let sum = 0;
  for (const task of readdirSync(`/proc/${pid}/task`))
    sum += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  return sum;
}

/** Counts children of `pid` as they come, by looking 50 times a second; what is shorter shows in `childFaults`. */
export function watchChildren(pid: number): { count(): number; stop(): void } {
  const seen = new Set<string>();
  const timer = setInterval(() => {
    for (const child of readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' '))
      if (child !== '') seen.add(child);
  }, 20);
  return { count: () => seen.size, stop: () => clearInterval(timer) };
}
