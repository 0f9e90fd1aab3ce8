import { expect, test } from 'vitest';
import { flipEveryByte } from './flipped-bytes.ts';

test('whichever byte of a journal is damaged, only the record around it is lost', async () => {
  const { tries, broken } = await flipEveryByte([0x01, 0x80, 0xff]);
  expect(broken).toEqual([]);
  expect(tries).toBeGreaterThan(1000);
});
