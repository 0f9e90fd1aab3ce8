/**
 * Why: a disk that remembers every operation, so that each state in which a power cut may leave it can be built again. What was not
 * synced may be there, be missing or be cut, each write for itself and in no order; a name may be missing until its directory is synced.
 */
import { basename } from 'node:path';
import type { JournalFile, JournalFs } from '../../infra/lib/journal-files.ts';

export type Files = ReadonlyMap<string, Uint8Array>;
export type DiskStep =
  | { step: 'create' | 'remove'; name: string }
  | { step: 'rename'; name: string; to: string }
  | { step: 'write'; name: string; offset: number; bytes: Uint8Array }
  | { step: 'truncate'; name: string; size: number }
  | { step: 'sync' | 'sync-failed'; name: string }
  | { step: 'sync-names' };
export interface RecordedDisk extends JournalFs {
  readonly steps: DiskStep[];
  /** The next sync fails with EIO, after which Linux may have dropped what was written. */
  failNextSync: boolean;
  files(): Files;
}

/** In memory, beginning with these files, which are durable. */
export function recordedDisk(initial: Files = new Map()): RecordedDisk {
  const files = new Map<string, Uint8Array>([...initial].map(([name, bytes]) => [name, bytes.slice()]));
  const steps: DiskStep[] = [];
  /** An open file follows its name. */
  const handles = new Set<{ name: string }>();
  const contentOf = (name: string): Uint8Array => files.get(name) ?? new Uint8Array();
  const disk: RecordedDisk = {
    steps,
    failNextSync: false,
    files: () => files,
    makeDirectory: async () => undefined,
    list: async () => [...files.keys()],
    async open(path, mode) {
      const name = basename(path);
      if (mode === 'create') {
        if (files.has(name)) throw errno('EEXIST');
        files.set(name, new Uint8Array());
        steps.push({ step: 'create', name });
      } else if (!files.has(name)) throw errno('ENOENT');
      return fileOf(name);
    },
    async remove(path) {
      if (!files.delete(basename(path))) throw errno('ENOENT');
      steps.push({ step: 'remove', name: basename(path) });
    },
    async rename(from, to) {
      const name = basename(from);
      if (!moved(files, name, basename(to))) throw errno('ENOENT');
      for (const handle of handles) if (handle.name === name) handle.name = basename(to);
      steps.push({ step: 'rename', name, to: basename(to) });
    },
    async syncDirectory() {
      steps.push({ step: 'sync-names' });
    },
  };

  function fileOf(opened: string): JournalFile {
    const handle = { name: opened };
    handles.add(handle);
    return {
      async write(bytes, offset) {
        files.set(handle.name, written(contentOf(handle.name), offset, bytes));
        steps.push({ step: 'write', name: handle.name, offset, bytes: bytes.slice() });
        return bytes.length;
      },
      async read(bytes, offset) {
        const part = contentOf(handle.name).subarray(offset, offset + bytes.length);
        bytes.set(part);
        return part.length;
      },
      async sync() {
        const failed = disk.failNextSync;
        disk.failNextSync = false;
        steps.push({ step: failed ? 'sync-failed' : 'sync', name: handle.name });
        if (failed) throw errno('EIO');
      },
      async truncate(size) {
        files.set(handle.name, resized(contentOf(handle.name), size));
        steps.push({ step: 'truncate', name: handle.name, size });
      },
      size: async () => contentOf(handle.name).length,
      close: async () => void handles.delete(handle),
    };
  }
  return disk;
}

/** What became of a step that nothing had made durable: a share of its bytes from 0 (lost) to 1 (whole). */
export type Fate = (choices: number) => number;

/** The files after a power cut behind `steps`. `fate(3)` answers with 0 (lost), 1 (cut) or 2 (whole). */
export function afterPowerCut(initial: Files, steps: readonly DiskStep[], fate: Fate): Files {
  const files = new Map(initial);
  const lastNames = steps.findLastIndex(({ step }) => step === 'sync-names');
  for (const [i, step] of steps.entries()) {
    if (step.step === 'create') files.set(step.name, new Uint8Array());
    if (step.step === 'remove' && (i < lastNames || fate(2) === 1)) files.delete(step.name);
    if (step.step === 'rename' && (i < lastNames || fate(2) === 1)) moved(files, step.name, step.to);
    if (step.step !== 'write' && step.step !== 'truncate') continue;
    const content = files.get(step.name);
    if (!content) continue;
    const kept = isDurable(steps, i) ? 2 : fate(3);
    if (kept === 0) continue;
    if (step.step === 'truncate') files.set(step.name, resized(content, step.size));
    else {
      const length = kept === 2 ? step.bytes.length : fate(step.bytes.length);
      files.set(step.name, written(content, step.offset, step.bytes.subarray(0, length)));
    }
  }
  for (const [i, { step, ...rest }] of steps.entries())
    if (step === 'create' && i > lastNames && 'name' in rest && fate(2) === 0) files.delete(rest.name);
  return files;
}

function moved(files: Map<string, Uint8Array>, from: string, to: string): boolean {
  const bytes = files.get(from);
  if (bytes) files.set(to, bytes);
  return files.delete(from);
}

/** A sync after it made it durable; a failed sync in between took the pages with it, for all that Linux promises. */
function isDurable(steps: readonly DiskStep[], at: number): boolean {
  const step = steps[at];
  const name = step && 'name' in step ? step.name : '';
  const next = steps.slice(at).find((one) => 'name' in one && one.name === name && one.step.startsWith('sync'));
  return next?.step === 'sync';
}

function written(content: Uint8Array, offset: number, bytes: Uint8Array): Uint8Array {
  const larger = resized(content, Math.max(content.length, offset + bytes.length));
  larger.set(bytes, offset);
  return larger;
}

function resized(content: Uint8Array, size: number): Uint8Array {
  const other = new Uint8Array(size);
  other.set(content.subarray(0, size));
  return other;
}

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: played`), { code });
}
