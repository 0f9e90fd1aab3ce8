/** Why: three readers on the gate's thread must not cost three times; and what one has not read yet must not pile up. */
import { expect, test } from 'vitest';
import type { DecodedFrame } from '#contract';
import { createSharedDecoding } from '../../broker/shared-decoding.ts';

function counted(readers: number): { decode: ReturnType<typeof createSharedDecoding>; times(): number } {
  let times = 0;
  const decode = createSharedDecoding(
    (payload): DecodedFrame => {
      times += 1;
      return { ok: false, code: 'FRAME_JSON', detail: String(payload[0]) };
    },
    () => readers,
  );
  return { decode, times: () => times };
}
const payload = (n: number, size = 100): Uint8Array => new Uint8Array(size).fill(n);

test('each record is decoded once for all readers, and every reader gets its own record', () => {
  const { decode, times } = counted(3);
  for (let reader = 0; reader < 3; reader++)
    for (let at = 0; at < 50; at++) expect(decode(at, payload(at))).toMatchObject({ detail: String(at) });
  expect(times()).toBe(50);
});

test('when all have asked it is forgotten', () => {
  const { decode, times } = counted(2);
  for (let i = 0; i < 4; i++) decode(7, payload(7));
  expect(times()).toBe(2);
});

test('one reader alone keeps nothing', () => {
  const { decode, times } = counted(1);
  for (let i = 0; i < 3; i++) decode(7, payload(7));
  expect(times()).toBe(3);
});

test('a reader that is far behind decodes for itself: half a MiB is kept at most', () => {
  const { decode, times } = counted(2);
  for (let at = 0; at < 20; at++) decode(at, payload(at, 60_000));
  for (let at = 0; at < 20; at++) decode(at, payload(at, 60_000));
  expect(times()).toBeGreaterThan(20);
});
