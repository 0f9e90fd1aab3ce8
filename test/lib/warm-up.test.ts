import { expect, it, onTestFinished, vi } from 'vitest';
import { warmUp } from '#lib/warm-up';

const how = { pauseMs: 0, signal: new AbortController().signal };

it('does some rounds, and fewer where one takes long', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  onTestFinished(() => void vi.useRealTimers());
  const [quick, slow] = [{ rounds: 0 }, { rounds: 0 }];
  await warmUp(async () => {
    quick.rounds += 1;
    return true;
  }, how);
  await warmUp(async () => {
    slow.rounds += 1;
    vi.advanceTimersByTime(250);
    return true;
  }, how);
  expect(quick.rounds).toBe(20);
  expect(slow.rounds).toBe(3);
});

it('ends where there is nothing to do, where it failed, and when it is told to, also in a pause', async () => {
  let rounds = 0;
  const work = async () => ++rounds < 3;
  await warmUp(work, how);
  expect(rounds).toBe(3);
  await expect(
    warmUp(async () => {
      throw new Error('no database');
    }, how),
  ).rejects.toThrow('no database');
  const stopping = new AbortController();
  const paused = warmUp(work, { pauseMs: 1_000_000, signal: stopping.signal });
  stopping.abort();
  await paused;
  expect(rounds).toBe(3);
});
