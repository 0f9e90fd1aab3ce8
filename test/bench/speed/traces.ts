/** Why: `npm run bench -- speed traces` records the traces that the tests replay, test/fixtures/speed-traces.jsonl, together with the truth. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Shape } from '../../../infra/lab/link.ts';
import { type Cell, EXACT, MATRIX } from './cells.ts';
import type { Trace } from './record.ts';
import type { Rig } from './rig.ts';
import type { LeaseAnswer } from './server-child.ts';

const FILE = fileURLToPath(new URL('../../fixtures/speed-traces.jsonl', import.meta.url));
const UDP_MS = 2500;
/** TCP needs its time where the way is long. */
const TCP_MS = { short: 3500, long: 10_000 };

export interface TraceJob {
  kind: 'udp' | 'tcp';
  cell: Cell;
  note?: string;
  shape?: Shape;
}
const noisy = (mbps: number, sigma: number): TraceJob => ({
  kind: 'udp',
  cell: { mbps, rttMs: 50, lossPct: 0 },
  note: `capacity noise of ${sigma * 100} %`,
  shape: { noise: { sigma, correlation: 0.5 } },
});
export const TRACES: readonly TraceJob[] = [
  ...[...MATRIX, ...EXACT].map((cell) => ({ kind: 'udp' as const, cell })),
  ...[...MATRIX, ...EXACT]
    .filter(({ mbps }) => mbps >= 20 && mbps <= 50)
    .map((cell) => ({ kind: 'tcp' as const, cell })),
  ...[20, 45].flatMap((mbps) => [noisy(mbps, 0.1), noisy(mbps, 0.25)]),
  { kind: 'udp', cell: { mbps: 300, rttMs: 20, lossPct: 0 } },
];

/** Each is another probe's: one probe may not have so many in an hour. */
let leases = 0;

/** A trace in which this machine stood still says something about this machine: it is taken again. */
export async function recordTrace(rig: Rig, job: TraceJob): Promise<Trace> {
  for (let attempt = 1; ; attempt++) {
    const { lagMs, ...trace } = await take(rig, job);
    const clean = lagMs < 12 && Math.abs(trace.rttMs - job.cell.rttMs) < 15 && trace.windows.every(([ms]) => ms < 115);
    if (clean) return trace;
    if (attempt === 5) throw new Error(`this machine is too busy to record: ${JSON.stringify(job.cell)}, ${lagMs} ms`);
  }
}

async function take(rig: Rig, { kind, cell, note, shape }: TraceJob): Promise<Trace & { lagMs: number }> {
  await rig.become(cell);
  if (shape) await rig.link.shape('down', shape);
  const asked = await rig.server<LeaseAnswer>({ lease: `trace-${++leases}`, kinds: ['udp', 'tcp'] });
  if (!('grant' in asked)) throw new Error('no lease');
  const ms = kind === 'udp' ? UDP_MS : cell.rttMs > 100 ? TCP_MS.long : TCP_MS.short;
  const { trace } = await rig.probe({ targetMbps: 30, record: kind, grant: asked.grant, ms, rttMs: cell.rttMs });
  if (!trace) throw new Error('no trace');
  if (shape) await rig.link.shape('down', { noise: { sigma: 0, correlation: 0.5 } });
  const { windows, ...head } = trace;
  return { ...head, line: { ...cell, ...(note && { note }) }, windows };
}

export function writeTraces(traces: readonly Trace[]): void {
  const order = traces.toSorted((a, b) => keyOf(a).localeCompare(keyOf(b), 'en', { numeric: true }));
  writeFileSync(FILE, order.map((trace) => `${JSON.stringify(trace)}\n`).join(''));
}
function keyOf({ kind, line }: Trace): string {
  return `${kind} ${line.rttMs} ${line.mbps} ${line.note ?? ''}`;
}
