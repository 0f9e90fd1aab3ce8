import { describe, expect, test } from 'vitest';
import { type BurstMemory, burstMemoryOf, burstOf, learn, learnDepth, NO_BURST } from '../../../agent/speed/burst.ts';
import { type Circumstances, isElsewhere, limitOf } from '../../../agent/speed/limits.ts';
import { dispersionMbps, paceOf } from '../../../agent/speed/pace.ts';
import { MOST_WAITS, shouldWait, watchPassively } from '../../../agent/speed/passive.ts';
import type { Window } from '../../../agent/speed/windows.ts';

describe('what a test below the target does not prove', () => {
  const well: Circumstances = {
    ipBytes: 100,
    ownBytes: 95,
    processPct: 5,
    corePct: 40,
    coreSoftirqPct: 5,
    allPct: 30,
    stalledShare: 0,
    receiveErrors: 0,
    speedMbps: 1000,
    halfDuplex: false,
    wireless: false,
    serverFit: true,
    othersInvisible: false,
  };
  test.each<[string, Partial<Circumstances>, string | null]>([
    ['a healthy probe on a wire blames the line', {}, null],
    ['an interface that did not carry the test', { ipBytes: 90, ownBytes: 100 }, 'route'],
    ['an agent that needs its whole core', { processPct: 96 }, 'cpu'],
    ['a core that drowns in packets', { corePct: 99, coreSoftirqPct: 80 }, 'cpu'],
    ['a quota or a busy machine that kept the agent from running', { stalledShare: 0.3 }, 'cpu'],
    ['datagrams that nobody fetched', { receiveErrors: 3 }, 'cpu'],
    ["somebody else using one core is none of the test's business", { corePct: 100, coreSoftirqPct: 1 }, null],
    ['a 10 Mb/s port', { speedMbps: 10 }, 'nic'],
    ['half duplex', { halfDuplex: true }, 'nic'],
    ['a port that does not tell its speed', { speedMbps: null }, null],
    ['a radio on the way', { wireless: true }, 'wifi'],
    ['a server that missed its pace', { serverFit: false }, 'server'],
    ['a server that does not tell', { serverFit: null }, null],
    ['visitors whom the hardware forwards uncounted', { othersInvisible: true }, 'cross_traffic'],
  ])('%s', (_, change, expected) => expect(limitOf({ ...well, ...change })).toBe(expected));

  test('a twentieth that is missing at the interface is the wrong interface', () => {
    expect(isElsewhere({ ipBytes: 94, ownBytes: 100 })).toBe(true);
    expect(isElsewhere({ ipBytes: 95, ownBytes: 100 })).toBe(false);
  });
});

describe('visitors prove the line', () => {
  /** Readings each second at these rates, Mb/s. */
  const seen = (...mbps: number[]) => {
    const watch = watchPassively(30);
    let bytes = 0;
    const proofs = [0, ...mbps].map((rate, i) => {
      bytes += rate * 125_000;
      return watch.see({ atMs: i * 1000, bytes });
    });
    return { proof: proofs.find((one) => one !== null) ?? null, watch };
  };
  test('three seconds at the target are a proof', () =>
    expect(seen(31, 31, 31).proof).toMatchObject({ rateMbps: 31, overMs: 3000 }));
  test('two seconds are none, and a burst is averaged', () => {
    expect(seen(90, 0.1).proof).toBeNull();
    expect(seen(1, 85, 1).proof).toBeNull();
    expect(seen(1, 1, 90, 1).proof).toMatchObject({ overMs: 3000 });
  });
  test('a slow hour proves nothing', () => expect(seen(...Array.from({ length: 60 }, () => 29)).proof).toBeNull());
  test('after counters began anew the window begins anew', () => {
    const { watch } = seen(31, 31);
    watch.forget();
    expect(watch.rateMbps()).toBeNull();
    for (const atMs of [10_000, 11_000, 12_000]) expect(watch.see({ atMs, bytes: atMs * 4000 })).toBeNull();
    expect(watch.see({ atMs: 13_000, bytes: 13_000 * 4000 })).toMatchObject({ rateMbps: 32 });
  });
});

describe('a test waits for visitors', () => {
  const busy = { othersMbps: 36, provenMbps: 50, waited: 0 };
  test('above 70 % of what the line last proved', () => {
    expect(shouldWait(busy)).toBe(true);
    expect(shouldWait({ ...busy, othersMbps: 35 })).toBe(false);
  });
  test('three times at most', () => {
    expect(shouldWait({ ...busy, waited: MOST_WAITS - 1 })).toBe(true);
    expect(shouldWait({ ...busy, waited: MOST_WAITS })).toBe(false);
  });
  test('not where they cannot be seen, or nothing was proven yet', () => {
    expect(shouldWait({ ...busy, othersMbps: null })).toBe(false);
    expect(shouldWait({ ...busy, provenMbps: null })).toBe(false);
  });
});

describe('the pace', () => {
  /** Thirty packets of 1,400 bytes as a line of this rate lets them through. */
  const train = (mbps: number, n = 30) =>
    Array.from({ length: n }, (_, i) => ({ atMs: (i * 1400 * 8) / 1000 / mbps, ipBytes: 1400 }));
  test.each([
    [5, 7.5],
    [2, 6],
    [20, 30],
    [28, 36],
    [300, 36],
  ])('on a line of %d Mb/s is %d', (mbps, pace) =>
    expect(paceOf(30, dispersionMbps(train(mbps)))).toBeCloseTo(pace, 6),
  );
  test('is the full one where the train told nothing', () => {
    expect(paceOf(30, dispersionMbps(train(5, 7)))).toBe(36);
    expect(paceOf(30, dispersionMbps(train(5).map((packet) => ({ ...packet, atMs: 4 }))))).toBe(36);
  });
  test('never exceeds 1.2 times a small target', () => expect(paceOf(4, 1)).toBeCloseTo(4.8));
});

describe('what audits teach about bursts', () => {
  test('each audit that contradicts the short test doubles its volume, up to 16 MB', () => {
    const volumes: number[] = [];
    let memory: BurstMemory = NO_BURST;
    for (let n = 0; n < 4; n++) {
      memory = learn(memory, 'pass', 'fail');
      volumes.push(memory.minBytes);
    }
    expect(volumes).toEqual([4e6, 8e6, 16e6, 16e6]);
  });
  test('five that agree in a row allow a smaller one again', () => {
    let memory: BurstMemory = { minBytes: 8e6, agreed: 0 };
    for (let n = 0; n < 5; n++) memory = learn(memory, 'pass', 'pass');
    expect(memory).toEqual({ minBytes: 4e6, agreed: 0 });
    for (let n = 0; n < 5; n++) memory = learn(memory, 'pass', 'pass');
    expect(memory).toEqual(NO_BURST);
  });
  const run = (...parts: [mbps: number, windows: number][]): Window[] =>
    parts.flatMap(([mbps, n]) => Array.from({ length: n }, () => ({ ms: 100, ipBytes: mbps * 12_500, ownBytes: 0 })));
  test('a long test that begins fast and goes on slow shows the bucket, and one is enough', () => {
    // 4 MB at 100 Mb/s, beside which 20 come back.
    expect(burstOf(run([50, 1], [100, 4], [20, 95]), 30)).toBe(4_375_000);
    const depth = { burstBytes: 2e6, steadyMbps: 18, targetMbps: 30 };
    expect(learnDepth(NO_BURST, depth)).toEqual({ minBytes: 8e6, agreed: 0 });
    expect(learnDepth(NO_BURST, { ...depth, burstBytes: 1e5 }).minBytes).toBe(4e6);
    expect(learnDepth(NO_BURST, { ...depth, burstBytes: 1e9 }).minBytes).toBe(16e6);
  });
  test('a slow line, a fast one, one that swings and one that fell late show none', () => {
    for (const windows of [
      run([20, 100]),
      run([100, 5], [40, 95]),
      run([25, 5], [20, 95]),
      run([50, 2], [20, 98]),
      run(...Array.from({ length: 50 }, (_, n): [number, number] => [n % 2 ? 35 : 15, 2])),
      run([20, 15], [50, 10], [20, 75]),
    ])
      expect(burstOf(windows, 30)).toBeNull();
  });
  test('what could not tell, or did not contradict, teaches nothing', () => {
    for (const [short, full] of [
      ['pass', 'inconclusive'],
      ['fail', 'fail'],
      ['inconclusive', 'fail'],
    ] as const)
      expect(learn(NO_BURST, short, full)).toEqual(NO_BURST);
  });
  test('survives a damaged file', () => {
    expect(burstMemoryOf({ minBytes: -1, agreed: 'x' })).toEqual(NO_BURST);
    expect(burstMemoryOf(undefined)).toEqual(NO_BURST);
    expect(burstMemoryOf({ minBytes: 8e6, agreed: 2 })).toEqual({ minBytes: 8e6, agreed: 2 });
  });
});
