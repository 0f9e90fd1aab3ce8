/**
 * Why: reachability and latency are two views of the same few handshakes along the way to the internet, and a library may pay
 * for each byte of them. So the internet is asked once per slot, what lies before it every fifth time, and all of it at once
 * as soon as anything looks wrong: see docs/decisions/thrift.md for what that costs and what it keeps.
 */
import type { Resolution } from '../platform/dns.ts';
import { openWan, type WanView } from '../platform/wan.ts';
import type { SensorContext, Slot } from '../sensor.ts';
import { type GatewayReading, type HopOptions, type InternetReading, openHops } from './hops.ts';
import { asLost, type Handshake } from './latency.ts';

/** What is known at a slot. Null is unknown throughout. */
export interface PathReading {
  /** A default route exists and its interface has carrier. */
  readonly link: boolean | null;
  readonly gateway: GatewayReading;
  readonly dns: Resolution;
  readonly internet: InternetReading;
  /** Something answered in place of a configured page. */
  readonly portal: boolean | null;
  /** The last handshakes to the internet, oldest first, at most `WINDOW`. */
  readonly window: readonly Handshake[];
}

export interface Path {
  measure(slot: Slot): Promise<PathReading>;
  close(): void;
}
export type PathOptions = HopOptions;

/** Handshakes that jitter and loss are told from: 20 minutes at one sample a minute. */
export const WINDOW = 20;
/** While the internet answers, gateway, resolver and sign-in page are asked every so many measurements, and hold between. */
const NEAR_EVERY = 5;
/** On metered lines a measurement holds for so many slots. */
const METERED_EVERY = 5;
/** A gateway that drops what is addressed to itself is tried again this often (of the times that it would be asked). */
const SILENT_GATEWAY_EVERY = 12;
const TIMEOUT_MS = 2000;

type PathContext = Pick<SensorContext, 'root' | 'wan' | 'targets' | 'broker' | 'log'> &
  Partial<Pick<SensorContext, 'brokerUp' | 'metered'>>;

export function openPath(context: PathContext, options: PathOptions = {}): Path {
  const { brokerUp = () => null, metered = () => false } = context;
  const wan = openWan({ root: context.root, override: context.wan });
  const hops = openHops(context, options);
  let current: { monoMs: number; reading: Promise<PathReading> } | null = null;
  let last: { reading: PathReading; signs: string } | null = null;
  let held = 0;
  let measurements = 0;
  let window: readonly Handshake[] = [];

  async function measure({ signal }: Slot, timeoutMs: number): Promise<PathReading> {
    const view = wan.look();
    const ask = { route: view.route, timeoutMs, signal };
    const signs = signsOf(view, brokerUp());
    const calm = last !== null && last.signs === signs && isWell(last.reading) ? last.reading : null;
    if (calm && metered() && ++held < METERED_EVERY) return calm;
    held = 0;
    measurements = calm ? measurements + 1 : 0;
    const nearby = calm && measurements % NEAR_EVERY !== 0 ? calm : null;
    const askNear = async () => {
      const rested = calm?.gateway.answered === false && (measurements / NEAR_EVERY) % SILENT_GATEWAY_EVERY !== 0;
      const [gateway, [dns, portal]] = await Promise.all([
        rested ? calm.gateway : hops.gateway(ask),
        hops.dns(ask).then(async (resolution) => [resolution, await hops.portal(ask)] as const),
      ]);
      return { gateway, dns, portal };
    };
    const early = nearby ? null : askNear();
    if (hops.namesFirst(view.route)) await early;
    const internet = await hops.internet(ask);
    window = [...window, ...internet.tried.map((one) => asLost(one, window))].slice(-WINDOW);
    // Where the internet is silent all of a sudden, the hops before it are asked at once, to name the first that fails.
    const near = nearby && internet.up ? nearby : await (early ?? askNear());
    const { gateway, dns, portal } = near;
    const reading = { link: linkOf(view), gateway, dns, portal, internet, window };
    last = { reading, signs };
    return reading;
  }

  let lastSlotMs: number | null = null;
  return {
    measure(slot) {
      if (current?.monoMs === slot.monoMs) return current.reading;
      const periodMs = lastSlotMs === null ? Infinity : slot.monoMs - lastSlotMs;
      lastSlotMs = slot.monoMs;
      // One target, the next one and DNS may each wait so long, and all must be told before the slot is over.
      const timeoutMs = periodMs > 0 ? Math.min(TIMEOUT_MS, Math.max(200, Math.floor(periodMs / 4))) : TIMEOUT_MS;
      current = { monoMs: slot.monoMs, reading: measure(slot, timeoutMs) };
      return current.reading;
    },
    close() {
      wan.close();
      hops.close();
    },
  };
}

function linkOf({ route, link }: WanView): boolean | null {
  return route === null ? false : (link?.up ?? null);
}

/** What can be seen without sending anything; when it changes, nothing that was measured before is held any longer. */
function signsOf(view: WanView, broker: boolean | null): string {
  return `${view.name} ${view.link?.ifindex} ${linkOf(view)} ${view.route?.gateway} ${broker}`;
}

/** A silent gateway is well while the internet behind it answers: many drop what is addressed to themselves. */
function isWell({ link, internet, dns, portal }: PathReading): boolean {
  return link !== false && internet.up && dns.up && portal !== true;
}
