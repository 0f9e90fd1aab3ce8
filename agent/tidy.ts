/**
 * Why: V8 collects old memory when 8 MB of garbage have gathered, hours after it was made. On a router those megabytes are somebody
 * else's: with `--expose-gc` (the unit has it) they are given back every so many samples, for 5 ms of work.
 */

const EVERY = 60;

/** To be called once per sample; does nothing where the agent was started without the flag. */
export function createTidy(collect: (() => unknown) | undefined = globalThis.gc): () => void {
  let samples = 0;
  return () => {
    samples += 1;
    if (collect && samples % EVERY === 0) collect();
  };
}
