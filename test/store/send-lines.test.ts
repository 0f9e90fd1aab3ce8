import { describe, expect, it } from 'vitest';
import { escapeTag, linesOf } from '../../broker/store/line-protocol.ts';
import { type Refusal, retryAfterOf, type SendLines, sendAll, sendParts } from '../../broker/store/send-lines.ts';
import { batchOf, outageEvent, testEvent } from './batches.ts';

const refusal = (status: number | null, message = 'no', retryAfterMs: number | null = null): Refusal => ({
  status,
  message,
  retryAfterMs,
});
const lines = (n: number): string[] => Array.from({ length: n }, (_, i) => `line-${i}`);

/** A server that stores lines, refuses those in `bad` with 400, and requests above `max` lines with 413. */
function server({ bad = new Set<string>(), max = Infinity }: { bad?: Set<string>; max?: number }): {
  stored: Set<string>;
  requests: number;
  send: SendLines;
} {
  const self = {
    stored: new Set<string>(),
    requests: 0,
    send: async (part: readonly string[]): Promise<Refusal | null> => {
      self.requests += 1;
      if (part.length > max) return refusal(413, 'too large');
      for (const line of part) if (!bad.has(line)) self.stored.add(line); // as InfluxDB does: the good ones of a refused request stay
      return part.some((line) => bad.has(line)) ? refusal(400, 'unable to parse') : null;
    },
  };
  return self;
}

describe('sending lines', () => {
  it('makes each request when it is its turn: the server works on one while the next is made', async () => {
    const made: number[] = [];
    const sent: number[] = [];
    function* parts(): Generator<string[]> {
      for (let part = 0; part < 6; part++) {
        made.push(part);
        yield [`line ${part}`];
      }
    }
    await sendParts(parts(), async ([line = '']) => {
      sent.push(Number(line.slice(5)));
      expect(made.length).toBeLessThanOrEqual(sent.length + 1);
      await Promise.resolve();
      return null;
    });
    expect(sent).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('goes in requests of 5,000, two at a time', async () => {
    let open = 0;
    let most = 0;
    const sizes: number[] = [];
    await sendAll(lines(12_001), async (part) => {
      most = Math.max(most, ++open);
      sizes.push(part.length);
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
    const quarantined = await sendAll(lines(6000), send);
    expect(new Set(quarantined.map(({ line }) => line))).toEqual(bad);
    expect(quarantined[0]?.reason).toBe('unable to parse');
    expect(stored.size).toBe(6000 - bad.size);
  });

  it('halves what is too large, and sets aside a line that is too large by itself', async () => {
    const small = server({ max: 700 });
    expect(await sendAll(lines(5000), small.send)).toEqual([]);
    expect(small.stored.size).toBe(5000);
    expect(await sendAll(['huge'], server({ max: 0 }).send)).toEqual([{ line: 'huge', reason: 'too large' }]);
  });

  it('does not throw a batch away when the server refuses whatever it is sent', async () => {
    const all = server({ bad: new Set(lines(5000)) });
    await expect(sendAll(lines(5000), all.send)).rejects.toMatchObject({
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
    await expect(sendAll(lines(3), async () => refusal(status, 'words', 7000))).rejects.toMatchObject({
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
    expect(linesOf(batch)).toEqual([
      'probe,probe=p-1 approx=0i,rtt_ms=1.5,wan_rx_bytes=7i,internet_up=1i 1700000000000000000',
    ]);
  });

  it('of two events of one millisecond differ in time, and of one event never', () => {
    const at = 1_700_000_000_123;
    const line = (id: string): string =>
      linesOf(batchOf({ probe: 'p', seq: 0, t: [], e: [{ t_ms: at, event: outageEvent(id) }] }))[0] ?? '';
    const time = (id: string): string => /(\d+)$/.exec(line(id))?.[1] ?? '';
    expect(time('a')).not.toBe(time('b'));
    expect(time('a')).toBe(time('a'));
    expect(time('a')).toMatch(/^1700000000123\d{6}$/);
  });

  it('hide no quote and no backslash of an event', () => {
    const [line = ''] = linesOf(
      batchOf({ probe: 'p', seq: 0, t: [], e: [{ t_ms: 1, event: testEvent('t', { server: 'a"b\\' }) }] }),
    );
    expect(line).toContain(String.raw`\"server\":\"a\\\"b\\\\\"`);
    expect(escapeTag('a b,c=d\\')).toBe(String.raw`a\ b\,c\=d`);
    expect(escapeTag('')).toBe('unknown');
  });
});
