/** Why: time is a dependency. Everything that decides by time takes one of these, so that tests can hold it. */
export interface Clock {
  /** Wall clock, ms since 1970-01-01 UTC. May jump. */
  wallMs(): number;
  /** CLOCK_MONOTONIC in ms since an arbitrary start (on Linux: since boot, without sleep). Never falls. */
  monoMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  // hrtime, not performance.now(): the latter starts at 0 with each process, the former is shared by all processes of one boot.
  monoMs: () => Number(process.hrtime.bigint() / 1000n) / 1000,
};
