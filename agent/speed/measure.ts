/** Why: the loop that every rung shares: a window each 90 ms, the judge after each, and the end as soon as the judge has its answer. */
import type { InterfaceCounter } from './interface.ts';
import { judge, type Rule } from './sequential.ts';
import type { Traffic, TrafficEnd } from './traffic.ts';
import { type Judgement, rateOf, type Saturation, type Window } from './windows.ts';

export interface Measured {
  judgement: Judgement | null;
  windows: readonly Window[];
  saturation: Saturation;
  /** Of the whole test, from its first packet to its last. */
  ownIpBytes: number;
  counted: { rx: number; tx: number };
  /** Share of the time in which something kept the agent from running. */
  stalledShare: number;
  end: TrafficEnd;
  /** The load had begun, and ended long before its bounds without an answer. */
  cutShort: boolean;
}

/** Four of them decide most tests: a tenth of a second each would cost a tenth more bytes and time for the same four. */
const WINDOW_MS = 89;
/** How often the agent looks whether it was kept from running, and what is no stall yet. */
const BEAT_MS = 20;
const NO_STALL_MS = 10;
/** A line that takes all of a pace below the full one was asked too little: the train had met somebody else's packets. */
const TAKES_ALL = 0.95;
const RAISE_AFTER = 3;
const MOST_RTT_MS = 2000;
const ON_THE_WAY_MS = 100;
/** A server that ends so near to the bounds has kept to them. */
const BOUND_SHARE = 0.9;

export async function measure(options: {
  traffic: Traffic;
  /** Asked when the load begins: the round trip is known then. */
  rule(): Rule;
  targetMbps: number;
  fullMbps: number;
  /** Null: the interface has no counters, and the test's own bytes must do. */
  counter: InterfaceCounter | null;
  dir: 'down' | 'up';
  now(): number;
  sampled(): void;
}): Promise<Measured> {
  const { traffic, targetMbps, fullMbps, counter, dir, now, sampled } = options;
  const before = counter?.read() ?? { rx: 0, tx: 0 };
  let windows: Window[] = [];
  let saturation: Saturation = { loss: null, owdRiseMs: null, senderWaited: false };
  let judgement: Judgement | null = null;
  let skipUntilMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let last = { atMs: 0, ip: 0, app: 0, rx: 0 as number | null };
  const look = (): typeof last => ({
    atMs: now(),
    ip: traffic.ownIpBytes(),
    app: traffic.ownBytes(),
    rx: counter ? (counter.read()?.[dir === 'down' ? 'rx' : 'tx'] ?? null) : null,
  });

  function takeWindow(): Window | null {
    const next = look();
    const ms = next.atMs - last.atMs;
    const ownIp = next.ip - last.ip;
    const carried = counter === null ? ownIp : next.rx === null || last.rx === null ? null : next.rx - last.rx;
    const window = { ms, ipBytes: carried ?? 0, ownBytes: next.app - last.app };
    last = next;
    // Counters that began anew leave a hole, not a window without traffic.
    return ms <= 0 || carried === null || next.atMs < skipUntilMs ? null : window;
  }
  function tick(): void {
    const window = takeWindow();
    const far = traffic.farWindows();
    if (far) windows = [...far];
    else if (window) windows.push(window);
    sampled();
    const newest = windows.at(-1);
    saturation = traffic.saturation(newest ? rateOf(windows.slice(Math.floor(windows.length / 2))) : 0);
    if (mayRaise() && traffic.raise(fullMbps)) {
      windows = [];
      skipUntilMs = now() + WINDOW_MS + (traffic.rtt().idleMs ?? 0);
      return;
    }
    const final = windows.reduce((sum, { ms }) => sum + ms, 0) >= rule.maxMs;
    judgement = judge(windows, { rule, targetMbps, saturation, final });
    if (!judgement && !final) return;
    clearInterval(timer); // what still comes is cost, not evidence
    traffic.stop();
  }
  function mayRaise(): boolean {
    const paceMbps = traffic.paceMbps();
    if (windows.length < RAISE_AFTER || paceMbps >= fullMbps || paceMbps < 0) return false;
    return rateOf(windows) >= TAKES_ALL * paceMbps;
  }

  let stalledShare = 0;
  const begun = await traffic.first;
  const rule = options.rule();
  if (begun) {
    last = look();
    timer = setInterval(tick, WINDOW_MS);
    const beat = watchStalls(now);
    await traffic.ended;
    clearInterval(timer);
    stalledShare = beat();
  }
  const end = await traffic.ended;
  // What is on its way comes all the same, and is paid for. Behind the far end's last word nothing comes, but for other streams.
  if (begun && ((end.end === 'enough' && end.error === null) || traffic.settles))
    await pause(Math.min(MOST_RTT_MS, traffic.rtt().idleMs ?? 0) + ON_THE_WAY_MS);
  const after = counter?.read();
  const ranMs = windows.reduce((sum, { ms }) => sum + ms, 0);
  const bounded = end.end === 'enough' || /^max_/.test(end.error ?? '') || ranMs >= BOUND_SHARE * rule.maxMs;
  const cutShort = !judgement && !bounded;
  // What the bounds ended is judged by what there was; what the server ended, or an abort, says nothing.
  if (!judgement && bounded) judgement = judge(windows, { rule, targetMbps, saturation, final: true });
  return {
    ...{ judgement, windows, saturation, end, cutShort: begun && cutShort },
    ownIpBytes: traffic.ownIpBytes(),
    counted: after ? { rx: after.rx - before.rx, tx: after.tx - before.tx } : { rx: 0, tx: 0 },
    stalledShare,
  };
}

/** Answers, when the test is over, with the share of its time that timers were late. */
function watchStalls(now: () => number): () => number {
  const startMs = now();
  let [lastMs, stalledMs] = [startMs, 0];
  const timer = setInterval(() => {
    const nowMs = now();
    stalledMs += Math.max(0, nowMs - lastMs - BEAT_MS - NO_STALL_MS);
    lastMs = nowMs;
  }, BEAT_MS);
  return () => {
    clearInterval(timer);
    return stalledMs / Math.max(1, now() - startMs);
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
