import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TEST_REASONS, type TestReason } from '#contract';
import {
  ANSWER_MS,
  createQueue,
  DEAD_MS,
  type QueueAnswer,
  type QueueRequest,
  UNUSED_MS,
} from '../../../broker/speed/queue.ts';

const request = (probe: string, more: Partial<QueueRequest> = {}): QueueRequest => ({
  id: 'l1',
  probe,
  accessPoint: probe,
  paceMbps: 36,
  maxMs: 2000,
  reason: 'slot',
  ...more,
});
const queueOf = (capacityMbps: number) => createQueue({ capacityMbps, hearsTests: true, random: () => 0.5 });
const granted = (answers: QueueAnswer[]) => answers.filter((one) => one.granted).map((one) => one.request.probe);

describe('the queue', () => {
  test('grants what fits at once, keeps the rest waiting, and serves it when something is given back', () => {
    const queue = queueOf(80);
    expect(granted(queue.ask(request('a'), 0))).toEqual(['a']);
    expect(granted(queue.ask(request('b'), 0))).toEqual(['b']);
    expect(queue.ask(request('c'), 0)).toEqual([]);
    expect(granted(queue.release('a', 'l1', 500))).toEqual(['c']);
    expect(queue.bookedMbps(500)).toBe(72);
  });

  test('serves manual before confirmations before slots before audits', () => {
    const queue = queueOf(36);
    queue.ask(request('first'), 0);
    for (const reason of ['audit', 'slot', 'confirm', 'manual'] as const) queue.ask(request(reason, { reason }), 10);
    const order = ['first', 'manual', 'confirm', 'slot'].flatMap((probe) => granted(queue.release(probe, 'l1', 20)));
    expect(order).toEqual(['manual', 'confirm', 'slot', 'audit']);
  });

  test('an access point has one lease at a time; its second probe is told so after 4 s', () => {
    const queue = queueOf(1000);
    queue.ask(request('a', { accessPoint: 'x' }), 0);
    queue.begun('a', 'l1', 0);
    expect(queue.ask(request('b', { accessPoint: 'x' }), 0)).toEqual([]);
    expect(queue.tick(ANSWER_MS)).toMatchObject([{ granted: false, why: 'taken', retryMs: 10_000 }]);
  });

  test('a grant that nobody uses frees its pace after 20 s, a dead probe 5 s after its test must have ended', () => {
    const queue = queueOf(72);
    queue.ask(request('unused'), 0);
    queue.ask(request('dead'), 0);
    queue.begun('dead', 'l1', 1000);
    expect(queue.bookedMbps(1000 + 2000 + DEAD_MS - 1)).toBe(72);
    expect(queue.bookedMbps(1000 + 2000 + DEAD_MS)).toBe(36);
    expect(queue.bookedMbps(UNUSED_MS)).toBe(0);
  });

  test('a server that cannot tell holds the pace for as long as a test could run', () => {
    const queue = createQueue({ capacityMbps: 36, hearsTests: false });
    queue.ask(request('a'), 0);
    expect(queue.bookedMbps(UNUSED_MS + 2000 + DEAD_MS - 1)).toBe(36);
    expect(queue.bookedMbps(UNUSED_MS + 2000 + DEAD_MS)).toBe(0);
  });

  test('a lease stays booked over the pause between two of its tests, and is freed when no other comes', () => {
    const queue = queueOf(36);
    queue.ask(request('a', { maxMs: 10_000 }), 0);
    queue.begun('a', 'l1', 0);
    queue.idle('a', 'l1', 2000);
    expect(queue.bookedMbps(6000)).toBe(36);
    queue.begun('a', 'l1', 6500);
    expect(queue.bookedMbps(8999)).toBe(36);
    queue.idle('a', 'l1', 9000);
    expect(queue.bookedMbps(13_999)).toBe(36);
    expect(queue.bookedMbps(14_000)).toBe(0);
  });

  test('who asks for all of it under load is promised a time, and the others keep clear of it', () => {
    const queue = queueOf(100);
    queue.ask(request('small'), 0);
    queue.begun('small', 'l1', 0);
    queue.ask(request('big', { paceMbps: 500 }), 0);
    const [answer] = queue.tick(ANSWER_MS);
    expect(answer).toMatchObject({ granted: true, notBeforeMs: 2000 + DEAD_MS, request: { paceMbps: 100 } });
    expect(granted(queue.ask(request('late'), ANSWER_MS))).toEqual([]);
    expect(queue.bookedMbps(2000 + DEAD_MS)).toBe(100);
  });

  test('a second request of a probe replaces its first, and both are answered', () => {
    const queue = queueOf(36);
    queue.ask(request('other'), 0);
    queue.begun('other', 'l1', 0);
    queue.ask(request('a'), 0);
    expect(queue.ask(request('a', { id: 'l2' }), 100)).toMatchObject([{ granted: false, request: { id: 'l1' } }]);
    expect(queue.release('other', 'l1', 200)).toMatchObject([{ granted: true, request: { id: 'l2' } }]);
  });
});

/** A simulated fleet that asks, tests, forgets to release, and dies, as chance has it. */
interface Move {
  probe: number;
  reason: TestReason;
  paceMbps: number;
  waitMs: number;
  fate: 'release' | 'idle' | 'dies' | 'never';
}
const move: fc.Arbitrary<Move> = fc.record({
  probe: fc.integer({ min: 0, max: 12 }),
  reason: fc.constantFrom(...TEST_REASONS),
  paceMbps: fc.constantFrom(8, 36, 36, 36, 120, 1000),
  waitMs: fc.constantFrom(0, 10, 300, 2500, 9000),
  fate: fc.constantFrom('release', 'idle', 'dies', 'never'),
});

test('whatever is asked, in whatever order: never above the capacity, and each request is answered once within 4 s', () => {
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), fc.boolean(), (moves, hearsTests) => {
      const queue = createQueue({ capacityMbps: 160, hearsTests, random: () => 0.3 });
      const open = new Map<string, number>();
      let nowMs = 0;
      const take = (answers: QueueAnswer[], fate: Move['fate'] = 'never'): void => {
        for (const { request, ...answer } of answers) {
          const askedMs = open.get(request.id);
          expect(askedMs).toBeDefined();
          expect(nowMs - (askedMs ?? 0)).toBeLessThanOrEqual(ANSWER_MS + 250);
          open.delete(request.id);
          if (!answer.granted) continue;
          if (fate !== 'never') queue.begun(request.probe, request.id, nowMs);
          if (fate === 'idle') queue.idle(request.probe, request.id, nowMs);
          if (fate === 'release') take(queue.release(request.probe, request.id, nowMs));
        }
        expect(queue.bookedMbps(nowMs)).toBeLessThanOrEqual(160 + 1e-6);
      };
      moves.forEach(({ probe, waitMs, fate, ...wish }, i) => {
        for (const untilMs = nowMs + waitMs; nowMs < untilMs; nowMs += 250) take(queue.tick(nowMs));
        open.set(`l${i}`, nowMs);
        take(queue.ask(request(`p${probe}`, { ...wish, id: `l${i}`, accessPoint: `ap${probe >> 1}` }), nowMs), fate);
      });
      for (let i = 0; i <= ANSWER_MS / 250 + 1; i++, nowMs += 250) take(queue.tick(nowMs));
      expect([...open.keys()]).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('nobody starves: under twice the load that fits, an audit that wants everything is served in minutes', () => {
  const queue = createQueue({ capacityMbps: 100, hearsTests: true, random: () => 0.5 });
  const asks = new Map<string, { atMs: number; wish: QueueRequest }>();
  const ends: { atMs: number; probe: string; id: string }[] = [];
  let servedMs: number | null = null;
  let serial = 0;
  const again = (probe: string, atMs: number, more: Partial<QueueRequest>) =>
    asks.set(probe, { atMs, wish: request(probe, { id: `l${++serial}`, ...more }) });
  const take = (answers: QueueAnswer[], nowMs: number): void => {
    for (const answer of answers) {
      const { probe, id, reason, paceMbps } = answer.request;
      if (!answer.granted) again(probe, nowMs + answer.retryMs, { reason, paceMbps });
      else if (probe === 'audit') servedMs ??= nowMs;
      else {
        queue.begun(probe, id, nowMs);
        ends.push({ atMs: nowMs + 2000, probe, id });
        again(probe, nowMs + 2500, { reason });
      }
    }
  };
  again('audit', 1000, { reason: 'audit', paceMbps: 100 });
  for (let i = 0; i < 6; i++) again(`p${i}`, 0, { reason: i < 3 ? 'manual' : 'slot' });
  for (let nowMs = 0; nowMs < 3_600_000 && servedMs === null; nowMs += 250) {
    for (const end of ends.splice(0)) {
      if (end.atMs > nowMs) ends.push(end);
      else take(queue.release(end.probe, end.id, nowMs), nowMs);
    }
    for (const [probe, { atMs, wish }] of [...asks])
      if (atMs <= nowMs) {
        asks.delete(probe);
        take(queue.ask(wish, nowMs), nowMs);
      }
    take(queue.tick(nowMs), nowMs);
  }
  expect(servedMs).not.toBeNull();
  expect(servedMs ?? Infinity).toBeLessThan(600_000);
});
