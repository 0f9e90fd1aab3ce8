/**
 * Why: a verdict on a library's line must be right, cheap and quick. The agent's own tests against the real test server over emulated
 * lines whose truth is known, with ndt7 and iperf3 on the same lines; then what no matrix has; then a day of 1,200 probes.
 * Under ten minutes; `--short` about one. A name (matrix, peers, rows, day) runs that part only, and names
 * behind `rows` only these rows. Needs root.
 */
import { labProblem } from '../../infra/lab/tools.ts';
import { type Cell, EXACT, FEW, MATRIX, type Method, type Sample } from './speed/cells.ts';
import { simulateDay } from './speed/day.ts';
import { type PeerSample, runIperf3, runNdt7 } from './speed/peers.ts';
import type { Trace } from './speed/record.ts';
import { figure, reportMatrix, reportPeers } from './speed/report.ts';
import { openRig, type Rig } from './speed/rig.ts';
import { type Found, ROWS } from './speed/rows.ts';
import { recordTrace, TRACES, writeTraces } from './speed/traces.ts';
import { TROUBLES } from './speed/troubles.ts';

const SHORT = process.argv.includes('--short');
const [wanted, ...rowNames] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
/** Lines at once. A test keeps half a core busy: sender, emulator and agent together; more than two at once would measure this machine. */
const LINES = 2;
const RUNS = SHORT ? 1 : 3;
const cells = SHORT ? FEW : MATRIX;
/** Rows of the short form: the others take longer. */
const QUICK = ['fast_link', 'visitors', 'udp_blocked', 'server_killed', 'leases'];

const samples: Sample[] = [];
const peers: PeerSample[] = [];

async function matrix(): Promise<void> {
  const exact = SHORT ? EXACT.slice(0, 1) : EXACT;
  const jobs = [...cells, ...exact].flatMap((cell) =>
    (['udp', 'tcp'] as const).flatMap((method) => Array.from({ length: RUNS }, () => ({ cell, method }))),
  );
  await spread(jobs, async (rig, { cell, method }: { cell: Cell; method: Method }) => {
    await rig.become(cell);
    samples.push(await rig.test(cell, method));
  });
  reportMatrix(samples.toSorted((a, b) => jobs.findIndex(isOf(a)) - jobs.findIndex(isOf(b))));
}
const isOf =
  (sample: Sample) =>
  (job: { cell: Cell; method: Method }): boolean =>
    job.cell === sample.cell && job.method === sample.method;

async function beside(): Promise<void> {
  const lines = SHORT ? cells.filter(({ mbps, rttMs }) => mbps > 30 && rttMs === 50) : cells;
  const jobs = lines.flatMap((cell) => [runNdt7, runIperf3].map((run) => ({ cell, run })));
  await spread(jobs, async (rig, { cell, run }) => {
    await rig.become(cell);
    const sample = await run(rig, cell);
    if (sample) peers.push(sample);
  });
  reportPeers(peers, samples);
}

async function rows(): Promise<void> {
  const all = [...ROWS, ...TROUBLES].filter(({ name }) =>
    rowNames.length > 0 ? rowNames.includes(name) : !SHORT || QUICK.includes(name),
  );
  const found = all.map((): Found => ({ wrong: [], saw: [] }));
  const left = [...all.entries()];
  await Promise.all(
    Array.from({ length: LINES }, async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        const [n, row] = next;
        const own = found[n];
        if (own) await row.run(own);
      }
    }),
  );
  for (const [n, { name, of }] of all.entries()) {
    const { wrong = [], saw = [] } = found[n] ?? {};
    figure(`row_${name}`, wrong.length, 'wrong', of);
    for (const words of saw) console.error(`${name.padEnd(16)} ${words}`);
    for (const words of wrong) console.error(`${name.padEnd(16)} WRONG ${words}`);
  }
  const wrong = found.reduce((sum, row) => sum + row.wrong.length, 0);
  figure('rows_wrong', wrong, 'count', 'of everything that was expected in the rows');
}

/** Only when it is asked for: it writes the fixtures of tests. */
async function traces(): Promise<void> {
  const recorded: Trace[] = [];
  await spread(TRACES, async (rig, job) => {
    recorded.push(await recordTrace(rig, job));
  });
  writeTraces(recorded);
}

/** Each line takes the next job when it is done with one. */
async function spread<T>(jobs: readonly T[], run: (rig: Rig, job: T) => Promise<void>): Promise<void> {
  const left = [...jobs];
  await Promise.all(
    Array.from({ length: LINES }, async () => {
      const rig = await openRig();
      try {
        for (let job = left.shift(); job !== undefined; job = left.shift()) await run(rig, job);
      } finally {
        await rig.close();
      }
    }),
  );
}

const problem = labProblem();
if (problem) {
  console.error(`skipped: ${problem.code}: ${problem.message}`);
} else {
  const parts = { matrix, peers: beside, rows };
  for (const [name, run] of Object.entries(parts)) if (wanted === undefined || wanted === name) await run();
  if (wanted === 'traces') await traces();
}
if (wanted === undefined || wanted === 'day') simulateDay();
process.exit(0);
