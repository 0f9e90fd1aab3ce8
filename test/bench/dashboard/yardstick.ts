/**
 * Why: on a machine that is shared, the same work takes another time each second, and a tick that comes once a second meets all of that. A loop
 * of plain arithmetic, which needs no memory and allocates nothing, done as often in the same minutes, tells how much of a tail is the machine's.
 */

/** Some milliseconds of work. */
const ROUNDS = 600_000;
/** Until the loop is compiled. */
const WARM = 200;

export interface Yardstick {
  /** Processor time of this thread for each time the loop was run, ms. */
  stop(): number[];
}

/** Runs the loop once a second until it is stopped. */
export function startYardstick(): Yardstick {
  const took: number[] = [];
  for (let i = 0; i < WARM; i++) loop();
  const timer = setInterval(() => {
    const before = process.threadCpuUsage();
    loop();
    const { user, system } = process.threadCpuUsage(before);
    took.push((user + system) / 1000);
  }, 1000);
  return {
    stop() {
      clearInterval(timer);
      return took;
    },
  };
}

function loop(): number {
  let value = 1;
  for (let i = 0; i < ROUNDS; i++) value = (value * 1_103_515_245 + 12_345) & 0x7fff_ffff;
  return value;
}
