/**
 * Why: does the line carry the target? A sequential test over windows of about 100 ms at the WAN counter, pure, so that it can be
 * tried on any trace: it ends as soon as the answer is clear, which costs a fiftieth of a whole download.
 * Not over a sliding second: that read up to 36 Mb/s on lines of exactly 30, when what had stalled came at once.
 */

/** What one window carried. */
export interface Window {
  readonly ms: number;
  /** At the WAN interface, IP layer, in the direction of the test. */
  readonly ipBytes: number;
  /** By the test's own sockets, application layer. */
  readonly ownBytes: number;
}

export interface Rule {
  /** Earliest pass and earliest fail, ms. */
  readonly passFromMs: number;
  /** Earliest pass where the rate is far above the target, ms. */
  readonly farFromMs: number;
  readonly failFromMs: number;
  /** The test is over then, ms. */
  readonly maxMs: number;
  /** Only the second half of the elapsed windows counts: leaves out a slow start, however long the line makes it, and a burst bucket. */
  readonly secondHalf: boolean;
  /** A pass needs this many bytes on the wire: lines that give more at first are known to need a larger test. */
  readonly minBytes: number;
}

/** Signs that the line was full, without which a low rate says nothing about it. */
export interface Saturation {
  /** Share of the test's packets that were lost, 0 to 1; null where nobody counted. */
  readonly loss: number | null;
  /** One-way delay above its least, ms; null where nobody measured. */
  readonly owdRiseMs: number | null;
  /** TCP: the sender had more to send than the line took. */
  readonly senderWaited: boolean;
}

export interface Judgement {
  /** `unsaturated`: below the target, but nothing says that the line was full. `growing`: it was still getting faster. */
  readonly verdict: 'pass' | 'fail' | 'unsaturated' | 'growing';
  /** Within 1.5 % of the target: never a reason to wake anyone. */
  readonly marginal: boolean;
  /** IP-layer Mb/s over the decision windows, and its standard error. */
  readonly rateMbps: number;
  readonly seMbps: number;
  readonly appMbps: number;
  /** Length of the decision windows, ms. */
  readonly overMs: number;
  /** The line was full. */
  readonly saturated: boolean;
}

/** Around the target the verdict is marginal: counters, pacing and clocks are not better than this. */
export const GUARD = 0.015;
/** Standard errors between mean and target that make the answer clear. */
const CLEAR = 3;
/** So far above the target, four windows say as much as five do on the edge: a sixth of the data of most tests. */
const FAR = 1.1;
/** Fewer windows say nothing about their spread. */
const FEWEST = 3;
/** A later half that is this much faster than the earlier one is growth, not noise. */
const GROWTH = 1.05;
const FULL_LOSS = 0.02;
const FULL_OWD_MS = 15;

/** Five windows for a pass and four for a fail: half a second. UDP starts at its pace, so every window counts; TCP needs its start behind it, 13 round trips on a long line. */
export function ruleFor(
  kind: 'udp' | 'tcp' | 'full',
  options: { rttMs: number; minBytes: number; paceMbps: number; counted?: boolean },
): Rule {
  const { rttMs, minBytes, paceMbps, counted = true } = options;
  const volumeMs = (minBytes * 8) / 1000 / paceMbps;
  if (kind === 'full')
    return {
      passFromMs: Infinity,
      farFromMs: Infinity,
      failFromMs: Infinity,
      maxMs: 10_000,
      secondHalf: true,
      minBytes: 0,
    };
  if (kind === 'udp')
    return {
      passFromMs: 480,
      farFromMs: 380,
      failFromMs: 380,
      maxMs: Math.max(2000, 1.3 * volumeMs),
      secondHalf: minBytes > 0,
      minBytes,
    };
  // On a short way all is said after 3 s, and a line of exactly the target must not cost 37 MB.
  const maxMs = Math.min(10_000, Math.max(3000, 17 * rttMs, 1.3 * volumeMs));
  const passFromMs = counted ? 1000 : 2000; // what TCP holds back for a lost segment comes to the application at once
  return {
    passFromMs,
    farFromMs: passFromMs,
    failFromMs: Math.max(1450, 13 * rttMs),
    maxMs,
    secondHalf: true,
    minBytes,
  };
}

/** The judgement; null where it cannot be made yet, or (`final`) where too little was measured to make one at all. */
export function judge(
  windows: readonly Window[],
  options: { rule: Rule; targetMbps: number; saturation: Saturation; final: boolean },
): Judgement | null {
  const { rule, targetMbps, saturation, final } = options;
  const counted = rule.secondHalf ? windows.slice(Math.floor(windows.length / 2)) : windows;
  if (counted.length < FEWEST) return null;
  const overMs = sum(counted, ({ ms }) => ms);
  const rateMbps = rateOf(counted);
  const seMbps = standardError(counted, rateMbps);
  const atMs = sum(windows, ({ ms }) => ms);
  const bytes = sum(windows, ({ ipBytes }) => ipBytes);
  const surely = rateMbps - CLEAR * seMbps;
  const passes =
    bytes >= rule.minBytes &&
    ((atMs >= rule.passFromMs && surely >= targetMbps) || (atMs >= rule.farFromMs && surely >= FAR * targetMbps));
  const low = (1 - GUARD) * targetMbps;
  const stands = !isGrowing(counted) && isFull(saturation);
  const fails = atMs >= rule.failFromMs && stands && rateMbps + CLEAR * seMbps < low;
  if (!final && !passes && !fails) return null;
  return {
    verdict: passes ? 'pass' : fails ? 'fail' : byMean(),
    marginal: Math.abs(rateMbps - targetMbps) <= GUARD * targetMbps,
    rateMbps,
    seMbps,
    appMbps: (sum(counted, ({ ownBytes }) => ownBytes) * 8) / 1000 / overMs,
    overMs,
    saturated: isFull(saturation),
  };

  function byMean(): Judgement['verdict'] {
    if (rateMbps >= low) return 'pass';
    if (!isFull(saturation)) return 'unsaturated';
    return isGrowing(counted) ? 'growing' : 'fail';
  }
}

/** The line took less than it was offered: packets were lost or queued, or TCP's sender had to wait. */
function isFull({ loss, owdRiseMs, senderWaited }: Saturation): boolean {
  return (loss ?? 0) > FULL_LOSS || (owdRiseMs ?? 0) > FULL_OWD_MS || senderWaited;
}

function isGrowing(windows: readonly Window[]): boolean {
  const half = Math.floor(windows.length / 2);
  return rateOf(windows.slice(windows.length - half)) > GROWTH * rateOf(windows.slice(0, half));
}

function standardError(windows: readonly Window[], mean: number): number {
  const squares = sum(windows, (window) => (rateOf([window]) - mean) ** 2);
  // Not below 0.5 %: a shaper's windows may be all alike and still be wrong together.
  return Math.max(Math.sqrt(squares / (windows.length - 1) / windows.length), 0.005 * mean);
}

/** IP-layer Mb/s. */
function rateOf(windows: readonly Window[]): number {
  const ms = sum(windows, (window) => window.ms);
  return ms > 0 ? (sum(windows, ({ ipBytes }) => ipBytes) * 8) / 1000 / ms : 0;
}

function sum(windows: readonly Window[], of: (window: Window) => number): number {
  return windows.reduce((total, window) => total + of(window), 0);
}
