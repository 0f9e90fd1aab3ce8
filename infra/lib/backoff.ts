/** Why: everything that retries waits the same way: exponential with full jitter, so that 1,200 probes never come back at once. */
export interface Backoff {
  /** Next wait in ms: uniform in [0, min(capMs, baseMs * 2^n)], but at least floorMs. */
  next(): number;
  reset(): void;
}

export function createBackoff(options: {
  baseMs: number;
  capMs: number;
  floorMs?: number;
  random?: () => number;
}): Backoff {
  const { baseMs, capMs, floorMs = 0, random = Math.random } = options;
  let attempt = 0;
  return {
    next() {
      const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
      attempt += 1;
      return Math.max(floorMs, Math.round(random() * ceiling));
    },
    reset() {
      attempt = 0;
    },
  };
}
