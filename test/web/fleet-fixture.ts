/** Why: a made-up country in the shapes of the contract, the same on each run, so that pages can be looked at and counted. */
import type { AlertExplanation, AlertView, ApState, LiveRow, LiveSnapshot, Measurements, Roster, Site, TestView, Totals } from '#contract';

const MIN = 60_000;
const HOUR = 60 * MIN;
const REGIONS = ['Utena', 'Vilnius', 'Kaunas', 'Klaipėda', 'Šiauliai', 'Panevėžys', 'Alytus', 'Marijampolė', 'Tauragė', 'Telšiai'];
const PLACES = ['Debeikių', 'Troškūnų', 'Viešintų', 'Kavarsko', 'Svėdasų', 'Antazavės', 'Turmanto', 'Degučių', 'Imbrado', 'Salako', 'Suvieko', 'Dūkšto', 'Rimšės', 'Inturkės', 'Joniškio', 'Užpalių', 'Balninkų', 'Kazitiškio', 'Alantos', 'Leliūnų', 'Linkmenų', 'Kurklių', 'Dusetų', 'Tauragnų', 'Vidiškių', 'Alsėdžių', 'Pabiržės', 'Mosėdžio', 'Ventos', 'Veisiejų'];
const ISPS = ['Ryšys Plius', 'Skaidula', 'Mobilus LT', 'Orbita'];
const OPENING: Site['opening'] = [1, 2, 3, 4, 5, 6, 7].map((day) => (day < 7 ? [[day < 6 ? 540 : 600, day < 6 ? 1140 : 960] as const] : []));

/** The same numbers on each run (mulberry32). */
export function numbers(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function rosterOf(n: number): Roster {
  const sites = Array.from({ length: n }, (_, i): Site => ({
    id: `site-${i}`, name: `${REGIONS[i % 10]} r. ${PLACES[i % 30]} filialas${i >= 30 ? ` ${Math.floor(i / 30) + 1}` : ''}`, region: `${REGIONS[i % 10]} county`, isp: ISPS[i % 4] ?? '', zone: 'Europe/Vilnius',
    opening: OPENING, contract_mbps: i % 5 === 0 ? null : 50, metered: i % 17 === 3, lat: 55, lon: 25, notes: '',
  }));
  return {
    hash: `r${n}`, sites,
    access_points: sites.map(({ id }) => ({ id, site: id, name: 'Internet access', target_mbps: 30 })),
    probes: sites.map(({ id }) => ({ id: `probe-${id.slice(5)}`, access_point: id, created_at: 1_700_000_000_000, admitted: true })),
  };
}

const stateOf = (i: number): ApState => (i % 20 === 0 ? 'below' : i % 83 === 5 ? 'offline' : i % 17 === 4 ? 'nodata' : i % 101 === 9 ? 'maint' : 'meets');

export function rowOf(i: number, now: number, random: () => number): LiveRow {
  const state = stateOf(i);
  const off = state === 'offline';
  const dark = off || state === 'nodata';
  const down = state === 'below' ? 11 + random() * 12 : 32 + random() * 60;
  const whys: Record<ApState, string> = { below: `3 of the last 4 tests below 30 Mb/s, a retest confirms: ${down.toFixed(1)} Mb/s`, offline: 'No sample for 46 min in opening hours; the connection was lost', nodata: 'No test yet today', maint: 'New router until 17:00', meets: 'The last valid test reached the target' };
  return {
    ap: `site-${i}`, site: `site-${i}`, state, why: whys[state], since: now - Math.floor((1 + random() * 700) * MIN),
    down_mbps: state === 'nodata' ? null : down, down_at: state === 'nodata' ? null : now - Math.floor(random() * 3 * HOUR), verdict: state === 'below' ? 'fail' : 'pass',
    wan_rx_mbps: dark ? null : random() * 8, wan_tx_mbps: dark ? null : random() * 1.5, rtt_ms: dark ? null : 9 + random() * 20, loss_pct: dark ? null : 0, cpu_pct: dark ? null : 3 + random() * 30,
    clients: dark ? null : Math.floor(random() * 25), last_seen: state === 'nodata' && i % 2 ? null : now - Math.floor((dark ? 50 * MIN : 0) + random() * 60_000), probe: `probe-${i}`, probe_online: !dark, alert: state === 'below' || off ? 1000 + i : null,
  };
}

export function totalsOf(rows: readonly LiveRow[]): Totals {
  const of = (state: ApState) => rows.filter((row) => row.state === state).length;
  const known = rows.flatMap((row) => (row.down_mbps === null ? [] : [row.down_mbps]));
  return { meets: of('meets'), below: of('below'), offline: of('offline'), nodata: of('nodata'), maint: of('maint'), total: rows.length, mean_mbps: known.length ? known.reduce((a, b) => a + b, 0) / known.length : null, mean_n: known.length };
}

export function snapshotOf(n: number, now: number): LiveSnapshot {
  const random = numbers(7);
  const rows = Array.from({ length: n }, (_, i) => rowOf(i, now, random));
  return {
    epoch: 'e1', seq: 1, at: now, roster: `r${n}`, totals: totalsOf(rows), rows,
    health: [{ code: 'SMTP_MISSING', severity: 'warning', text: 'No mail server is set up, so alerts reach nobody by mail. Set CARREL_SMTP and CARREL_ONCALL.', since: null }],
  };
}

const METHODS = ['udp', 'tcp', 'tcp', 'passive'] as const;

/** Tests of a site that fell below its target at noon of the last day, newest first. */
export function testsOf(ap: string, from: number, to: number): TestView[] {
  const random = numbers(11);
  const tests: TestView[] = [];
  for (let at = to - 25 * MIN, i = 0; at > from; at -= 100 * MIN, i++) {
    const hour = new Date(at).getUTCHours();
    if (hour < 7 || hour > 15) continue;
    const low = i < 4 || i % 23 === 9;
    const unclear = i % 29 === 6;
    const rate = unclear ? null : low ? 10.9 + random() * 3 : 40 + random() * 12;
    const method = METHODS[i % 4] ?? 'tcp';
    tests.push({
      id: `t${at}`, ap, probe: 'probe-0', at, method, dir: 'down', verdict: unclear ? 'inconclusive' : low ? 'fail' : 'pass', marginal: false, reason: low && i % 2 ? 'confirm' : 'slot', target_mbps: 30,
      rate_mbps: rate, app_mbps: rate, other_mbps: method === 'passive' ? rate : random(), bytes: method === 'passive' ? 0 : 2_400_000, dur_ms: 700 + random() * 900, limited_by: unclear ? 'cross_traffic' : null, cpu_pct: 22, wan: 'eth0', server: 'vln-1',
    });
  }
  return tests;
}

const SHAPES: Record<string, { unit: string; base: number; swing: number }> = {
  rtt_ms: { unit: 'ms', base: 11, swing: 4 }, wan_rx_mbps: { unit: 'Mb/s', base: 2, swing: 6 }, wan_tx_mbps: { unit: 'Mb/s', base: 0.3, swing: 1 }, cpu_pct: { unit: '%', base: 6, swing: 12 }, clients: { unit: '1', base: 4, swing: 12 }, agent_bytes: { unit: 'B', base: 60_000, swing: 30_000 },
};

export function measurementsOf(probe: string, metric: string, from: number, to: number, points: number): Measurements {
  const random = numbers(metric.length);
  const { unit, base, swing } = SHAPES[metric] ?? { unit: '1', base: 1, swing: 1 };
  const bucketMs = Math.max(MIN, Math.ceil((to - from) / points / MIN) * MIN);
  const n = Math.floor((to - from) / bucketMs);
  const gone = (i: number) => i > n * 0.55 && i < n * 0.62;
  const t = Array.from({ length: n }, (_, i) => from + i * bucketMs);
  const mean = t.map((at, i) => (gone(i) ? null : base + swing * random() * (0.4 + 0.6 * Math.max(0, Math.sin(at / HOUR / 4)))));
  return { probe, metric, unit, from, to, bucket_s: bucketMs / 1000, t, count: mean.map((value) => (value === null ? 0 : 5)), mean, min: mean.map((value) => (value === null ? null : value * 0.8)), max: mean.map((value) => (value === null ? null : value * 1.5)) };
}

export function alertOf(id: number, now: number): AlertView {
  const i = id - 1000;
  const slow = i % 20 === 0;
  const site = rosterOf(i + 1).sites[i];
  return {
    id, rule: slow ? 'slow' : 'dark', ap: `site-${i}`, site: `site-${i}`, site_name: site?.name ?? '', condition: 'firing', severity: slow ? 'ticket' : 'page',
    title: slow ? 'Download fell below 30 Mb/s: 11.2 Mb/s in the last test' : 'Went dark in opening hours',
    reasons: slow ? ['3 of the last 4 valid tests in opening hours were below 30 Mb/s: 11.8, 10.9, 11.2 Mb/s.', 'A retest confirmed it: 11.6 Mb/s.', 'Other traffic on the line was 0.2 to 0.6 Mb/s: it is the line, not the visitors.'] : ['No sample since 13:40, for 46 min, in opening hours.', 'The connection ended without a goodbye.'],
    evidence: slow ? testsOf(`site-${i}`, now - 8 * HOUR, now).slice(0, 4) : [], since: now - 130 * MIN, fired_at: now - 125 * MIN, resolved_at: null, acknowledged_by: null, acknowledged_at: null, acknowledged_until: null,
    deliveries: [{ channel: 'email', target: 'oncall@example.org', kind: 'firing', state: 'sent', attempts: 1, at: now - 124 * MIN, error: null }, { channel: 'webhook', target: 'https://hooks.example.org/carrel', kind: 'firing', state: 'failed', attempts: 4, at: now - 120 * MIN, error: 'answered 503' }],
  };
}

export function explanationOf(ap: string, now: number): AlertExplanation {
  const alert = alertOf(1000, now);
  return { ap, rules: [{ rule: 'slow', condition: 'firing', reasons: alert.reasons, evidence: alert.evidence }, { rule: 'dark', condition: 'ok', reasons: ['The probe is connected; its last sample is 18 s old.'], evidence: [] }] };
}
