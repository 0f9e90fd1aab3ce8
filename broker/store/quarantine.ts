/** Why: a line that a database refuses for ever must not hold back the others, and must not vanish either: it lies here with the reason. */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isObject, own, parseJson, type QuarantinedEntry } from '#contract';
import { errnoOf } from '#lib/errors';
import { replaceFile } from './cursor-file.ts';

export interface Quarantine {
  /** Appends as JSON lines; a line that lies here already, from before a crash, stays one. False when the file is full: then the entries are only counted. */
  add(entries: readonly object[]): Promise<boolean>;
  /** The newest ones, newest first, and how many there are. */
  newest(limit: number): Promise<{ count: number; lines: QuarantinedEntry[] }>;
  /**
   * Gives the oldest `limit` entries to `offer`, which answers with those that stay; they go to the end, so that the next call meets others.
   * Entries may be added meanwhile. A crash in between leaves everything as it was.
   */
  replay(
    limit: number,
    offer: (entries: readonly QuarantinedEntry[]) => Promise<readonly object[]>,
  ): Promise<{ offered: number; stayed: number }>;
  /** Deletes all; answers with how many there were. */
  drop(): Promise<number>;
}
export interface QuarantineOptions {
  dir: string;
  name: string;
  capBytes?: number;
  /** What is added is on disk when that resolves: whoever goes on after it will not write it again. */
  synced?: boolean;
  /** How many lie here: once at the start and after every change. */
  onCount?(count: number): void;
}

const DEFAULT_CAP_BYTES = 16 * 1024 * 1024;

/** A file `NAME.jsonl` in the folder, at most `capBytes` long. */
export function createQuarantine(options: QuarantineOptions): Quarantine {
  const { dir, name, capBytes = DEFAULT_CAP_BYTES, synced = false, onCount } = options;
  const path = join(dir, `${name}.jsonl`);
  const file = oneByOne();
  const replays = oneByOne();
  let count: number | null = null;
  const counted = async (): Promise<number> => (count ??= (await linesOf(path)).length);
  /** Of what lies here, read once: whoever floods us with garbage must not make us read the file for each piece. */
  let here: Set<string> | null = null;
  const known = async (): Promise<Set<string>> => (here ??= new Set((await linesOf(path)).map(keyOf)));
  const changed = (now: number): void => {
    count = now;
    onCount?.(now);
  };
  if (onCount) file(async () => onCount(await counted())).catch(() => undefined); // whoever reads it next is told why

  async function replaceBy(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) await rm(path, { force: true });
    else await replaceFile(path, lines.map((line) => `${line}\n`).join(''));
    here = new Set(lines.map(keyOf));
    changed(lines.length);
  }

  return {
    add: (entries) =>
      file(async () => {
        if (entries.length === 0) return true;
        await mkdir(dir, { recursive: true });
        const before = await counted();
        const keys = await known();
        const fresh = entries.filter((entry) => !keys.has(keyOf(JSON.stringify(entry))));
        if (fresh.length === 0) return true;
        const text = fresh.map((entry) => `${JSON.stringify(entry)}\n`).join('');
        if ((await sizeOf(path)) + Buffer.byteLength(text) > capBytes) return false;
        if (synced && before > 0) await appendSynced(path, text);
        else if (synced)
          await replaceFile(path, text); // a new file is in its folder only when that is synced, too
        else await appendFile(path, text, { mode: 0o600 });
        for (const entry of fresh) keys.add(keyOf(JSON.stringify(entry)));
        changed(before + fresh.length);
        return true;
      }),
    newest: (limit) =>
      file(async () => {
        const lines = await linesOf(path);
        return { count: lines.length, lines: lines.slice(-limit).reverse().map(entryOf) };
      }),
    replay: (limit, offer) =>
      replays(async () => {
        const offered = (await file(() => linesOf(path))).slice(0, limit);
        if (offered.length === 0) return { offered: 0, stayed: 0 };
        const stayed = (await offer(offered.map(entryOf))).map((entry) => JSON.stringify(entry));
        // What was added meanwhile stands behind what was offered.
        await file(async () => replaceBy([...(await linesOf(path)).slice(offered.length), ...stayed]));
        return { offered: offered.length, stayed: stayed.length };
      }),
    drop: () =>
      replays(() =>
        file(async () => {
          const { length } = await linesOf(path);
          await replaceBy([]);
          return length;
        }),
      ),
  };
}

async function appendSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'a', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Entries of an unreadable line stand with their text, so that nothing is hidden. Payloads that are no frames have a code and a head. */
function entryOf(text: string): QuarantinedEntry {
  const value = parseJson(text, 4);
  const field = (name: string): unknown => (isObject(value) ? own(value, name) : undefined);
  const [at, line, reason] = [field('at') ?? field('receivedMs'), field('line'), field('reason')];
  return {
    at: typeof at === 'number' ? at : null,
    line: typeof line === 'string' ? line : `${field('probe') ?? ''} ${field('head') ?? text}`.trim(),
    reason: typeof reason === 'string' ? reason : `${field('code') ?? 'unreadable'}: ${field('detail') ?? ''}`,
  };
}

/** A line is itself, whenever and why ever it was refused; a payload has its place in the log. Short: 160,000 fit into a full file. */
function keyOf(text: string): string {
  const value = parseJson(text, 4);
  const line = isObject(value) ? own(value, 'line') : undefined;
  return createHash('sha1')
    .update(typeof line === 'string' ? line : text)
    .digest('base64')
    .slice(0, 16);
}

async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return '';
    throw error;
  });
  return text.split('\n').filter((line) => line !== '');
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    (error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return 0;
      throw error;
    },
  );
}

/** Runs what it is given in order, never two at once. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined); // the caller has the error
    return mine;
  };
}
