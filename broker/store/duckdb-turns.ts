/** Why: few questions run at once, and a file is taken away only while none runs. */
export interface Turns {
  /** Runs when a place is free, in order. */
  read<R>(work: () => Promise<R>): Promise<R>;
  /** Lets running reads end, runs by itself, then lets the others go on. */
  alone(work: () => Promise<void>): Promise<void>;
}

export function createTurns(limit: number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  let alone: Promise<unknown> = Promise.resolve();

  const enter = async (places: number): Promise<void> => {
    while (running + places > limit) await new Promise<void>((resolve) => waiting.push(resolve));
    running += places;
  };
  const leave = (places: number): void => {
    running -= places;
    for (const wake of waiting.splice(0)) wake(); // each looks again, in order
  };
  const take = async <R>(places: number, work: () => Promise<R>): Promise<R> => {
    await enter(places);
    try {
      return await work();
    } finally {
      leave(places);
    }
  };
  return {
    async read(work) {
      await alone;
      return take(1, work);
    },
    async alone(work) {
      const before = alone;
      const mine = before.then(() => take(limit, work));
      alone = mine.catch(() => undefined); // whoever asked gets the error; the others only wait
      await mine;
    },
  };
}
