/**
 * Why: does the line carry the target? A sequential test over windows of about 100 ms at the WAN counter, pure, so that it can be
 * tried on any trace: it ends as soon as the answer is clear, which costs a fiftieth of a whole download.
 * Not over a sliding second: that read up to 36 Mb/s on lines of exactly 30, when what had stalled came at once.
 */

import { judgeSettled } from './long-way.ts';
import {
  appRateOf,
  CLEAR,
  GUARD,
  isGrowing,
  type Judgement,
  rateOf,
  type Saturation,
  standardError,
  sum,
  type Window,
} from './windows.ts';

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
  /** TCP at the interface's counter: windows are lower than the line by what repairs take, and never higher. */
  readonly repairs: boolean;
  /** Set for a test that the server ends soon (`long-way.ts`): its round trip, ms. */
  readonly settlesAtMs: number | null;
}

/** So far above the target, four windows say as much as five do on the edge: a sixth of the data of most tests. */
const FAR = 1.1;
/** Fewer windows say nothing about their spread. */
const FEWEST = 3;
/** What TCP's repairs of lost segments may leave unused of a full line: at 1 % of loss BBR reads 29.3 to 29.8 on lines of exactly 30. */
const REPAIRS = 0.02;
const FULL_LOSS = 0.02;
const FULL_OWD_MS = 15;

/** Five windows for a pass and four for a fail: less than half a second. UDP starts at its pace, so every window counts; TCP needs its start behind it, 13 round trips on a long line. */
export function ruleFor(
  kind: 'udp' | 'tcp' | 'full',
  options: { rttMs: number; minBytes: number; paceMbps: number; counted?: boolean; settles?: boolean },
): Rule {
  const { rttMs, minBytes, paceMbps, counted = true, settles = false } = options;
  const volumeMs = (minBytes * 8) / 1000 / paceMbps;
  if (kind === 'full')
    return {
      passFromMs: Infinity,
      farFromMs: Infinity,
      failFromMs: Infinity,
      maxMs: 10_000,
      secondHalf: true,
      minBytes: 0,
      ...PLAIN,
    };
  if (kind === 'udp')
    return {
      passFromMs: 440,
      farFromMs: 350,
      failFromMs: 350,
      maxMs: Math.max(2000, 1.3 * volumeMs),
      secondHalf: minBytes > 0,
      minBytes,
      ...PLAIN,
    };
  // On a short way all is said after 3 s, and a line of exactly the target must not cost 37 MB.
  const maxMs = Math.min(10_000, Math.max(3000, 17 * rttMs, 1.3 * volumeMs));
  const passFromMs = counted ? 1000 : 2000; // what TCP holds back for a lost segment comes to the application at once
  return {
    passFromMs,
    farFromMs: passFromMs,
    failFromMs: Math.max(1420, 13 * rttMs),
    maxMs,
    secondHalf: true,
    minBytes,
    repairs: counted,
    settlesAtMs: settles ? rttMs : null,
  };
}
const PLAIN = { repairs: false, settlesAtMs: null };

/** The judgement; null where it cannot be made yet, or (`final`) where too little was measured to make one at all. */
export function judge(
  windows: readonly Window[],
  options: { rule: Rule; targetMbps: number; saturation: Saturation; final: boolean },
): Judgement | null {
  const { rule, targetMbps, saturation, final } = options;
  if (rule.settlesAtMs !== null)
    return judgeSettled(windows, { rttMs: rule.settlesAtMs, targetMbps, saturation, final });
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
  const lineMbps = rule.repairs ? repaired(counted, rateMbps) : rateMbps;
  const fails = atMs >= rule.failFromMs && stands && lineMbps + CLEAR * seMbps < low;
  if (!final && !passes && !fails) return null;
  return {
    verdict: passes ? 'pass' : fails ? 'fail' : byMean(),
    marginal: Math.abs(lineMbps - targetMbps) <= GUARD * targetMbps,
    rateMbps,
    seMbps,
    appMbps: appRateOf(counted),
    overMs,
    saturated: isFull(saturation),
  };

  function byMean(): Judgement['verdict'] {
    if (lineMbps >= low) return 'pass';
    if (!isFull(saturation)) return 'unsaturated';
    return isGrowing(counted) ? 'growing' : 'fail';
  }
}

/** The line took less than it was offered: packets were lost or queued, or TCP's sender had to wait. */
function isFull({ loss, owdRiseMs, senderWaited }: Saturation): boolean {
  return (loss ?? 0) > FULL_LOSS || (owdRiseMs ?? 0) > FULL_OWD_MS || senderWaited;
}

/** What the line carried while nothing was being repaired, Mb/s: the upper half of the windows, within reason. */
function repaired(windows: readonly Window[], rateMbps: number): number {
  const best = [...windows].sort((a, b) => rateOf([b]) - rateOf([a])).slice(0, Math.ceil(windows.length / 2));
  return Math.min(rateOf(best), (1 + REPAIRS) * rateMbps);
}
