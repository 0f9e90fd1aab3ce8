/** Why: lines whose capacity swings, made the same each time from a seed. */
import type { Saturation, Window } from '../../../agent/speed/windows.ts';

/** Uniform in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Windows of 100 ms of a test paced at `paceMbps` over a line of `mbps` times (1 + AR(1) noise), as they come. */
export function* noisyWindows(options: {
  mbps: number;
  sigma: number;
  rho: number;
  paceMbps: number;
  random: () => number;
}): Generator<{ window: Window; saturation: Saturation }> {
  const { mbps, sigma, rho, paceMbps, random } = options;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let noise = sigma * normal();
  let [sent, came] = [0, 0];
  for (;;) {
    const rate = Math.max(0, Math.min(paceMbps, mbps * (1 + noise)));
    noise = rho * noise + sigma * Math.sqrt(1 - rho * rho) * normal();
    sent += paceMbps;
    came += rate;
    yield {
      window: { ms: 100, ipBytes: rate * 12_500, ownBytes: rate * 12_500 * 0.98 },
      saturation: { loss: 1 - came / sent, owdRiseMs: null, senderWaited: false },
    };
  }
}
