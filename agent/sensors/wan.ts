/** Why: what the access point's line carries, at the IP layer, on the default route's interface: zero bytes of test traffic. */
import type { MetricName } from '#contract';
import { type Counters, ipBytesBetween } from '../platform/counters.ts';
import { openWan, type WanView } from '../platform/wan.ts';
import type { Reading, Sensor, SensorContext } from '../sensor.ts';

const METRICS: readonly MetricName[] = ['wan_up', 'wan_rx_mbps', 'wan_tx_mbps', 'wan_rx_bytes', 'wan_tx_bytes'];

interface Baseline {
  readonly name: string;
  readonly ifindex: number | null;
  readonly counters: Counters;
  readonly atMs: number;
}

/** Bytes and mean rate since the previous slot. The first values after a start, another WAN, a re-dial or a reset are null. */
export function createWanSensor(context: Pick<SensorContext, 'root' | 'clock' | 'wan'>): Sensor {
  const { root, clock } = context;
  const wan = openWan({ root, override: context.wan });
  let last: Baseline | null = null;
  return {
    name: 'wan',
    metrics: METRICS,
    async probe() {
      const { name, counters } = wan.look();
      if (name === null) return { available: true }; // no route yet: it may come at any time
      return counters ? { available: true } : { available: false, why: `no counters of ${name} in /proc/net/dev` };
    },
    async read(): Promise<Reading> {
      const view = wan.look();
      const now = baselineOf(view, clock.monoMs());
      const traffic = now && last ? trafficBetween(last, now, view) : null;
      last = now;
      return { wan_up: upOf(view), ...traffic };
    },
    stop: () => wan.close(),
  };
}

function baselineOf(view: WanView, atMs: number): Baseline | null {
  if (view.name === null || !view.counters) return null;
  return { name: view.name, ifindex: view.link?.ifindex ?? null, counters: view.counters, atMs };
}

/** Carrier of the WAN. An interface that was the WAN and is gone is down; where none was ever known, nothing is known. */
function upOf({ name, link, counters }: WanView): number | null {
  if (name === null) return null;
  if (!link) return counters ? null : 0;
  return link.up === null ? null : Number(link.up);
}

function trafficBetween(before: Baseline, after: Baseline, view: WanView): Reading | null {
  if (before.name !== after.name || before.ifindex !== after.ifindex) return null;
  const seconds = (after.atMs - before.atMs) / 1000;
  const bytes = ipBytesBetween(before.counters, after.counters, view.link?.header ?? { rx: 0, tx: 0 });
  if (!bytes || seconds <= 0) return null;
  const mbps = (count: number): number => (count * 8) / seconds / 1e6;
  return { wan_rx_bytes: bytes.rx, wan_tx_bytes: bytes.tx, wan_rx_mbps: mbps(bytes.rx), wan_tx_mbps: mbps(bytes.tx) };
}
