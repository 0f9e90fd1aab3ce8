import { expect, test } from 'vitest';
import { createTidy } from '../../agent/tidy.ts';

test('memory is given back every sixty samples, and only where Node was started with the means', () => {
  let collections = 0;
  const tidy = createTidy(() => {
    collections += 1;
  });
  for (let i = 0; i < 119; i++) tidy();
  expect(collections).toBe(1);
  tidy();
  expect(collections).toBe(2);
  expect(createTidy(undefined)).not.toThrow();
});
