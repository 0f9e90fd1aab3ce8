import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { leftOf, runEngine, silenceAndAcknowledge } from './kills.ts';

const dir = mkdtempSync(join(tmpdir(), 'carrel-alert-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('kill -9 of the alert engine', () => {
  test('at its writes loses no alert, invents none, doubles no message, and keeps silences and acknowledgements', async () => {
    const [whole, cut] = [join(dir, 'whole.db'), join(dir, 'cut.db')];
    expect(await runEngine(whole, 0)).toBe('done');
    const ends: string[] = [];
    for (const write of [1, 2, 5, 9, 30, 61, 7, 140]) {
      ends.push(await runEngine(cut, write));
      if (ends.length === 5) expect(silenceAndAcknowledge(cut)).toBe(true);
    }
    expect(ends).toEqual(Array(8).fill('killed'));
    expect(await runEngine(cut, 0)).toBe('done');
    const [expected, left] = [leftOf(whole), leftOf(cut)];
    expect([left.lines, left.memories]).toEqual([expected.lines, expected.memories]);
    expect([left.silences, left.acknowledged]).toEqual([1, 1]);
    expect(expected.lines.filter((line) => line.includes(' slow '))).toHaveLength(56);
  }, 60_000);
});
