/** Why: nobody is woken outside opening hours, so these must be read as their librarians meant them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOpening, parseOpening } from '../../dashboard/registry/opening.ts';
import { weekdays } from '../support/state.ts';

const WORK = [[600, 1080]];

describe('opening hours', () => {
  it.each([
    ['Mo-Fr 10:00-18:00', weekdays],
    ['mon-fri 10.00–18.00', weekdays],
    ['I-V 10-18', weekdays],
    ['Pr–Pn 10:00 - 18:00', weekdays],
    ['Mo-Fr 10:00-18:00; Sa 10:00-14:00', [WORK, WORK, WORK, WORK, WORK, [[600, 840]], []]],
    ['Mo-Fr 10:00-18:00, Sa 10:00-14:00', [WORK, WORK, WORK, WORK, WORK, [[600, 840]], []]],
    [
      'Tu,Th 9-12,13-17',
      [
        [],
        [
          [540, 720],
          [780, 1020],
        ],
        [],
        [
          [540, 720],
          [780, 1020],
        ],
        [],
        [],
        [],
      ],
    ],
    ['10-18; Su off', [WORK, WORK, WORK, WORK, WORK, WORK, []]],
    ['Sa-Mo 10-18', [WORK, [], [], [], [], WORK, WORK]],
    [
      'Mo 13-17,9-12',
      [
        [
          [540, 720],
          [780, 1020],
        ],
        [],
        [],
        [],
        [],
        [],
        [],
      ],
    ],
    ['24/7', Array.from({ length: 7 }, () => [[0, 1440]])],
    ['closed', [[], [], [], [], [], [], []]],
    ['Monday 00:00-24:00', [[[0, 1440]], [], [], [], [], [], []]],
  ])('"%s" are read', (text, expected) => {
    expect(parseOpening(text)).toEqual(expected);
  });

  it.each([
    ['Mo-Fr', 'times'],
    ['Mo-Fr 18:00-10:00', 'ends before'],
    ['Fr 22:00-02:00', 'midnight'],
    ['Mo 25:00-26:00', 'no time'],
    ['Mo 10:75-11:00', 'no time'],
    ['Xx 10-18', '"xx" is no day'],
    ['Mo 10-18 @', '"@"'],
    ['Mo- 10-18', 'missing after'],
    ['Mo 10-12,11-13', 'overlap'],
    ['Mo 1-2,3-4,5-6,7-8,9-10,11-12,13-14', 'more than 6'],
  ])('"%s" are refused with a reason', (text, reason) => {
    expect(parseOpening(text)).toEqual({ problem: expect.stringContaining(reason) });
  });

  it('are written so that they are read back as the same', () => {
    const day = fc.uniqueArray(fc.integer({ min: 0, max: 1440 }), { maxLength: 12 }).map((edges) => {
      const sorted = edges.sort((a, b) => a - b);
      return sorted.flatMap((from, i) => {
        const to = sorted[i + 1];
        return i % 2 === 0 && to !== undefined ? [[from, to] as const] : [];
      });
    });
    fc.assert(
      fc.property(fc.array(day, { minLength: 7, maxLength: 7 }), (week) => {
        expect(parseOpening(formatOpening(week))).toEqual(week);
      }),
    );
  });

  it('of any text never break the reader', () => {
    const word = fc.constantFrom('Mo', 'Su', '-', ',', ';', '10:00', '18', 'off', '24/7', ' ', 'x', '–', 'I', '99:99');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word).map((words) => words.join('')),
        ),
        (text) => {
          const result = parseOpening(text);
          expect('problem' in result || result.length === 7).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
