/** Why: what others need for the same answer: M-Lab's ndt7 client against our server, and Debian's iperf3, on the same lines in the same run. */
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { IP_PER_TCP_PAYLOAD } from '#contract';
import { debianServer } from '../../support/debian.ts';
import type { Ndt7Result } from '../../support/ndt7-client-child.ts';
import { type Cell, TARGET_MBPS, truthOf } from './cells.ts';
import { type Rig, SERVER_PORT } from './rig.ts';

export interface PeerSample {
  peer: 'ndt7' | 'iperf3';
  cell: Cell;
  /** What it says, Mb/s of payload; null where it said nothing. */
  mbps: number | null;
  seconds: number;
  wireBytes: number;
  /** By its mean with headers added, which is kinder than what it prints. */
  wrong: boolean;
}
const NDT7_CLIENT = fileURLToPath(new URL('../../support/ndt7-client-child.ts', import.meta.url));
const IPERF_PORT = '5201';

export async function runNdt7(rig: Rig, cell: Cell): Promise<PeerSample> {
  return measured('ndt7', rig, cell, async () => {
    const said = await outputOf(rig, process.execPath, [NDT7_CLIENT, `${rig.link.addresses.server}:${SERVER_PORT}`]);
    return (JSON.parse(said) as Ndt7Result).client?.MeanClientMbps ?? null;
  });
}

/** Download of 10 s; null where Debian's iperf3 is not to be had. */
export async function runIperf3(rig: Rig, cell: Cell): Promise<PeerSample | null> {
  const iperf3 = await debianServer('iperf3');
  if (!iperf3) return null;
  const server = rig.start('server', iperf3.path, ['-s', '-1', '-p', IPERF_PORT, '--forceflush'], { env: iperf3.env });
  if (!server.stdout) throw new Error('iperf3 says nothing');
  for await (const line of createInterface({ input: server.stdout })) if (line.includes('listening')) break;
  server.stdout.resume();
  const sample = await measured('iperf3', rig, cell, async () => {
    const args = ['-c', rig.link.addresses.server, '-p', IPERF_PORT, '-R', '-t', '10', '-J'];
    const said = JSON.parse(await outputOf(rig, iperf3.path, args, iperf3.env)) as Iperf3Result;
    return said.end?.sum_received === undefined ? null : said.end.sum_received.bits_per_second / 1e6;
  });
  server.kill();
  return sample;
}
interface Iperf3Result {
  end?: { sum_received?: { bits_per_second: number } };
}

async function measured(
  peer: PeerSample['peer'],
  rig: Rig,
  cell: Cell,
  run: () => Promise<number | null>,
): Promise<PeerSample> {
  const { result: mbps, seconds, wireBytes } = await rig.measure(cell.rttMs, run);
  const verdict = mbps !== null && mbps * IP_PER_TCP_PAYLOAD >= TARGET_MBPS ? 'pass' : 'fail';
  return { peer, cell, mbps, seconds, wireBytes, wrong: mbps === null || verdict !== truthOf(cell) };
}

async function outputOf(
  rig: Rig,
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = rig.start('probe', command, args, { env });
  let said = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    said += bytes.toString();
  });
  await once(child, 'close');
  return said;
}
