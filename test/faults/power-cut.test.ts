/** Every state in which a power cut may leave a journal, built from the writes that it really makes. */
import { expect, test } from 'vitest';
import { cutEverywhere, recordedLives } from './power-cuts.ts';

const lives = Object.entries(await recordedLives());

test.each(lives)('whatever a power cut keeps or loses, what was confirmed is there (%s)', async (_name, life) => {
  const { states, broken } = await cutEverywhere(life, 20, 1);
  expect(broken).toEqual([]);
  expect(states).toBeGreaterThan(300);
});

test('the lives with segments made in advance have used some', () => {
  const used = lives.filter(([name]) => name.includes('in advance')).map(([, { steps }]) => steps);
  expect(used).toHaveLength(2);
  for (const steps of used) expect(steps.some(({ step }) => step === 'rename')).toBe(true);
});
