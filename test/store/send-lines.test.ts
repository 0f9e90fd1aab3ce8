import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Batch } from '#store';
import { escapeTag, linesOf } from '../../broker/store/line-protocol.ts';
import { createLineWriter, type Lines, NUMBER_BYTES, partsOfTexts, textsOf } from '../../broker/store/lines.ts';
import {
  type Refusal,
  retryAfterOf,
  type SendLines,
  sendAgain,
  sendAll,
  sendBatch,
  twoAtOnce,
} from '../../broker/store/send-lines.ts';
import { batchOf, outageEvent, testEvent } from './batches.ts';

const refusal = (status: number | null, message = 'no', retryAfterMs: number | null = null): Refusal => ({
  status,
  message,
  retryAfterMs,
});
const NOON_S = 1_700_000_000;
/** Samples of `probes` probes, one a minute. */
const backlog = (probes: number, samples: number): Batch =>
  joined(
    ...Array.from({ length: probes }, (_, probe) => {
      const t = Array.from({ length: samples }, (_, i) => NOON_S + 60 * i);
      return batchOf({ probe: `p-${probe}`, seq: 0, t, m: { rtt_ms: t.map((_, i) => i % 90) } });
    }),
  );
function joined(...batches: Batch[]): Batch {
  return {
    samples: {
      probe: batches.flatMap(({ samples }) => samples.probe),
      t_s: batches.flatMap(({ samples }) => samples.t_s),
      approx: batches.flatMap(({ samples }) => samples.approx),
      columns: { rtt_ms: batches.flatMap(({ samples }) => [...Array.from(samples.columns.rtt_ms ?? [])]) },
    },
    events: [],
    frames: [],
  };
}
const parts = (n: number): Iterator<Lines> => partsOfTexts(lines(n), 5000);
const lines = (n: number): string[] => Array.from({ length: n }, (_, i) => `line-${i}`);

/** A server that stores lines, refuses those in `bad` (by `status`) or all, and requests above `max` lines with 413. */
function server({
  bad = new Set<string>(),
  max = Infinity,
  status = 400,
  all = false,
}: {
  bad?: Set<string>;
  max?: number;
  status?: number;
  all?: boolean;
}): {
  stored: Set<string>;
  requests: number;
  send: SendLines;
} {
  const self = {
    stored: new Set<string>(),
    requests: 0,
    send: async (sent: Lines): Promise<Refusal | null> => {
      const part = textsOf(sent);
      self.requests += 1;
      if (part.length > max) return refusal(413, 'too large');
      if (all) return refusal(status, 'unable to parse');
      for (const line of part) if (!bad.has(line)) self.stored.add(line); // as InfluxDB does: the good ones of a refused request stay
      return part.some((line) => bad.has(line)) ? refusal(status, 'unable to parse') : null;
    },
  };
  return self;
}

describe('sending lines', () => {
  it('makes each request when it is its turn: the server works on one while the next is made', async () => {
    const batch = backlog(5, 4000);
    let made = 0;
    const counted = new Proxy(batch.samples.t_s, {
      get(of, key) {
        made = Math.max(made, typeof key === 'string' ? Number(key) || 0 : 0);
        return Reflect.get(of, key);
      },
    });
    const most: number[] = [];
    await sendBatch({ ...batch, samples: { ...batch.samples, t_s: counted } }, async () => {
      most.push(made);
      await Promise.resolve();
      return null;
    });
    expect(most[0]).toBeLessThan(batch.samples.t_s.length - 1);
  });

  it('keeps the order of rows that overwrite each other, whichever request is the slower one, and when it is sent again', async () => {
    const batch = backlog(3, 4000);
    const again = batchOf({ probe: 'p-1', seq: 9, t: [NOON_S], m: { rtt_ms: [99] } });
    const whole = joined(batch, again);
    for (const fails of [0, 1, 2, 3]) {
      const stored = new Map<string, string>();
      let requests = 0;
      const send: SendLines = async (part) => {
        const request = ++requests;
        for (let turn = 0; turn < 10 * (4 - (request % 4)); turn++) await new Promise(setImmediate);
        for (const line of textsOf(part)) stored.set(line.replace(/ .* /, ' '), line);
        return request === fails ? refusal(503) : null;
      };
      await sendBatch(whole, send).catch(() => sendBatch(whole, send));
      expect(stored.size).toBe(12_000);
      expect(stored.get(`probe,probe=p-1 ${NOON_S}000000000`)).toContain('rtt_ms=99 ');
    }
  });

  it('gives each of two requests at once its share of many probes', async () => {
    const sizes: number[] = [];
    await sendBatch(backlog(1000, 10), async (part) => {
      sizes.push(part.to - part.from);
      return null;
    });
    expect(sizes.reduce((a, b) => a + b)).toBe(10_000);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5000);
    expect(sizes.length).toBeLessThanOrEqual(4);
  });

  it('has two requests under way, whatever they are for', async () => {
    let [open, most] = [0, 0];
    const send = twoAtOnce(async () => {
      most = Math.max(most, ++open);
      await new Promise(setImmediate);
      open -= 1;
      return null;
    });
    await Promise.all([sendBatch(backlog(100, 200), send), sendAll(parts(20_000), send), sendAgain(lines(10), send)]);
    expect([most, open]).toEqual([2, 0]);
  });

  it('goes in requests of 5,000, two at a time', async () => {
    let open = 0;
    let most = 0;
    const sizes: number[] = [];
    await sendAll(parts(12_001), async (part) => {
      most = Math.max(most, ++open);
      sizes.push(part.to - part.from);
      await new Promise(setImmediate);
      open -= 1;
      return null;
    });
    expect(sizes).toEqual([5000, 5000, 2001]);
    expect(most).toBe(2);
  });

  it('finds the refused lines among thousands and stores all others', async () => {
    const bad = new Set(['line-0', 'line-777', 'line-778', 'line-5000', 'line-5999']);
    const { stored, send } = server({ bad });
    const quarantined = await sendAll(parts(6000), send);
    expect(new Set(quarantined.map(({ line }) => line))).toEqual(bad);
    expect(quarantined[0]?.reason).toBe('unable to parse');
    expect(stored.size).toBe(6000 - bad.size);
  });

  it('halves what is too large, and sets aside a line that is too large by itself', async () => {
    const small = server({ max: 700 });
    expect(await sendAll(parts(5000), small.send)).toEqual([]);
    expect(small.stored.size).toBe(5000);
    expect(await sendAll(partsOfTexts(['huge'], 5000), server({ max: 0 }).send)).toEqual([
      { line: 'huge', reason: 'too large' },
    ]);
  });

  it.each([
    ['at the head of a request', 0, 40, 6000],
    ['as all of a small one', 0, 30, 30],
    ['as all of a large one', 0, 600, 600],
  ])('sets refused lines aside %s, however many follow each other', async (_, from, to, n) => {
    const bad = new Set(lines(n).slice(from, to));
    const { stored, send } = server({ bad, status: 422 });
    const quarantined = await sendAll(parts(n), send);
    expect(new Set(quarantined.map(({ line }) => line))).toEqual(bad);
    expect(quarantined).toHaveLength(bad.size);
    stored.delete('carrel_check taken=1i');
    expect(stored).toEqual(new Set(lines(n).filter((line) => !bad.has(line))));
  });

  it('does not throw a batch away when the server refuses whatever it is sent', async () => {
    const all = server({ all: true });
    await expect(sendAll(parts(5000), all.send)).rejects.toMatchObject({
      failure: 'broken',
      message: 'refuses every line: unable to parse',
    });
    expect(all.requests).toBeLessThan(40);
  });

  it.each([
    [null, 'unreachable'],
    [502, 'unreachable'],
    [504, 'unreachable'],
    [429, 'overloaded'],
    [503, 'overloaded'],
    [401, 'refused_credentials'],
    [403, 'refused_credentials'],
    [404, 'missing_database'],
    [500, 'broken'],
  ])('keeps the batch after %s: %s', async (status, failure) => {
    await expect(sendAll(parts(3), async () => refusal(status, 'words', 7000))).rejects.toMatchObject({
      failure,
      message: expect.stringContaining('words'),
    });
  });

  it('reads Retry-After as seconds or as a date', () => {
    const now = Date.UTC(2026, 10, 22);
    expect([
      retryAfterOf('30', now),
      retryAfterOf('Sun, 22 Nov 2026 00:01:00 GMT', now),
      retryAfterOf('soon', now),
      retryAfterOf(undefined, now),
    ]).toEqual([30_000, 60_000, null, null]);
  });
});

describe('lines', () => {
  it('carry integers, floats and nothing for unknown', () => {
    const batch = batchOf({
      probe: 'p-1',
      seq: 0,
      t: [1_700_000_000],
      m: { rtt_ms: [1.5], wan_rx_bytes: [7], internet_up: [1], clients: [null], cpu_pct: [Number.NaN] },
    });
    expect(textsOf(linesOf(batch))).toEqual([
      'probe,probe=p-1 approx=0i,rtt_ms=1.5,wan_rx_bytes=7i,internet_up=1i 1700000000000000000',
    ]);
  });

  it('write every number as JavaScript does', () => {
    const writer = createLineWriter();
    const written = (value: number, decimals: number): string => {
      writer.room(NUMBER_BYTES + 1);
      writer.number(value, decimals);
      writer.end();
      return textsOf(writer.take())[0] ?? '';
    };
    const grid = fc
      .tuple(fc.integer({ min: -4e9, max: 4e9 }), fc.nat(6))
      .map(([steps, decimals]) => ({ value: steps / 10 ** decimals, decimals }));
    const any = fc.record({
      value: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger()),
      decimals: fc.nat(6),
    });
    fc.assert(fc.property(fc.oneof(grid, any), ({ value, decimals }) => written(value, decimals) === String(value)));
    for (const value of [0, -0, 0.1, -0.05, 1e9, 999_999_999, 1e21, 1e-7, 2 ** 53, Number.MAX_SAFE_INTEGER])
      expect(written(value, 2)).toBe(String(value));
  });

  it('of two events of one millisecond differ in time, and of one event never', () => {
    const at = 1_700_000_000_123;
    const line = (id: string): string =>
      textsOf(linesOf(batchOf({ probe: 'p', seq: 0, t: [], e: [{ t_ms: at, event: outageEvent(id) }] })))[0] ?? '';
    const time = (id: string): string => /(\d+)$/.exec(line(id))?.[1] ?? '';
    expect(time('a')).not.toBe(time('b'));
    expect(time('a')).toBe(time('a'));
    expect(time('a')).toMatch(/^1700000000123\d{6}$/);
  });

  it('hide no quote and no backslash of an event', () => {
    const [line = ''] = textsOf(
      linesOf(batchOf({ probe: 'p', seq: 0, t: [], e: [{ t_ms: 1, event: testEvent('t', { server: 'a"b\\' }) }] })),
    );
    expect(line).toContain(String.raw`\"server\":\"a\\\"b\\\\\"`);
    expect(escapeTag('a b,c=d\\')).toBe(String.raw`a\ b\,c\=d`);
    expect(escapeTag('')).toBe('unknown');
  });
});
