/** docs/FAULTS.md promises a test for each fault; a test that was renamed or removed would leave the promise standing. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ROOT } from '../support/server.ts';

/** Cells of each row of the table: number, fault, what must happen, shown by. */
const rows = readFileSync(`${ROOT}/docs/FAULTS.md`, 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ \|/.test(line))
  .map((line) => line.split('|').slice(1, -1))
  .map(([number, fault, , shownBy]) => ({ number: Number(number), fault, shownBy: shownBy ?? '' }));

test('the table has the 42 faults in order', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 42 }, (_, i) => i + 1));
});

test.each(rows)('fault $number names tests that are there:$fault', ({ shownBy }) => {
  const named = [...shownBy.matchAll(/`([\w/-]+\.test\.tsx?)`/g)].map(([, path]) => `${ROOT}/test/${path}`);
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((path) => !existsSync(path))).toEqual([]);
});
