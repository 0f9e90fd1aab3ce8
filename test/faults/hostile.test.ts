/** The short form of `npm run bench -- faults`: bytes that are cut, damaged or made up. */
import { expect, test } from 'vitest';
import { cutAtEachByte } from './cut-publish.ts';
import { mutate } from './mutations.ts';
import { generatorOf } from './power-cuts.ts';

test('a connection that is cut at any byte of a PUBLISH leaves nothing; sent again it is there once', async () => {
  const { cuts, lost, doubled } = await cutAtEachByte();
  expect(cuts).toBeGreaterThan(80);
  expect({ lost, doubled }).toEqual({ lost: 0, doubled: 0 });
}, 60_000);

test('100,000 damaged packets are taken or refused, and nothing throws', async () => {
  const report = await mutate(100_000, generatorOf(3));
  // Each kind of end must have been reached, or the packets were not worth sending.
  expect(report.refused).toBeGreaterThan(10_000);
  expect(report.payloads).toBeGreaterThan(10_000);
  expect(report.frames).toBeGreaterThan(100);
}, 60_000);
