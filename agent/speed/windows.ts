/** Why: what every rule counts in: windows of about 90 ms, their rate and spread, and what was judged of them. Pure. */

/** What one window carried. */
export interface Window {
  readonly ms: number;
  /** At the WAN interface, IP layer, in the direction of the test. */
  readonly ipBytes: number;
  /** By the test's own sockets, application layer. */
  readonly ownBytes: number;
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
export const CLEAR = 3;
/** A later half that is this much faster than the earlier one is growth, not noise. */
const GROWTH = 1.05;

export function isGrowing(windows: readonly Window[]): boolean {
  const half = Math.floor(windows.length / 2);
  return rateOf(windows.slice(windows.length - half)) > GROWTH * rateOf(windows.slice(0, half));
}

/** Of the mean, Mb/s. */
export function standardError(windows: readonly Window[], mean: number): number {
  const squares = sum(windows, (window) => (rateOf([window]) - mean) ** 2);
  // Not below 0.5 %: a shaper's windows may be all alike and still be wrong together.
  return Math.max(Math.sqrt(squares / (windows.length - 1) / windows.length), 0.005 * mean);
}

/** IP-layer Mb/s. */
export function rateOf(windows: readonly Window[]): number {
  const ms = sum(windows, (window) => window.ms);
  return ms > 0 ? (sum(windows, ({ ipBytes }) => ipBytes) * 8) / 1000 / ms : 0;
}

/** Application layer, Mb/s. */
export function appRateOf(windows: readonly Window[]): number {
  return rateOf(windows.map((window) => ({ ...window, ipBytes: window.ownBytes })));
}

export function sum(windows: readonly Window[], of: (window: Window) => number): number {
  return windows.reduce((total, window) => total + of(window), 0);
}
