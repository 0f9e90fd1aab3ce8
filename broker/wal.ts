/**
 * Why: the log of accepted frames. The gate appends, consumers read at their own pace, and only what all of them have durably
 * taken is removed. When the log is full or the disk fails, nothing is acknowledged, so that probes keep their frames.
 */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import { type Journal, openJournal, openJournalReader } from '#lib/journal';
import { nodeJournalFs } from '#lib/journal-files';
import { quickWrites } from '#lib/journal-quick';
import { openSpare } from '#lib/journal-spare';
import type { Logger } from '#lib/logger';
import type { BrokerStats } from './broker.ts';
import { isObject, own, parseJson } from './contract/index.ts';
import { parseRecord, recordHead } from './record.ts';
import type { Cursor } from './store/store.ts';
import { refuseNewerLog } from './wal-newer.ts';

export interface WalOptions {
  dir: string;
  capBytes: number;
  clock: Clock;
  log: Logger;
  segmentBytes?: number;
}
export interface Wal {
  readonly dir: string;
  /**
   * Takes the payload (the part of `bytes` from `start` to `end`). Answers with the position of the record, which is durable when
   * `durableEnd()` is larger; null when it cannot be taken now (see `onChange`).
   */
  append(receivedMs: number, probe: string, bytes: Uint8Array, start?: number, end?: number): number | null;
  durableEnd(): number;
  /** After the durable end has grown, or room or the disk has come back. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
  /** From now on this consumer's cursor holds records back. Keeps what it committed in an earlier run. */
  register(consumer: string, cursor: Cursor | null): void;
  /** Forgets consumers of earlier runs that neither registered nor committed in this one: a database taken out of the settings. */
  forgetUnseen(): void;
  commit(consumer: string, cursor: Cursor): void;
  stats(): BrokerStats['wal'];
  /** True while nothing was ever removed: every accepted frame is in it. */
  whole(): boolean;
  /** Position of the oldest record that may still be in it. */
  oldest(): number;
  /** Nothing is removed until the answer is called: somebody copies the log. */
  hold(): () => void;
  /** Resolves when everything appended so far is durable, or at once when the disk takes nothing. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const CONSUMERS_FILE = 'consumers.json';
/** Position of the first record that there ever was. */
const FIRST_FILE = 'first.json';
const SAVE_MS = 5_000;
const URGENT_SAVE_MS = 20;

/** @throws CarrelError WAL_NEWER; the system's error where the directory cannot be used */
export async function openWal(options: WalOptions): Promise<Wal> {
  const { dir, capBytes, clock, log } = options;
  await refuseNewerLog(dir);
  const journal = await openJournal({
    // Microseconds of now: positions of a new log lie beyond every cursor of a log that was deleted.
    dir,
    capBytes,
    firstPosition: Math.max(0, Math.floor(clock.wallMs())) * 1000,
    openSpare,
    fs: quickWrites(nodeJournalFs),
    segmentBytes: options.segmentBytes ?? Math.min(16 * 1024 * 1024, Math.ceil(capBytes / 8)),
  });
  const first = await firstPosition(join(dir, FIRST_FILE), journal.stats());
  const damage = journal.stats();
  if (damage.damagedRecords > 0)
    log.warn(
      { records: damage.damagedRecords, bytes: damage.damagedBytes },
      'the wal holds damaged records; they are skipped',
    );
  const commits = new Map(await readConsumers(join(dir, CONSUMERS_FILE)));
  const seen = new Set<string>();
  /** Many frames of one chunk have the same. */
  let head = { receivedMs: Number.NaN, probe: '', bytes: recordHead(0, '') };
  let oldestMs = await oldestReceiveMs(journal, dir);
  let alarm: 'half' | 'nearly_full' | null = null;
  let saveTimer: NodeJS.Timeout | undefined;
  let saveIsUrgent = false;
  let holds = 0;
  let work: Promise<void> = Promise.resolve();

  function trimAndSave(): void {
    saveTimer = undefined;
    work = work
      .then(async () => {
        // Trimming first: on a full disk it is what makes room for the file.
        if (holds === 0 && commits.size > 0 && (await journal.trim(Math.min(...commits.values()))) > 0)
          oldestMs = await oldestReceiveMs(journal, dir);
        raiseAlarm();
        await saveConsumers(join(dir, CONSUMERS_FILE), commits);
      })
      .catch((error: unknown) => log.warn({ error: messageOf(error) }, 'the wal could not be trimmed'));
  }

  function soon(): void {
    // Half full: room is wanted now, not in five seconds; yet not with every single commit.
    const urgent = journal.stats().bytes > capBytes / 2;
    if (urgent && !saveIsUrgent) {
      clearTimeout(saveTimer);
      saveTimer = undefined;
    }
    saveIsUrgent = urgent;
    saveTimer ??= setTimeout(trimAndSave, urgent ? URGENT_SAVE_MS : SAVE_MS);
  }

  function raiseAlarm(): void {
    const { bytes } = journal.stats();
    const level = bytes >= capBytes * 0.8 ? 'nearly_full' : bytes >= capBytes * 0.5 ? 'half' : null;
    if (level && level !== alarm)
      log.warn({ bytes, capBytes, level }, 'the wal fills up: a database does not take its frames');
    alarm = level;
  }

  return {
    dir,
    append(receivedMs, probe, bytes, start = 0, end = bytes.length) {
      if (head.probe !== probe || head.receivedMs !== receivedMs)
        head = { receivedMs, probe, bytes: recordHead(receivedMs, probe) };
      const position = journal.offer(head.bytes, bytes, start, end);
      if (typeof position === 'string') {
        raiseAlarm();
        return null;
      }
      oldestMs ??= receivedMs;
      return position;
    },
    durableEnd: () => journal.durableEnd(),
    onChange: (listener) => journal.onChange(listener),
    register(consumer, cursor) {
      seen.add(consumer);
      const known = commits.get(consumer);
      commits.set(consumer, cursor ? holdOf(cursor) : (known ?? journal.stats().oldest));
    },
    forgetUnseen() {
      for (const name of commits.keys()) {
        if (seen.has(name)) continue;
        commits.delete(name);
        log.info({ consumer: name }, 'the wal is not kept for this consumer any more');
      }
    },
    commit(consumer, cursor) {
      seen.add(consumer);
      commits.set(consumer, holdOf(cursor));
      soon();
    },
    stats() {
      const { bytes, durableEnd, writable, error } = journal.stats();
      raiseAlarm();
      return { bytes, capBytes, durableEnd, writable, error, oldestMs, alarm };
    },
    whole: () => first !== null && first === journal.stats().oldest,
    oldest: () => journal.stats().oldest,
    hold() {
      holds += 1;
      return () => {
        holds -= 1;
        soon();
      };
    },
    settle() {
      const { end } = journal.stats();
      const settled = (): boolean => journal.durableEnd() >= end || journal.refusal(1) === 'JOURNAL_UNWRITABLE';
      if (settled()) return Promise.resolve();
      return new Promise((resolve) => {
        const stop = journal.onChange(() => {
          if (!settled()) return;
          stop();
          resolve();
        });
      });
    },
    async close() {
      clearTimeout(saveTimer);
      trimAndSave();
      await work;
      await journal.close();
    },
  };
}

/** The smallest position that the consumer still needs. */
function holdOf(cursor: Cursor): number {
  return Math.min(cursor.next, ...cursor.held.slice(0, 1));
}

/** Receive time of the oldest record that is kept; null when there is none. */
async function oldestReceiveMs(journal: Journal, dir: string): Promise<number | null> {
  const { oldest, durableEnd } = journal.stats();
  const reader = openJournalReader({ dir });
  try {
    const record = await reader.readOne(oldest, durableEnd);
    return record ? (parseRecord(record.payload)?.receivedMs ?? null) : null;
  } finally {
    await reader.close();
  }
}

/** Written once, with the log's first opening; null for a log that is older than that. */
async function firstPosition(path: string, { oldest, end }: { oldest: number; end: number }): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null) return Number(text) || null;
  if (oldest !== end) return null;
  await writeFile(path, String(oldest), { mode: 0o600 });
  return oldest;
}

/** What consumers had committed when the server last ran, so that one whose database is down now loses nothing. */
async function readConsumers(path: string): Promise<[string, number][]> {
  const text = await readFile(path, 'utf8').catch(() => '{}');
  const value = parseJson(text, 2);
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((name) => {
    const position = own(value, name);
    return typeof position === 'number' ? [[name, position] satisfies [string, number]] : [];
  });
}

async function saveConsumers(path: string, commits: ReadonlyMap<string, number>): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(commits)), { mode: 0o600 });
  await rename(`${path}.new`, path);
}
