/** Why: the figures by name, a JSON line each on stdout; and for people a table on stderr. */
import { type Cell, isMarkedWrong, isWrong, type Method, nameOf, type Sample, TARGET_MBPS } from './cells.ts';
import type { PeerSample } from './peers.ts';

export function figure(name: string, value: number | null, unit: string, of: string): void {
  const rounded = value === null ? null : Math.round(value * 1000) / 1000;
  console.log(JSON.stringify({ bench: 'speed', figure: name, value: rounded, unit, of }));
}

const LONG_RTT_MS = 600;
const isShort = ({ cell }: { cell: Cell }): boolean => cell.rttMs < LONG_RTT_MS;
const isLong = (sample: { cell: Cell }): boolean => !isShort(sample);
const isShortOr = (method: Method, sample: Sample): boolean => method === 'udp' || isShort(sample);

export function reportMatrix(samples: readonly Sample[]): void {
  const runs = samples.length / Math.max(1, cellsOf(samples).length);
  const of = (words: string): string => `${words}; ${runs} tests a cell, both methods together`;
  for (const method of ['udp', 'tcp'] as const) {
    const all = samples.filter((sample) => sample.method === method && sample.cell.mbps !== TARGET_MBPS);
    const near = all.filter(isShort);
    const undecided = (of: readonly Sample[]): number => share(of, ({ outcome }) => outcome.verdict === 'inconclusive');
    if (method === 'udp') {
      figure('udp_wrong', wrongCells(all), 'share', of('cells with a wrong verdict, all links'));
      figure('udp_mb_50ms', worstMb(near), 'MB', of('on the wire, both ways, worst cell at RTT <= 50 ms'));
      figure('udp_mb_slow', worstMb(near.filter(({ cell }) => cell.mbps <= 28)), 'MB', of('the same on links <= 28'));
      figure('udp_mb_600ms', worstMb(all.filter(isLong)), 'MB', of('the same at RTT 600 ms'));
    } else {
      figure('tcp_wrong', wrongCells(near), 'share', of('cells with a wrong verdict at RTT <= 50 ms'));
      figure('tcp_wrong_600ms', wrongCells(all.filter(isLong)), 'share', of('the same at RTT 600 ms'));
      figure('tcp_mb', worstMb(near), 'MB', of('on the wire, both ways, worst cell at RTT <= 50 ms'));
      figure('tcp_mb_600ms', worstMb(all.filter(isLong)), 'MB', of('the same at RTT 600 ms'));
    }
    figure(`${method}_inconclusive`, undecided(all), 'share', of('tests that could not tell, all links'));
    const seconds = (of: readonly Sample[]): number[] => of.map((sample) => sample.seconds);
    figure(`${method}_median_s`, median(seconds(near)), 's', of('from the grant to the result, links at RTT <= 50 ms'));
    figure(`${method}_max_s`, Math.max(...seconds(near)), 's', of('the longest of them'));
    figure(`${method}_median_s_600ms`, median(seconds(all.filter(isLong))), 's', of('the same at RTT 600 ms'));
    figure(`${method}_median_s_all`, median(seconds(all)), 's', of('the same over all links'));
  }
  for (const method of ['udp', 'tcp'] as const) {
    const marked = samples.filter(
      (sample) => sample.method === method && isShortOr(method, sample) && isMarkedWrong(sample),
    );
    const where = `by ${method.toUpperCase()}${method === 'udp' ? '' : ' at RTT <= 50 ms'}`;
    figure(`${method}_marginal_wrong`, marked.length, 'count', `${where}: marginal off 30 Mb/s, or not marginal on it`);
  }
  const told = samples.map(({ outcome, wireBytes }) => outcome.bytes / wireBytes);
  figure('bytes_told_ratio', median(told), 'ratio', "the agent's own count of the test's cost, by the wire's; median");
  figure('emulator_late_ms', Math.max(...samples.map(({ lateMs }) => lateMs)), 'ms', 'worst lateness of the emulator');
  table(samples);
}

export function reportPeers(peers: readonly PeerSample[], samples: readonly Sample[]): void {
  for (const peer of ['ndt7', 'iperf3'] as const) {
    const own = peers.filter((sample) => sample.peer === peer);
    if (own.length === 0) continue;
    const of = `download of 10 s over ${own.length} links of the matrix, one TCP stream, BBR`;
    figure(`${peer}_mb`, mean(own.map(({ wireBytes }) => wireBytes / 1e6)), 'MB', `${of}; mean`);
    figure(`${peer}_median_s`, median(own.map(({ seconds }) => seconds)), 's', of);
    figure(
      `${peer}_wrong`,
      share(own, ({ wrong }) => wrong),
      'share',
      `${of}; its mean with headers added`,
    );
    const ratios = own.flatMap(({ cell, wireBytes }) => {
      const udp = samples.filter((sample) => sample.method === 'udp' && sample.cell === cell);
      return udp.length > 0 ? [wireBytes / mean(udp.map((sample) => sample.wireBytes))] : [];
    });
    figure(`bytes_vs_${peer}`, mean(ratios), 'ratio', 'its bytes by those of our UDP test, mean over the same links');
    for (const { cell, mbps, seconds, wireBytes, wrong } of own)
      console.error(
        `${peer.padEnd(7)} ${nameOf(cell).padEnd(24)} ${(mbps ?? 0).toFixed(1)} Mb/s  ${mb(wireBytes)} MB  ${seconds.toFixed(1)} s${wrong ? '  WRONG' : ''}`,
      );
  }
}

function table(samples: readonly Sample[]): void {
  for (const method of ['udp', 'tcp'] as const)
    for (const cell of cellsOf(samples)) {
      const own = samples.filter((sample) => sample.cell === cell && sample.method === method);
      if (own.length > 0) console.error(`${method}  ${nameOf(cell).padEnd(24)} ${own.map(words).join('   ')}`);
    }
}

function words(sample: Sample): string {
  const { outcome, seconds, wireBytes } = sample;
  const rate = outcome.rate_mbps === null ? '-' : outcome.rate_mbps.toFixed(1);
  const flags = [outcome.marginal ? 'marginal' : '', outcome.limited_by ?? '', isWrong(sample) ? 'WRONG' : ''];
  return `${outcome.verdict} ${rate} ${mb(wireBytes)} MB ${seconds.toFixed(2)} s ${flags.filter(Boolean).join(' ')}`.trim();
}

function cellsOf(samples: readonly Sample[]): Cell[] {
  return [...new Set(samples.map(({ cell }) => cell))];
}
function wrongCells(samples: readonly Sample[]): number {
  return share(cellsOf(samples), (cell) => samples.some((sample) => sample.cell === cell && isWrong(sample)));
}
/** Of the cells the dearest, by the mean of its tests. */
function worstMb(samples: readonly Sample[]): number | null {
  const means = cellsOf(samples).map((cell) =>
    mean(samples.filter((sample) => sample.cell === cell).map(({ wireBytes }) => wireBytes / 1e6)),
  );
  return means.length > 0 ? Math.max(...means) : null;
}
function share<T>(of: readonly T[], is: (one: T) => boolean): number {
  return of.length === 0 ? 0 : of.filter(is).length / of.length;
}
function mean(of: readonly number[]): number {
  return of.reduce((sum, one) => sum + one, 0) / of.length;
}
function median(of: readonly number[]): number {
  const sorted = of.toSorted((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}
function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
