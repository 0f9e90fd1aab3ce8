/** Why: what happens on lines and to machines that no matrix has. Each row says how often the agent said something that is not so. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Cell } from './cells.ts';
import type { ProbeSays } from './probe-child.ts';
import { openRig, type Rig } from './rig.ts';

/** What a row found: verdicts that must not be, each in words; and what it saw, for the table. */
export interface Found {
  wrong: string[];
  saw: string[];
}
interface Row {
  name: string;
  of: string;
  run(found: Found): Promise<void>;
}
type Verdict = 'pass' | 'fail' | 'inconclusive';

/** 4 MB at 20 Mb/s, and what is still on its way. */
const BUCKET_FULL_MS = 2500;

const line = (mbps: number, rttMs = 20, lossPct = 0): Cell => ({ mbps, rttMs, lossPct });

/** Notes what came, and that it was wrong where it is none of these. */
export function expectVerdict(found: Found, what: string, says: ProbeSays, allowed: readonly Verdict[]): void {
  const { outcome, detail } = says;
  const verdict = outcome?.verdict ?? 'inconclusive';
  const rate = outcome?.rate_mbps === null || outcome === null ? '' : ` ${outcome?.rate_mbps?.toFixed(1)}`;
  const words = `${what}: ${outcome?.method ?? ''} ${verdict}${rate} ${outcome?.limited_by ?? ''} ${detail}`.trim();
  found.saw.push(words);
  if (!allowed.includes(verdict)) found.wrong.push(`${words}, not ${allowed.join(' or ')}`);
}
export function expectTrue(found: Found, what: string, is: boolean): void {
  found.saw.push(`${what}: ${is ? 'yes' : 'NO'}`);
  if (!is) found.wrong.push(what);
}

export const ROWS: readonly Row[] = [
  {
    name: 'fast_link',
    of: '300 Mb/s, 20 ms, UDP and TCP',
    run: (found) =>
      withRig({}, async (rig) => {
        for (const method of ['udp', 'tcp'] as const) {
          await rig.become(line(300));
          const { outcome, seconds, wireBytes } = await rig.test(line(300), method);
          const says = { outcome, outcomes: [], detail: `${(wireBytes / 1e6).toFixed(2)} MB`, seconds };
          expectVerdict(found, method, says, ['pass']);
        }
      }),
  },
  {
    name: 'ipv6',
    of: 'a line that speaks IPv6 only, 20 and 50 Mb/s, 50 ms, 1 % loss, UDP and TCP',
    run: (found) =>
      withRig({ family: 6 }, async (rig) => {
        for (const mbps of [20, 50])
          for (const method of ['udp', 'tcp'] as const) {
            await rig.become(line(mbps, 50, 1));
            expectVerdict(found, `${mbps} Mb/s`, await climb(rig, [method]), [mbps > 30 ? 'pass' : 'fail']);
          }
      }),
  },
  {
    name: 'cubic_sender',
    of: '50 Mb/s, 50 ms, 1 % loss, the server sends with cubic: UDP passes, TCP must not fail',
    run: (found) =>
      withRig({ congestion: { server: 'cubic' } }, async (rig) => {
        await rig.become(line(50, 50, 1));
        expectVerdict(found, 'udp', await climb(rig, ['udp']), ['pass']);
        expectVerdict(found, 'tcp', await climb(rig, ['tcp']), ['pass', 'inconclusive']);
      }),
  },
  ...[0.1, 0.25].map((sigma) => ({
    name: `noise_${sigma * 100}`,
    of: `capacity noise of ${sigma * 100} %, UDP on 15, 20, 45 and 60 Mb/s, 50 ms`,
    run: (found: Found) =>
      withRig({}, async (rig) => {
        for (const mbps of [15, 20, 45, 60]) {
          await rig.become(line(mbps, 50));
          await rig.link.shape('down', { noise: { sigma, correlation: 0.5 } });
          expectVerdict(found, `${mbps} Mb/s`, await climb(rig, ['udp']), [
            mbps > 30 ? 'pass' : 'fail',
            'inconclusive',
          ]);
        }
      }),
  })),
  {
    name: 'burst_bucket',
    of: '4 MB at 100 Mb/s, then 20: one audit sees the bucket, and from then on quick tests are large enough to fail too',
    run: (found) =>
      withRig({}, async (rig) => {
        await rig.become(line(20, 50));
        await rig.link.shape('down', { burst: { bytes: 4e6, peakMbps: 100 } });
        const says = await rig.probe({ targetMbps: 30, slot: 'audited' });
        found.saw.push(`quick test: ${says.outcome?.verdict}`);
        const audit = says.outcomes.find(({ method }) => method === 'tcp-full');
        if (audit) expectVerdict(found, 'the audit', { ...says, outcome: audit }, ['fail']);
        expectTrue(found, `the audit tells the bucket (${audit?.burst_bytes} bytes)`, (audit?.burst_bytes ?? 0) > 1e6);
        await delay(BUCKET_FULL_MS);
        const next = await rig.probe({ targetMbps: 30, slot: 'plain' });
        expectVerdict(found, 'the next slot', next, ['fail']);
        expectTrue(found, 'the outcome says that the line is burst shaped', next.outcome?.burst_shaped === true);
      }),
  },
  {
    name: 'visitors',
    of: '30 Mb/s of visitors on 50 Mb/s: what they use is part of what the line carries',
    run: (found) =>
      withRig({ visitors: true }, async (rig) => {
        for (const method of ['udp', 'tcp'] as const) {
          await rig.become(line(50));
          const stop = await visit(rig, 30);
          const says = await climb(rig, [method]);
          await stop();
          expectVerdict(found, method, says, ['pass']);
          expectTrue(found, `${method} tells of the visitors`, (says.outcome?.other_mbps ?? 0) > 10);
        }
      }),
  },
];

export async function climb(rig: Rig, rungs: readonly ('udp' | 'tcp' | 'full')[], root?: string): Promise<ProbeSays> {
  return rig.probe({ targetMbps: 30, rungs, ...(root && { root }) });
}

export async function withRig(
  options: Parameters<typeof openRig>[0],
  run: (rig: Rig) => Promise<void>,
  serverArgs: readonly string[] = [],
): Promise<void> {
  const rig = await openRig(options, serverArgs);
  try {
    await run(rig);
  } finally {
    await rig.close();
  }
}

/** Visitors download until they are stopped. */
async function visit(rig: Rig, mbps: number): Promise<() => Promise<void>> {
  const { link } = rig;
  const args = ['send', link.addresses.visitor, '9000', `${mbps}`, '1500', '30'];
  const child = link.spawn('server', rig.traffic, args, { stdio: 'ignore' });
  await delay(300);
  return async () => {
    child.kill();
    await delay(200);
  };
}
