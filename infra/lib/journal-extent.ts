/** Why: how far a segment reaches: the size of its file, and the place behind which there are only zeros that were put there in advance. */
import { type JournalFs, readFully, segmentPath } from './journal-files.ts';
import { HEADER_BYTES, type SegmentName } from './journal-format.ts';

export interface Extent {
  /** Bytes after the header. */
  size: number;
  /** Of these, up to the last one that is not 0. A record may end in zeros of its own. */
  used: number;
}

const WINDOW_BYTES = 256 * 1024;
const ZEROS = Buffer.alloc(WINDOW_BYTES);

export async function extentOf(fs: JournalFs, dir: string, segment: SegmentName): Promise<Extent> {
  const file = await fs.open(segmentPath(dir, segment), 'read');
  try {
    const size = Math.max(0, (await file.size()) - HEADER_BYTES);
    const window = new Uint8Array(Math.min(size, WINDOW_BYTES));
    for (let end = size; end > 0; end -= window.length) {
      const start = Math.max(0, end - window.length);
      const bytes = window.subarray(0, end - start);
      await readFully(file, bytes, HEADER_BYTES + start);
      if (!isZero(bytes)) return { size, used: start + bytes.findLastIndex((byte) => byte !== 0) + 1 };
    }
    return { size, used: 0 };
  } finally {
    await file.close();
  }
}

export function isZero(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at += WINDOW_BYTES) {
    const part = bytes.subarray(at, at + WINDOW_BYTES);
    if (ZEROS.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}
