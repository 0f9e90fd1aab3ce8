/** Why: what has arrived is counted once, also over crashes of the server, and costs one commit in a while. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FeedFrame } from '#feed';
import { silentLogger } from '#lib/logger';
import { openState, type State } from '#state';
import { createSequenceProof, type SequenceProof } from '../../dashboard/proof/keeper.ts';
import { wordNotice } from '../../dashboard/said/say.ts';
import { type FakeBroker, fakeBroker, handTime } from '../alert/world.ts';
import { until } from '../notify/cases.ts';
import { memoryState, scratchFolder } from '../support/state.ts';
import { arrival, type Given } from './frames.ts';

interface World {
  broker: FakeBroker;
  time: ReturnType<typeof handTime>;
  proof: SequenceProof;
  arrive(given: Given): void;
}

/** Positions in the log are indexes. */
function worldOf(state: State, log: FeedFrame[] = []): World {
  const broker = fakeBroker(log);
  const time = handTime();
  const proof = createSequenceProof({ state, broker, clock: time.clock, every: time.every, log: silentLogger });
  broker.online('a', time.clock.wallMs());
  proof.start();
  return { broker, time, proof, arrive: (given) => broker.put(arrival({ ...given, position: log.length })) };
}
const known = (world: World, n: number): Promise<void> => until(() => world.proof.of('a').frames === n, `${n} frames`);

test('what has come is answered at once, and committed within five seconds with the place in the log', async () => {
  const state = memoryState();
  const world = worldOf(state);
  onTestFinished(() => world.proof.stop());
  for (let seq = 0; seq < 7; seq++) world.arrive({ seq });
  await known(world, 7);
  expect(state.delivery.runs('a')).toEqual([]);
  world.time.pass(5000);
  expect(state.delivery.runs('a')).toMatchObject([{ run: 'r', frames: 7, arrived: [{ from: 0, to: 6 }] }]);
  expect(world.broker.committed).toBe(7);
});

test('a crash before the commit reads again, a crash after it does not: nothing is doubled either way', async () => {
  const path = join(scratchFolder(), 'state.db');
  const log: FeedFrame[] = [];
  const first = worldOf(openState({ path }), log);
  for (let seq = 0; seq < 4; seq++) first.arrive({ seq });
  await known(first, 4);
  first.time.pass(5000);
  for (let seq = 4; seq < 9; seq++) first.arrive({ seq });
  await known(first, 9);
  // The power goes: the first is never stopped, and what it had read since the commit is forgotten.
  const second = worldOf(openState({ path }), log);
  onTestFinished(() => second.proof.stop());
  await known(second, 9);
  expect(second.proof.of('a')).toMatchObject({ complete: true, frames: 9, duplicates: 0 });
});

test('a frame that is shown again when its time is known counts once', async () => {
  const state = memoryState();
  const world = worldOf(state);
  onTestFinished(() => world.proof.stop());
  world.arrive({ seq: 0 });
  world.arrive({ seq: 1 });
  await known(world, 2);
  world.broker.put({ ...arrival({ seq: 0, position: 0 }), late: true });
  world.arrive({ seq: 2 });
  await known(world, 3);
  expect(world.proof.of('a').duplicates).toBe(0);
});

test('a state database that refuses loses nothing: the same frames are committed when it can', async () => {
  const state = memoryState();
  let full = true;
  const refusing: State = {
    ...state,
    transaction: (work) => {
      if (full) throw new Error('disk full');
      return state.transaction(work);
    },
  };
  const world = worldOf(refusing);
  onTestFinished(() => world.proof.stop());
  for (let seq = 0; seq < 3; seq++) world.arrive({ seq });
  await known(world, 3);
  world.time.pass(10_000);
  expect([state.delivery.runs('a'), world.broker.committed]).toEqual([[], 0]);
  full = false;
  world.time.pass(5000);
  expect(state.delivery.runs('a')).toMatchObject([{ frames: 3 }]);
  expect(world.broker.committed).toBe(3);
});

test('runs older than what is kept are forgotten', async () => {
  const state = memoryState();
  const world = worldOf(state);
  onTestFinished(() => world.proof.stop());
  world.arrive({ run: 'old', seq: 0 });
  await known(world, 1);
  world.time.pass(5000);
  world.time.sleep(91 * 86_400_000);
  world.arrive({ run: 'new', seq: 0, atS: 91 * 86_400 });
  await known(world, 2);
  world.time.pass(5000);
  expect(state.delivery.runs('a').map(({ run }) => run)).toEqual(['new']);
});

test('an agent that starts again and again keeps its newest 64 runs', async () => {
  const state = memoryState();
  const world = worldOf(state);
  onTestFinished(() => world.proof.stop());
  for (let i = 0; i < 70; i++) world.arrive({ run: `run-${i}`, seq: 0, atS: i });
  await until(() => world.proof.of('a').runs[0]?.run === 'run-69', 'the last run');
  world.time.pass(5000);
  const runs = state.delivery.runs('a').map(({ run }) => run);
  expect([runs.length, runs.includes('run-0'), runs.includes('run-69')]).toEqual([64, false, true]);
});

test('two devices under one id are told on the page, by name', async () => {
  const world = worldOf(memoryState());
  onTestFinished(() => world.proof.stop());
  for (let i = 0; i < 8; i++)
    for (const run of ['one', 'two']) world.arrive({ run, seq: i, atS: i * 60 + (run === 'two' ? 9 : 0) });
  await known(world, 16);
  expect(world.proof.notices()).toEqual([]);
  world.time.pass(5000);
  expect(world.proof.notices().map((one) => wordNotice(one, 'en'))).toMatchObject([
    { code: 'PROBE_CLONED', text: expect.stringContaining('probe a.') },
  ]);
  expect(world.proof.of('a').cloned).toBe(true);
});

test('two connections that cut each other off are told at once, before any frame proves it', () => {
  const broker = fakeBroker();
  const quiet = broker.stats();
  broker.stats = () => ({ ...quiet, cloned: ['a'] });
  const { clock, every } = handTime();
  const proof = createSequenceProof({ state: memoryState(), broker, clock, every, log: silentLogger });
  expect(proof.notices().map((one) => wordNotice(one, 'en'))).toMatchObject([
    { code: 'PROBE_CLONED', severity: 'warning' },
  ]);
  expect(proof.of('a').cloned).toBe(true);
});
