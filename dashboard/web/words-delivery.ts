/** Why: what the page says of delivery, in the shape of the catalogue (words.ts), in a file of its own. */
import type { LostClass } from '#contract';
import { plural } from './format.ts';

const frames = (n: string): string => plural(n, { one: '{n} frame', other: '{n} frames' });

export const delivery = {
  title: 'What arrived',
  note: 'every frame is numbered by the probe',
  complete: 'Nothing is missing',
  explained: (n: string) => `${frames(n)} lost, as the probe told`,
  awaited: (n: string) => `${frames(n)} still to come`,
  unexplained: (n: string) => `${frames(n)} missing, unexplained`,
  nothing: 'Nothing has arrived yet',
  nothingText: 'As soon as the probe delivers, this says whether all of it arrived.',
  frames: 'Frames',
  ofRuns: (n: string, runs: number) => `${n}, of ${plural(runs, { one: '{n} run', other: '{n} runs' })} of the agent`,
  since: 'Since',
  last: 'Newest',
  duplicates: 'Repeats, dropped',
  cloned: 'Two devices use this probe’s credential and their values are mixed. Make a credential for each.',
  gaps: 'Frames that are missing',
  newest: (n: string) => `newest ${n}`,
  columns: { since: 'Noticed', n: 'Frames', why: 'What is known' },
  why: { awaited: 'The probe may still have them', unexplained: 'Neither arrived nor told to be lost' },
  lost: {
    frame: 'The probe’s spool was full: oldest samples dropped',
    event: 'The probe’s spool was full: even tests had to go',
    damaged: 'Unreadable on the probe’s disk',
  } satisfies Record<LostClass, string>,
};
