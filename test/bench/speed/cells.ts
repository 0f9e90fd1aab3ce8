/** Why: which lines are tested, what the truth about each is, and what counts as wrong. */
import type { ThroughputEvent } from '#contract';
import type { LinkOptions } from '../../../infra/lab/link.ts';

/** A line by its numbers, the same both ways where nothing else is said. */
export interface Cell {
  mbps: number;
  rttMs: number;
  lossPct: number;
}
export type Method = 'udp' | 'tcp';
/** One test of one cell. */
export interface Sample {
  cell: Cell;
  method: Method;
  outcome: Omit<ThroughputEvent, 'id' | 'at'>;
  /** From the grant to the verdict. */
  seconds: number;
  /** At the probe's end of the line, both ways, until nothing came any more. */
  wireBytes: number;
  /** What the server sent for it, whether it arrived or not. */
  sentBytes: number;
  /** Worst lateness of the emulator: how far this machine got in the way. */
  lateMs: number;
}

export const TARGET_MBPS = 30;
const RATES = [5, 20, 28, 32, 50, 100];
const CONDITIONS = [
  { rttMs: 10, lossPct: 0 },
  { rttMs: 50, lossPct: 1 },
  { rttMs: 600, lossPct: 0 },
];

/** The matrix, long round trips first: they take longest. */
export const MATRIX: readonly Cell[] = CONDITIONS.toReversed().flatMap((condition) =>
  RATES.map((mbps) => ({ mbps, ...condition })),
);
/** Lines that carry exactly the target. */
export const EXACT: readonly Cell[] = CONDITIONS.map((condition) => ({ mbps: TARGET_MBPS, ...condition }));
/** One line on each side of the target per condition: what CI runs. */
export const FEW: readonly Cell[] = CONDITIONS.flatMap((condition) => [
  { mbps: 20, ...condition },
  { mbps: 50, ...condition },
]);

export function lineOf({ mbps, rttMs, lossPct }: Cell, seed: number): Required<Pick<LinkOptions, 'down' | 'up'>> {
  const way = { rateMbps: mbps, delayMs: rttMs / 2, lossPct, bufferMs: 100 };
  return { down: { ...way, seed }, up: { ...way, seed: seed + 1 } };
}

export function nameOf({ mbps, rttMs, lossPct }: Cell): string {
  return `${mbps} Mb/s, ${rttMs} ms, ${lossPct} %`;
}

export function truthOf(cell: Cell): 'pass' | 'fail' {
  return cell.mbps >= TARGET_MBPS ? 'pass' : 'fail';
}

/** A verdict that is not the truth. To say that one cannot tell is not wrong, but it decides nothing. */
export function isWrong({ cell, outcome }: Pick<Sample, 'cell' | 'outcome'>): boolean {
  return outcome.verdict !== 'inconclusive' && outcome.verdict !== truthOf(cell);
}

/** The flag belongs to lines of exactly the target, and to no other. */
export function isMarkedWrong({ cell, outcome }: Pick<Sample, 'cell' | 'outcome'>): boolean {
  return outcome.verdict !== 'inconclusive' && outcome.marginal !== (cell.mbps === TARGET_MBPS);
}
