/**
 * Why: an older Carrel over a newer one's log would take every record for damage, and cut the last segment as a torn tail. It must stop and
 * say so before it touches anything.
 */
import { CarrelError } from '#lib/errors';
import { listSegments, nodeJournalFs, readFully, segmentPath } from '#lib/journal-files';
import { HEADER_BYTES, recordAt, versionOf } from '#lib/journal-format';
import { MAX_RECORD_BYTES } from '#lib/journal-reader';

/**
 * A header alone is not believed: a bit of it may be damaged, which costs nothing as long as the records are readable.
 * @throws CarrelError WAL_NEWER
 */
export async function refuseNewerLog(dir: string): Promise<void> {
  for (const segment of await listSegments(nodeJournalFs, dir)) {
    const file = await nodeJournalFs.open(segmentPath(dir, segment), 'read');
    try {
      const bytes = new Uint8Array(HEADER_BYTES + MAX_RECORD_BYTES);
      const got = bytes.subarray(0, await readFully(file, bytes, 0));
      const version = versionOf(got);
      if (version === 'known' || version === 'none' || got.length <= HEADER_BYTES) continue;
      if (recordAt(got, HEADER_BYTES, segment.base, segment.salt, MAX_RECORD_BYTES).at === 'record') continue;
      throw new CarrelError(
        'WAL_NEWER',
        `${segmentPath(dir, segment)} was written by a later Carrel (version ${version} of the log's format); start that version again, or restore the copy from before the update`,
        { dir, version },
      );
    } finally {
      await file.close();
    }
  }
}
