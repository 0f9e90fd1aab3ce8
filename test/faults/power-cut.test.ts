/** Every state in which a power cut may leave a journal, built from the writes that it really makes. */
import { expect, test } from 'vitest';
import { cutEverywhere, recordedLives } from './power-cuts.ts';

const lives = Object.entries(await recordedLives());

test.each(lives)('whatever a power cut keeps or loses, what was confirmed is there (%s)', async (_name, life) => {
  const { states, broken } = await cutEverywhere(life, 20, 1);
  expect(broken).toEqual([]);
  expect(states).toBeGreaterThan(300);
});
