/** Why: after every power cut that a recorded life of a journal allows, what it had confirmed is there, and it goes on. */
import { type Journal, openJournal } from '#lib/journal';
import { openSpare } from '#lib/journal-spare';
import { afterPowerCut, type DiskStep, type Files, recordedDisk } from './recorded-disk.ts';

const DIR = 'journal';

/** A recorded life: what was on the disk before, every step, and what had been promised after how many steps. */
export interface Life {
  initial: Files;
  steps: readonly DiskStep[];
  promises: readonly { afterSteps: number; records: ReadonlyMap<number, string> }[];
  preallocate: boolean;
}
export interface CutResult {
  states: number;
  /** Confirmed records that were not there, or not as they were written; failures to open or to go on. In words. */
  broken: string[];
}

export async function recordLife(options: {
  initial?: Files;
  groups: number;
  failSyncAt?: number;
  trimAt?: number;
  preallocate?: boolean;
}): Promise<Life> {
  const { initial = new Map<string, Uint8Array>(), groups, failSyncAt, trimAt, preallocate = false } = options;
  const disk = recordedDisk(initial);
  const journal = await openJournal({
    dir: DIR,
    fs: disk,
    segmentBytes: 200,
    retryMs: 1,
    groupMs: 0,
    ...(preallocate && { openSpare }),
  });
  const records = await contentOf(journal);
  const promises = [{ afterSteps: 0, records: new Map(records) }];
  for (let group = 0; group < groups; group++) {
    disk.failNextSync = group === failSyncAt;
    for (let i = 0; i <= group % 3; i++) {
      const text = `group ${group} record ${i} ${'x'.repeat((group * 7 + i * 13) % 60)}`;
      records.set(journal.append(Buffer.from(text)), text);
    }
    await journal.synced();
    if (group === trimAt) {
      const before = [...records.keys()].sort((a, b) => a - b)[Math.floor(records.size / 2)] ?? 0;
      for (const position of records.keys()) if (position < before) records.delete(position);
      promises.push({ afterSteps: disk.steps.length, records: new Map(records) });
      await journal.trim(before);
    }
    promises.push({ afterSteps: disk.steps.length, records: new Map(records) });
  }
  await journal.close();
  return { initial: new Map(initial), steps: disk.steps, promises, preallocate };
}

/** Every prefix of the life, with nothing, with everything, and with `samples` seeded mixtures of what was not durable. */
export async function cutEverywhere(life: Life, samples: number, seed: number): Promise<CutResult> {
  const random = generatorOf(seed);
  const broken: string[] = [];
  let states = 0;
  for (let length = 0; length <= life.steps.length; length++) {
    const steps = life.steps.slice(0, length);
    // The smaller promise of two at one place: a trim that has begun may already have removed.
    const promised = life.promises.findLast(({ afterSteps }) => afterSteps <= length)?.records ?? new Map();
    const mixtures = Array.from({ length: samples }, () => (choices: number) => Math.floor(random() * choices));
    for (const fate of [() => 0, (choices: number) => choices - 1, ...mixtures]) {
      states += 1;
      const wrong = await livesOn(afterPowerCut(life.initial, steps, fate), promised, life.preallocate).catch(
        (error: unknown) => `it does not open: ${error}`,
      );
      if (wrong) broken.push(`after ${length} of ${life.steps.length} steps: ${wrong}`);
    }
  }
  return { states, broken };
}

/** Opens what the cut has left, twice, with a new record in between; null when all is well. */
async function livesOn(
  files: Files,
  promised: ReadonlyMap<number, string>,
  preallocate: boolean,
): Promise<string | null> {
  const disk = recordedDisk(files);
  const options = { dir: DIR, fs: disk, segmentBytes: 200, retryMs: 1, groupMs: 0, ...(preallocate && { openSpare }) };
  const first = await openJournal(options);
  const missing = missingOf(promised, await contentOf(first));
  if (missing) return missing;
  const position = first.append(Buffer.from('life goes on'));
  await first.synced();
  await first.close();
  const second = await openJournal(options);
  const after = missingOf(new Map([...promised, [position, 'life goes on']]), await contentOf(second));
  await second.close();
  return after && `after going on: ${after}`;
}

function missingOf(promised: ReadonlyMap<number, string>, found: ReadonlyMap<number, string>): string | null {
  for (const [position, text] of promised)
    if (found.get(position) !== text) return `at ${position} stands ${found.get(position)} instead of ${text}`;
  return null;
}

async function contentOf(journal: Journal): Promise<Map<number, string>> {
  const found = new Map<number, string>();
  for (let at = journal.stats().oldest; at < journal.durableEnd(); ) {
    const read = await journal.read(at, 64 * 1024);
    for (const { position, payload } of read.records) found.set(position, Buffer.from(payload).toString());
    at = read.next;
  }
  return found;
}

/** mulberry32: the same seed, the same cuts. */
export function generatorOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The lives that are tried: plain, over a torn tail, with a failed sync, with segments made in advance, with trimming. */
export async function recordedLives(): Promise<Record<string, Life>> {
  const plain = await recordLife({ groups: 8 });
  const torn = afterPowerCut(plain.initial, plain.steps.slice(0, -1), (choices) => Math.floor(choices / 2));
  return {
    plain,
    'over a torn tail': await recordLife({ initial: torn, groups: 4 }),
    'with a failed sync': await recordLife({ groups: 6, failSyncAt: 3 }),
    'with segments made in advance': await recordLife({ groups: 12, preallocate: true }),
    'with segments made in advance and a failed sync': await recordLife({
      groups: 10,
      failSyncAt: 6,
      preallocate: true,
    }),
    'with trimming': await recordLife({ groups: 10, trimAt: 6 }),
  };
}
