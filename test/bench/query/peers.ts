/** Why: InfluxDB and VictoriaMetrics of Debian answer the nearest question over the same network, in the same run. */
import { join } from 'node:path';
import { debianServer, startInfluxdb, startVictoria } from '../../support/debian.ts';
import { DAY_S, END_S, isUp, LONG, names, RAW_S, regionOf, rttAt, START_S, testRate } from './fleet.ts';
import { type Bench, type Figure, typical } from './ours.ts';

/** The peers' points: samples of one day (of all seven with `--long`), a month of hourly means, a month of tests. */
function* peerLines(): Generator<string> {
  for (let t_s = LONG ? RAW_S : DAY_S; t_s < END_S; t_s += 60)
    for (const [p, probe] of names.entries())
      yield `raw,probe=${probe} rtt=${rttAt(p, t_s)},up=${Number(isUp(p, t_s))} ${t_s}`;
  for (let t_s = START_S; t_s < END_S; t_s += 3600)
    for (const [p, probe] of names.entries()) {
      const tags = `probe=${probe},region=${regionOf(probe)}`;
      yield `hour,${tags} rtt=${rttAt(p, t_s)},up=${isUp(p, t_s) ? 1 : 0.333} ${t_s}`;
      const clock = (t_s / 3600) % 24;
      const mbps = testRate(p, t_s / 3600);
      if (clock >= 9 && clock < 15) yield `test,${tags} rate=${mbps},pass=${Number(mbps >= 30)} ${t_s}`;
    }
}

async function load(address: string): Promise<void> {
  let lines: string[] = [];
  const send = async (): Promise<void> => {
    const answer = await fetch(address, { method: 'POST', body: lines.join('\n') });
    if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    lines = [];
  };
  for (const line of peerLines()) if (lines.push(line) >= 10_000) await send();
  await send();
}

async function ask(address: string, parameters: Record<string, string>): Promise<void> {
  const answer = await fetch(`${address}?${new URLSearchParams(parameters)}`);
  const text = await answer.text();
  if (!answer.ok || !/"(series|values?)":/.test(text))
    throw new Error(`${JSON.stringify(parameters)}: ${text.slice(0, 300)}`);
}

function compare(figure: Figure, peer: string, mine: Record<string, number>, theirs: Record<string, number>): void {
  for (const [name, ms] of Object.entries(theirs))
    figure(`${name}_vs_${peer}`, ms / (mine[name] ?? Number.NaN), 'x', `${peer} ${Math.round(ms * 10) / 10} ms`);
}

export async function influxdb({ dir, figure }: Bench, mine: Record<string, number>): Promise<void> {
  const program = await debianServer('influxdb');
  if (!program) return console.error("skipped: Debian's influxdb cannot be had here");
  const server = await startInfluxdb({ dir: join(dir, 'influxdb') }, program);
  await fetch(`${server.url}/query?q=${encodeURIComponent('CREATE DATABASE b')}`, { method: 'POST' });
  await load(`${server.url}/write?db=b&precision=s`);
  const month = `time >= ${START_S}s AND time < ${END_S}s`;
  const q = (text: string) => typical(() => ask(`${server.url}/query`, { db: 'b', epoch: 's', q: text }));
  compare(figure, 'influxdb', mine, {
    probe_day: await q(
      `SELECT mean(rtt), min(rtt), max(rtt), count(rtt) FROM raw WHERE probe = 'probe-7' AND time >= ${DAY_S}s AND time < ${END_S}s GROUP BY time(5m)`,
    ),
    availability: await q(`SELECT mean(up) FROM hour WHERE ${month} GROUP BY probe`),
    compliance_month: await q(
      `SELECT mean(pass), percentile(rate, 50), percentile(rate, 10), count(rate) FROM test WHERE ${month} GROUP BY probe`,
    ),
    percentiles_region: await q(
      `SELECT percentile(rtt, 5), percentile(rtt, 50), percentile(rtt, 95) FROM hour WHERE ${month} GROUP BY region`,
    ),
  });
  await server.stop();
}

export async function victoria({ dir, figure }: Bench, mine: Record<string, number>): Promise<void> {
  const program = await debianServer('victoria-metrics');
  if (!program) return console.error("skipped: Debian's victoria-metrics cannot be had here");
  const server = await startVictoria({ dir: join(dir, 'victoria') }, program);
  await load(`${server.url}/write?db=b&precision=s`);
  await fetch(`${server.url}/internal/force_flush`);
  const at = { time: String(END_S - 1), nocache: '1' };
  const q = (query: string) => typical(() => ask(`${server.url}/api/v1/query`, { query, ...at }));
  compare(figure, 'victoriametrics', mine, {
    probe_day: await typical(() =>
      ask(`${server.url}/api/v1/query_range`, {
        query: 'rollup(raw_rtt{probe="probe-7"}[5m])',
        start: String(DAY_S),
        end: String(END_S),
        step: '300',
        nocache: '1',
      }),
    ),
    availability: await q('avg_over_time(hour_up[30d])'),
    compliance_month: await q('quantiles_over_time("q", 0.1, 0.5, test_rate[30d]) or avg_over_time(test_pass[30d])'),
    percentiles_region: await q(
      'histogram_quantiles("q", 0.05, 0.5, 0.95, sum(histogram_over_time(hour_rtt[30d])) by (region, vmrange))',
    ),
  });
  await server.stop();
}
