/**
 * Why: whether it pays to make segments in advance. A group of 16 KiB until it is durable, in a file that grows and in one that was made in
 * advance, alone and beside somebody who writes to the same file system, as a database does.
 */
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Journal, openJournal } from '#lib/journal';
import { openSpare } from '#lib/journal-spare';
import type { Figure } from './stores.ts';

const GROUP = new Uint8Array(16 * 1024).fill(7);
/** Less than half a segment: nothing is made meanwhile. */
const GROUPS = 100;
const SEGMENT_BYTES = 4 * 1024 * 1024;
/** Long enough for the next segment to be made, at 5 MB/s. */
const MADE_MS = 1500;

export async function benchSyncs(dir: string, figure: Figure): Promise<void> {
  mkdirSync(dir);
  for (const beside of [false, true])
    for (const preallocate of [false, true]) {
      const name = `${preallocate ? 'in_advance' : 'growing'}${beside ? '_beside_writer' : ''}`;
      const journal = await inSecondSegment(join(dir, name), preallocate);
      const writer = beside ? startWriter(join(dir, `${name}.other`)) : null;
      const times = await commit(journal);
      await writer?.stop();
      await journal.close();
      const of = `16 KiB until durable, ${GROUPS} groups, segment ${preallocate ? 'made in advance' : 'that grows'}`;
      figure(`sync_${name}_p50_ms`, times[GROUPS / 2] ?? Number.NaN, 'ms', of);
      figure(`sync_${name}_p99_ms`, times[Math.ceil(GROUPS * 0.99) - 1] ?? Number.NaN, 'ms', of);
    }
}

/** The first one always grows; the next is asked for when one is half full. */
async function inSecondSegment(dir: string, preallocate: boolean): Promise<Journal> {
  const journal = await openJournal({ dir, segmentBytes: SEGMENT_BYTES, ...(preallocate && { openSpare }) });
  for (let half = 0; half < 2; half++) {
    for (let bytes = 0; bytes < SEGMENT_BYTES / 2; bytes += GROUP.length) journal.append(GROUP);
    await journal.synced();
    await delay(MADE_MS);
  }
  return journal;
}

/** Milliseconds, ascending. */
async function commit(journal: Journal): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < GROUPS; i++) {
    const begin = performance.now();
    journal.append(GROUP);
    await journal.synced();
    times.push(performance.now() - begin);
    await delay(2);
  }
  return times.sort((a, b) => a - b);
}

/** 20 MB/s that nobody waits for. */
function startWriter(path: string): { stop(): Promise<void> } {
  const bytes = new Uint8Array(100 * 1024).fill(1);
  let stopped = false;
  const done = (async () => {
    const file = await open(path, 'w');
    while (!stopped) {
      await file.write(bytes);
      await delay(5);
    }
    await file.close();
  })();
  return {
    async stop() {
      stopped = true;
      await done;
    },
  };
}
