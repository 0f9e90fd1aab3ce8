/** Why: time is a dependency. Everything that decides by time takes one of these, so that tests can hold it. */
export interface Clock {
  /** Wall clock, ms since 1970-01-01 UTC. May jump. */
  wallMs(): number;
  /** CLOCK_MONOTONIC in ms since an arbitrary start (on Linux: since boot, without sleep). Never falls. */
  monoMs(): number;
}

/** performance.now() starts at 0 with each process; hrtime, the same clock, is shared by all processes of one boot but five times slower. */
const PROCESS_START_MS = Number(process.hrtime.bigint()) / 1e6 - performance.now();

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monoMs: () => PROCESS_START_MS + performance.now(),
};
