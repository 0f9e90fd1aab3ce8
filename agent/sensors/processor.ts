/** Why: a probe that cannot keep up must not blame the line: how busy it was while a test ran. */
import { busyPct, type CpuReading, parseCpu, softirqPct } from '../platform/cpu.ts';
import type { KeptFile } from '../platform/kept-file.ts';

/** Shares in %; null where /proc/stat tells nothing or the test was too short to tell. */
export interface ProcessorReport {
  /** Of one core, used by the agent. */
  readonly processPct: number | null;
  readonly corePct: number | null;
  readonly coreSoftirqPct: number | null;
  readonly allPct: number | null;
  /** The largest of the agent's share and any core's. */
  readonly highestPct: number | null;
}

/** Jiffies are 10 ms: over less than this a share says little. */
const SHORTEST_MS = 300;

/** Watches from now on; call `sample` now and then, so that `report` covers the time until the last call. */
export function watchProcessor(stat: KeptFile, now: () => number): { sample(): void; report(): ProcessorReport } {
  const start = { atMs: now(), usage: process.cpuUsage(), cpu: parseCpu(stat.read()) };
  let last = start;
  return {
    sample() {
      last = { atMs: now(), usage: process.cpuUsage(), cpu: parseCpu(stat.read()) };
    },
    report() {
      const elapsedMs = last.atMs - start.atMs;
      if (elapsedMs < SHORTEST_MS)
        return { processPct: null, corePct: null, coreSoftirqPct: null, allPct: null, highestPct: null };
      const used = last.usage.user + last.usage.system - start.usage.user - start.usage.system;
      const processPct = Math.min(100, used / 10 / elapsedMs);
      const busiest = busiestCore(start.cpu, last.cpu);
      const allPct = start.cpu && last.cpu ? busyPct(start.cpu.all, last.cpu.all) : null;
      return { processPct, ...busiest, allPct, highestPct: Math.max(processPct, busiest.corePct ?? 0) };
    },
  };
}

function busiestCore(
  before: CpuReading | null,
  after: CpuReading | null,
): { corePct: number | null; coreSoftirqPct: number | null } {
  let highest: { corePct: number | null; coreSoftirqPct: number | null } = { corePct: null, coreSoftirqPct: null };
  for (const [i, core] of (after?.cores ?? []).entries()) {
    const earlier = before?.cores[i];
    const pct = earlier ? busyPct(earlier, core) : null;
    if (earlier && pct !== null && pct > (highest.corePct ?? -1))
      highest = { corePct: pct, coreSoftirqPct: softirqPct(earlier, core) };
  }
  return highest;
}
