/**
 * Why: the agent's own tests, from the booking of the lease to the outcome, in a process of the probe's namespace.
 * `node probe-child.ts SERVER WAN`; then a question a line, with messages of the lease between question and outcome.
 */
import { createInterface } from 'node:readline';
import type { LeaseGrant, LeaseKind } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { createBudget } from '../../../agent/budget.ts';
import type { Kept } from '../../../agent/kept.ts';
import { createLeaseDesk } from '../../../agent/lease.ts';
import type { ThroughputOutcome, ThroughputSensor } from '../../../agent/sensor.ts';
import { createThroughputSensor } from '../../../agent/sensors/throughput.ts';
import { createClimb } from '../../../agent/speed/climb.ts';
import { afterTest, lineMemoryOf } from '../../../agent/speed/plan.ts';
import { createTester } from '../../../agent/tests.ts';
import { createWallClock } from '../../../agent/wall.ts';
import { type Recorded, record } from './record.ts';

export type ProbeQuestion = { targetMbps: number; root?: string } & (
  | { /** Books a lease and climbs these rungs. */ rungs: readonly LeaseKind[]; dir?: 'down' | 'up' }
  | { /** Runs one rung under a lease that somebody else got. */ grant: LeaseGrant; kind: LeaseKind }
  | {
      /** Records the whole of a paced test, without a judge. */ record: 'udp' | 'tcp';
      grant: LeaseGrant;
      ms: number;
      rttMs: number;
    }
  | { /** A slot of the calendar; with the long test after it, or the short one alone. */ slot: 'audited' | 'plain' }
);
export interface ProbeSays {
  trace?: Recorded;
  /** In the order in which they were told. */
  outcomes: ThroughputOutcome[];
  /** The one that was asked for; null where no test could run. */
  outcome: ThroughputOutcome | null;
  detail: string;
  /** From the grant to the end of the test. */
  seconds: number;
}

const [server = '', wan = ''] = process.argv.slice(2);
const log = silentLogger;
const wall = createWallClock({ clock: systemClock, root: '/', trust: 'trusted' });
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const desk = createLeaseDesk({
  uplink: {
    tell(kind, text) {
      say({ tell: kind, text });
      return true;
    },
  },
  serverTime: () => undefined,
});
const limits = { monthBytes: 1e12, dayBytes: 1e12, dayReserveBytes: 0, reserveBytes: 0, full: true };
const outcomes: ThroughputOutcome[] = [];
let startedMs = 0;
const started = (): void => {
  startedMs = performance.now();
};
const signal = new AbortController().signal;
/** Lives as long as the process: what an audit taught is known to the next slot. */
const kept = inMemory();

function sensorOf(root = '/'): ThroughputSensor {
  return createThroughputSensor({ root, clock: systemClock, wan, log });
}

async function answer(question: ProbeQuestion): Promise<Pick<ProbeSays, 'outcome' | 'detail' | 'trace'>> {
  const { targetMbps, root } = question;
  if ('record' in question) {
    const { record: kind, grant, ms, rttMs } = question;
    return {
      outcome: null,
      detail: '',
      trace: await record({ kind, grant, host: server, wan, targetMbps, ms, rttMs }),
    };
  }
  const throughput = sensorOf(root);
  const deps = {
    ...{ throughput, desk, wall, log, signal, brokerHost: server, speed: null },
    budget: createBudget(inMemory()),
    settings: () => ({ targetMbps, profile: 'default' as const, limits }),
    onOutcome: (outcome: ThroughputOutcome) => void outcomes.push(outcome),
  };
  const wish = { reason: 'manual' as const, job: null, stillWanted: () => true, started };
  if ('grant' in question) {
    const { grant, kind } = question;
    started();
    const asked = { kind, grant, targetMbps, minBytes: 0, patience: 1, maxBytes: grant.max_bytes, job: null, signal };
    return {
      outcome: await throughput.run({ ...asked, host: server, port: grant.port, reason: 'manual' }),
      detail: '',
    };
  }
  if ('rungs' in question) {
    let memory = lineMemoryOf(null);
    const learnt: Parameters<typeof createClimb>[0]['learnt'] = (test) => {
      memory = afterTest(memory, test);
    };
    const climb = createClimb({ ...deps, memory: () => memory, learnt });
    const { outcome, end } = await climb(wish, question.rungs, question.dir ?? 'down');
    return { outcome, detail: end.detail };
  }
  const audit = question.slot === 'audited';
  const slot = { id: 'bench', at: wall.wallMs(), series: 'hours' as const, audit, other: false, upload: false };
  const { detail } = await createTester({ ...deps, kept }).run({ ...wish, slot });
  return { outcome: outcomes[0] ?? null, detail };
}

function inMemory(): Kept {
  let value: unknown;
  return {
    read: () => value,
    write(next) {
      value = next;
    },
  };
}

say({ ready: true });
for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as ProbeQuestion | { answer: 'lease/grant' | 'lease/deny'; text: string };
  if ('answer' in message) {
    desk.answer(message.answer, message.text);
    continue;
  }
  outcomes.length = 0;
  void answer(message).then(
    (end) => say({ ...end, outcomes, seconds: (performance.now() - startedMs) / 1000 }),
    (error: Error) => {
      process.stderr.write(`${error.stack}\n`);
      process.exit(1);
    },
  );
}
