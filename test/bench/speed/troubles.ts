/** Why: blocked ports, lost packets, dead servers, starved probes and forged leases: the agent says that it cannot tell, or is right. */

import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LeaseGrant } from '#contract';
import { debianServer } from '../../support/debian.ts';
import { type Rig, SERVER_PORT } from './rig.ts';
import { climb, expectTrue, expectVerdict, type Found, withRig } from './rows.ts';
import type { LeaseAnswer } from './server-child.ts';

const MBPS = { good: 50, slow: 20 };
const cell = (mbps: number) => ({ mbps, rttMs: 20, lossPct: 0 });

/** Rules of the firewall in the server's namespace; false where there is none. */
async function firewall(rig: Rig, rules: readonly string[]): Promise<boolean> {
  const nft = await debianServer('nftables');
  if (!nft) return false;
  const child = rig.link.spawn('server', nft.path, ['-f', '-'], {
    env: nft.env,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  const chain = [
    'flush ruleset',
    'table inet lab {',
    'chain in {',
    'type filter hook input priority 0;',
    ...rules,
    '}',
    '}',
  ];
  child.stdin?.end(`${chain.join('\n')}\n`);
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`nft ended with ${code}`);
  return true;
}

export const TROUBLES = [
  {
    name: 'udp_blocked',
    of: 'UDP is dropped (nft): TCP decides',
    run: (found: Found) =>
      withRig({}, async (rig) => {
        for (const mbps of [MBPS.good, MBPS.slow]) {
          await rig.become(cell(mbps));
          if (!(await firewall(rig, [`udp dport ${SERVER_PORT} drop`])))
            return void found.saw.push('skipped: no nft here');
          const says = await climb(rig, ['udp', 'tcp']);
          expectVerdict(found, `${mbps} Mb/s`, says, [mbps > 30 ? 'pass' : 'fail']);
          expectTrue(found, 'by TCP', says.outcome?.method === 'tcp');
        }
      }),
  },
  {
    name: 'control_lost',
    of: 'two of three packets to the server are lost, HELLO, START, FEEDBACK and STOP alike',
    run: (found: Found) =>
      withRig({}, async (rig) => {
        for (const mbps of [MBPS.good, MBPS.slow]) {
          await rig.become(cell(mbps));
          const lossy = `udp dport ${SERVER_PORT} numgen inc mod 3 < 2 drop`;
          if (!(await firewall(rig, [lossy]))) return void found.saw.push('skipped: no nft here');
          expectVerdict(found, `${mbps} Mb/s`, await climb(rig, ['udp']), [mbps > 30 ? 'pass' : 'fail']);
        }
      }),
  },
  {
    name: 'server_killed',
    of: 'the server is killed in mid-test: never a fail',
    run: (found: Found) =>
      withRig({}, async (rig) => {
        for (const method of ['udp', 'tcp'] as const) {
          await rig.become(cell(MBPS.slow));
          const asked = climb(rig, [method]).catch((error: Error) => error);
          await delay(method === 'udp' ? 250 : 700);
          rig.killServer();
          const says = await asked;
          // The lease's release finds no server: the outcome was told before.
          if (says instanceof Error) found.wrong.push(`${method}: ${says.message}`);
          else expectVerdict(found, method, says, ['inconclusive']);
          await rig.restartServer();
        }
      }),
  },
  {
    name: 'starved_probe',
    of: 'the agent runs a tenth of the time (SIGSTOP): never a fail',
    run: (found: Found) =>
      withRig({}, async (rig) => {
        for (const mbps of [28, MBPS.good])
          for (const method of ['udp', 'tcp'] as const) {
            await rig.become(cell(mbps));
            const feed = starve(rig.probePid);
            const says = await climb(rig, [method]);
            feed();
            expectVerdict(
              found,
              `${mbps} Mb/s ${method}`,
              says,
              mbps > 30 ? ['pass', 'inconclusive'] : ['inconclusive'],
            );
          }
      }),
  },
  {
    name: 'no_counters',
    of: '/proc/net/dev cannot be read: not wrong, and said to be of the application layer or not told at all',
    run: (found: Found) =>
      withRig({}, async (rig) => {
        const root = rootWithoutCounters(rig.link.wan);
        for (const mbps of [MBPS.good, MBPS.slow]) {
          await rig.become(cell(mbps));
          const says = await climb(rig, ['udp', 'tcp'], root);
          expectVerdict(found, `${mbps} Mb/s`, says, [mbps > 30 ? 'pass' : 'fail', 'inconclusive']);
          if (says.outcome && says.outcome.verdict !== 'inconclusive')
            expectTrue(found, 'says that it is of the application layer', says.outcome.layer === 'app');
        }
        rmSync(root, { recursive: true });
      }),
  },
  {
    name: 'leases',
    of: 'forged, replayed, expired and foreign leases get no data',
    run: (found: Found) => withRig({}, (rig) => tryLeases(rig, found)),
  },
  {
    name: 'server_full',
    of: 'the uplink has room for one test: the next one is promised a turn, the one after is denied with a time to come back',
    run: (found: Found) =>
      withRig(
        {},
        async (rig) => {
          const ask = (lease: string): Promise<LeaseAnswer> => rig.server<LeaseAnswer>({ lease, kinds: ['udp'] });
          const [first, second, third] = [await ask('a'), await ask('b'), await ask('c')];
          const isNow = 'grant' in first && first.grant.not_before <= (first.grant.now ?? 0);
          const isLater = 'grant' in second && second.grant.not_before > (second.grant.now ?? 0);
          const isDenied = 'deny' in third && third.deny.why === 'busy' && third.deny.retry_after_s > 0;
          expectTrue(found, 'the first begins now', isNow);
          expectTrue(found, 'the second later', isLater);
          expectTrue(found, 'the third is denied as busy, with a time', isDenied);
        },
        ['--uplink', '60'],
      ),
  },
];

async function tryLeases(rig: Rig, found: Found): Promise<void> {
  await rig.become(cell(MBPS.good));
  const lease = async (): Promise<LeaseGrant> => {
    const answer = await rig.server<LeaseAnswer>({ lease: 'bench', kinds: ['udp', 'tcp'] });
    if (!('grant' in answer)) throw new Error('no lease');
    return answer.grant;
  };
  const attempt = async (what: string, grant: LeaseGrant, may: 'test' | 'nothing'): Promise<void> => {
    for (const kind of ['udp', 'tcp'] as const) {
      const { result: says, wireBytes } = await rig.measure(20, () => rig.probe({ grant, kind, targetMbps: 30 }));
      expectVerdict(found, `${what}, ${kind}`, says, may === 'test' ? ['pass'] : ['inconclusive']);
      if (may === 'nothing') expectTrue(found, `${what}, ${kind}: no data (${wireBytes} bytes)`, wireBytes < 20_000);
    }
  };
  const own = await lease();
  await attempt('own', own, 'test');
  await rig.server({ aheadMs: 30_000 });
  await attempt('replayed later', own, 'nothing');
  const fresh = await lease();
  await attempt('forged', { ...fresh, token: `${fresh.token.slice(0, -3)}AAA` }, 'nothing');
  await attempt('stolen without its key', { ...fresh, key: 'A'.repeat(43) }, 'nothing');
  await rig.server({ aheadMs: 3_600_000 });
  await attempt('expired', fresh, 'nothing');
}

/** Lets it run 10 ms of each 100. */
function starve(pid: number): () => void {
  let stopped = true;
  process.kill(pid, 'SIGSTOP');
  const timer = setInterval(() => {
    process.kill(pid, 'SIGCONT');
    setTimeout(() => stopped && process.kill(pid, 'SIGSTOP'), 10);
  }, 100);
  return () => {
    stopped = false;
    clearInterval(timer);
    process.kill(pid, 'SIGCONT');
  };
}

/** A probe's file system that has a route, but no counters. */
function rootWithoutCounters(wan: string): string {
  const root = mkdtempSync(join(tmpdir(), 'carrel-root-'));
  mkdirSync(join(root, 'proc/net'), { recursive: true });
  const head = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n';
  writeFileSync(join(root, 'proc/net/route'), `${head}${wan}\t00000000\t010012C6\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`);
  return root;
}
