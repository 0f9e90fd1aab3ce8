import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeRawDeflate } from '../../infra/lib/raw-deflate.ts';
import { keepsInflaters, serverRawDeflate } from '../../infra/lib/raw-inflate.ts';

const dictionary = Buffer.from('"rtt_ms":[1,1,1,1,1],"internet_up":[');
const MAX = 100_000;

/** What both answer; as plain bytes, because one of them answers with a place that is used again. */
function both(bytes: Uint8Array, maxBytes = MAX): (Buffer | null)[] {
  return [serverRawDeflate, nodeRawDeflate].map(({ inflate }) => {
    const found = inflate(bytes, dictionary, maxBytes);
    return found && Buffer.from(found);
  });
}

describe('inflating with an inflater that is kept', () => {
  it('is what this Node does', () => {
    expect(keepsInflaters(dictionary)).toBe(true);
  });

  it('answers as Node does, whatever the bytes are: whole, cut short, damaged, with something behind', () => {
    const content = fc.oneof(fc.uint8Array({ maxLength: 600 }), fc.string({ maxLength: 600, unit: 'grapheme' }));
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 });
    fc.assert(
      fc.property(content, fc.nat(9), damage, fc.option(fc.nat(400)), fc.boolean(), (plain, level, bad, cut, more) => {
        let bytes: Uint8Array = new Uint8Array(deflateRawSync(plain, { level, dictionary }));
        for (const [place, byte] of bad) bytes[place % bytes.length] = byte;
        if (cut !== null) bytes = bytes.subarray(0, cut);
        if (more) bytes = Buffer.concat([bytes, Buffer.from('more')]);
        const [ours, node] = both(bytes);
        expect(ours).toEqual(node);
      }),
      { numRuns: 300 },
    );
  });

  it('answers after a damaged frame as before it', () => {
    const bytes = deflateRawSync('"rtt_ms":[5]', { dictionary });
    for (const next of [bytes, bytes.subarray(0, 4), Buffer.from([7, 7, 7]), bytes])
      expect(both(next)[0]).toEqual(both(next)[1]);
    expect(both(bytes)[0]?.toString()).toBe('"rtt_ms":[5]');
  });

  it('holds the cap, also for what does not fit into the place that is used again', () => {
    const large = deflateRawSync(Buffer.alloc(90_000, 'x'), { dictionary });
    expect(both(large)[0]?.length).toBe(90_000);
    expect(both(large, 80_000)).toEqual([null, null]);
    expect(both(deflateRawSync(Buffer.alloc(64 * 1024, 'y'), { dictionary }))[0]?.length).toBe(64 * 1024);
    expect(both(deflateRawSync(Buffer.alloc(100, 'z'), { dictionary }), 99)).toEqual([null, null]);
  });
});
