/** The frame codec: what goes in comes out, and whatever comes in never throws. */
import { readdirSync, readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeFrame, encodeFrame, FRAME_LIMITS, METRIC_NAMES, metricOf, roundToStep } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { anyFrame } from './arbitrary.ts';

const decode = (bytes: Uint8Array) => decodeFrame(bytes, nodeRawDeflate);
const text = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const header = { v: 1, boot: 'b', run: 'r', seq: 0, wall: 1, mono: 1, sync: 1 };

describe('encoding and decoding', () => {
  test('any frame comes back as it was, plain and deflated', () => {
    fc.assert(
      fc.property(anyFrame, fc.boolean(), (frame, deflated) => {
        expect(decode(encodeFrame(frame, deflated ? nodeRawDeflate : undefined))).toEqual({
          ok: true,
          frame,
          rejected: [],
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('rounding to the step of a metric moves a value by half a step at most, stays in its bounds, and is done once', () => {
    fc.assert(
      fc.property(fc.constantFrom(...METRIC_NAMES), fc.double({ min: 0, max: 1, noNaN: true }), (name, share) => {
        const { min, max, step } = metricOf(name);
        const value = min + share * (max - min);
        const rounded = roundToStep(name, value);
        expect(Math.abs(rounded - value)).toBeLessThanOrEqual(step * 0.5001);
        expect(rounded).toBeGreaterThanOrEqual(min);
        expect(rounded).toBeLessThanOrEqual(max);
        expect(roundToStep(name, rounded)).toBe(rounded);
      }),
    );
  });

  test('a value that is not a number is unknown on the wire, never 0', () => {
    const bytes = encodeFrame({
      ...header,
      v: 1,
      sync: 1,
      t: [1, 2, 3],
      m: { cpu_pct: [Number.NaN, 1, Number.POSITIVE_INFINITY] },
      e: [],
    });
    expect(decode(bytes)).toMatchObject({ ok: true, frame: { m: { cpu_pct: [null, 1, null] } } });
  });
});

describe('hostile bytes', () => {
  test('no bytes make the decoder throw', () => {
    const first = fc.constantFrom(0x7b, 0x01, 0x00, 0xff);
    fc.assert(
      fc.property(first, fc.uint8Array({ maxLength: 400 }), (head, tail) => {
        expect(typeof decode(Uint8Array.of(head, ...tail)).ok).toBe('boolean');
      }),
      { numRuns: 5000 },
    );
  });

  test('100,000 mutations of the golden frames are each answered, and damage never yields a value outside the bounds', () => {
    const folder = new URL('./golden/v1/', import.meta.url);
    const corpus = readdirSync(folder)
      .filter((file) => file.endsWith('.frame'))
      .map((file) => new Uint8Array(readFileSync(new URL(file, folder))));
    const random = mulberry32(20261122);
    const outcomes: Record<string, number> = {};
    for (let i = 0; i < 100_000; i++) {
      const result = decode(mutated(corpus, random));
      const outcome = result.ok ? 'ok' : result.code;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      if (result.ok) outOfBounds(result.frame.m);
    }
    // Every refusal but size was met: the corpus and the mutations reach all of the decoder.
    expect(Object.keys(outcomes).sort()).toEqual([
      'FRAME_COLUMNS',
      'FRAME_ENCODING',
      'FRAME_HEADER',
      'FRAME_INFLATE',
      'FRAME_JSON',
      'FRAME_TIMES',
      'FRAME_UTF8',
      'FRAME_VERSION',
      'ok',
    ]);
  }, 60_000);

  test('what is read byte by byte is what JSON says, also where it is damaged', () => {
    const folder = new URL('./golden/v1/', import.meta.url);
    const corpus = readdirSync(folder)
      .filter((file) => file.endsWith('.frame'))
      .flatMap((file) => {
        const frame = decode(new Uint8Array(readFileSync(new URL(file, folder))));
        return frame.ok ? [encodeFrame(frame.frame)] : [];
      });
    const random = mulberry32(20261128);
    const seen = { ok: 0, refused: 0 };
    for (let i = 0; i < 50_000; i++) {
      const damaged = mutated(corpus, random);
      if (damaged[0] !== 0x7b) continue;
      const result = decode(damaged);
      expect(result).toEqual(decode(Uint8Array.of(0x7b, 0x20, ...damaged.subarray(1)))); // a blank: left to JSON.parse
      seen[result.ok ? 'ok' : 'refused'] += 1;
    }
    expect(Math.min(seen.ok, seen.refused)).toBeGreaterThan(2000);
  }, 60_000);

  test.each([
    ['a depth bomb', text(`{"v":1,"m":${'['.repeat(30_000)}`), 'FRAME_JSON'],
    [
      'a depth bomb hidden behind a string',
      text(`{"a":"]]]]\\"","b":${'{"c":'.repeat(9)}1${'}'.repeat(9)}}`),
      'FRAME_JSON',
    ],
    ['more than 64 KiB', text(`{"v":1,"x":"${'y'.repeat(65_536)}"}`), 'FRAME_TOO_LARGE'],
    ['nothing', new Uint8Array(0), 'FRAME_ENCODING'],
    ['a list', text([header]), 'FRAME_ENCODING'],
    ['another version', text({ ...header, v: 2 }), 'FRAME_VERSION'],
    ['a run that could break out of a key', text({ ...header, run: 'a b' }), 'FRAME_HEADER'],
    ['a negative sequence number', text({ ...header, seq: -1 }), 'FRAME_HEADER'],
    ['a fractional sequence number', text({ ...header, seq: 0.5 }), 'FRAME_HEADER'],
    ['an infinite clock', text(JSON.stringify(header).replace('"mono":1', '"mono":1e999')), 'FRAME_HEADER'],
    ['times that stand still', text({ ...header, t: [5, 0] }), 'FRAME_TIMES'],
    ['times that fall', text({ ...header, t: [5, -1] }), 'FRAME_TIMES'],
    ['601 samples', text({ ...header, t: Array(601).fill(1) }), 'FRAME_TIMES'],
    ['a column of another length', text({ ...header, t: [1], m: { cpu_pct: [1, 2] } }), 'FRAME_COLUMNS'],
    ['half a UTF-8 sequence', Uint8Array.of(0x7b, 0x22, 0xc3, 0x22, 0x7d), 'FRAME_UTF8'],
  ])('%s is refused by name', (_, bytes, code) => {
    expect(decode(bytes)).toMatchObject({ ok: false, code });
  });

  test('an inflate bomb stops at 1 MiB', () => {
    const bomb = deflateRawSync(Buffer.alloc(40 * 1024 * 1024, 0x20), { level: 9 });
    const bytes = Uint8Array.of(0x01, ...bomb);
    expect(bytes.length).toBeLessThan(FRAME_LIMITS.wireBytes);
    const start = performance.now();
    expect(decode(bytes)).toMatchObject({ ok: false, code: 'FRAME_INFLATE' });
    expect(performance.now() - start).toBeLessThan(200);
  });

  test('keys of the prototype are data: nothing is inherited and nothing is polluted', () => {
    const bytes = text(
      '{"v":1,"boot":"b","run":"r","seq":0,"wall":1,"mono":1,"sync":1,"t":[1],"__proto__":{"t":[9]},"m":{"__proto__":[1],"constructor":[1],"toString":[1],"cpu_pct":[2]},"e":[{"id":"x","at":1,"kind":"constructor"},{"id":"y","at":1,"kind":"inventory","facts":{"__proto__":"p","os":"o"}}]}',
    );
    const decoded = decode(bytes);
    expect(decoded).toMatchObject({ ok: true, rejected: ['event'], frame: { t: [1], m: { cpu_pct: [2] } } });
    if (decoded.ok) expect(Object.keys(decoded.frame.m)).toEqual(['cpu_pct']);
    expect(Object.hasOwn(Object.prototype, 'os')).toBe(false);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  test('missing header keys are never taken from the prototype', () => {
    expect(decode(text('{"v":1,"__proto__":{"boot":"b","run":"r","seq":0,"wall":1,"mono":1,"sync":1}}'))).toMatchObject(
      { ok: false, code: 'FRAME_HEADER' },
    );
  });
});

describe('values', () => {
  test.each([
    ['too large', '101'],
    ['negative', '-0.1'],
    ['infinite', '1e999'],
    ['a text', '"7"'],
    ['a list', '[7]'],
    ['true', 'true'],
  ])('a cpu_pct that is %s is rejected by name; the rest of the frame stands', (_, value) => {
    const bytes = text(
      JSON.stringify({ ...header, t: [1, 2], m: { load1: [0.5, 1] } }).replace('"m":{', `"m":{"cpu_pct":[${value},3],`),
    );
    expect(decode(bytes)).toMatchObject({
      ok: true,
      rejected: ['cpu_pct'],
      frame: { m: { cpu_pct: [null, 3], load1: [0.5, 1] } },
    });
  });

  test('unknown metrics and unknown keys are ignored: fields are only ever added', () => {
    expect(decode(text({ ...header, later: 1, t: [1], m: { later_pct: ['x'], cpu_pct: [1] } }))).toMatchObject({
      ok: true,
      rejected: [],
      frame: { m: { cpu_pct: [1] } },
    });
  });

  test('a verdict without a rate is no test result; an inconclusive one may lack it', () => {
    const event = {
      id: 'a',
      at: 1,
      kind: 'throughput',
      method: 'tcp',
      dir: 'down',
      verdict: 'fail',
      reason: 'slot',
      target_mbps: 30,
    };
    const both = decode(text({ ...header, e: [event, { ...event, id: 'b', verdict: 'inconclusive' }] }));
    expect(both).toMatchObject({ ok: true, rejected: ['event'], frame: { e: [{ id: 'b', rate_mbps: null }] } });
  });

  test('of more than 256 events the rest is told, not taken', () => {
    const e = Array.from({ length: 300 }, (_, i) => ({ id: `c${i}`, at: 1, kind: 'clock', step_ms: 1 }));
    const decoded = decode(text({ ...header, e }));
    expect(decoded).toMatchObject({ ok: true, rejected: ['events'] });
    if (decoded.ok) expect(decoded.frame.e).toHaveLength(256);
  });
});

/** Flips, cuts, repeats, swaps in digits and brackets; sometimes damages the JSON and deflates it again, to get behind the compressor. */
function mutated(corpus: readonly Uint8Array[], random: () => number): Uint8Array {
  const pick = (n: number): number => Math.floor(random() * n);
  const bytes = Uint8Array.from(corpus[pick(corpus.length)] ?? []);
  for (let n = 1 + pick(4); n > 0; n--) {
    const at = pick(bytes.length);
    const kind = pick(4);
    if (kind === 0) bytes[at] = pick(256);
    else if (kind === 1) bytes[at] = '0123456789-.,:[]{}"en'.charCodeAt(pick(21));
    else if (kind === 2) bytes.copyWithin(at, pick(bytes.length), pick(bytes.length));
    else if (pick(20) === 0) return bytes.slice(0, at);
  }
  if (bytes[0] !== 0x7b || pick(3) > 0) return bytes;
  return Buffer.concat([Uint8Array.of(0x01), deflateRawSync(bytes, { level: 1 })]);
}

function outOfBounds(columns: Record<string, (number | null)[] | undefined>): void {
  for (const name of METRIC_NAMES) {
    const { min, max } = metricOf(name);
    for (const value of columns[name] ?? []) {
      if (value !== null && !(value >= min && value <= max)) throw new Error(`${name} ${value}`);
    }
  }
}

/** A small seeded generator: the same 100,000 mutations in every run. */
function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
