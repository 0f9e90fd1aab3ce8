/** Why: one damaged byte costs the record that it stands in, and nothing else; never a start. */
import { openJournal } from '#lib/journal';
import { parseSegmentName } from '../../infra/lib/journal-format.ts';
import { type Files, recordedDisk } from './recorded-disk.ts';

const HEADER_BYTES = 8;
const DIR = 'journal';

/** A small journal of three segments, as files. */
export async function smallJournal(): Promise<{ files: Files; records: ReadonlyMap<number, string> }> {
  const disk = recordedDisk();
  const journal = await openJournal({ dir: DIR, fs: disk, segmentBytes: 150 });
  const records = new Map<number, string>();
  for (let i = 0; i < 9; i++) {
    const text = `record ${i} ${'y'.repeat(i * 5)}`;
    records.set(journal.append(Buffer.from(text)), text);
    await journal.synced();
  }
  await journal.close();
  return { files: disk.files(), records };
}

/** What went wrong for each byte of each file and each way to damage it, in words; with the number of tries. */
export async function flipEveryByte(masks: readonly number[]): Promise<{ tries: number; broken: string[] }> {
  const { files, records } = await smallJournal();
  const broken: string[] = [];
  let tries = 0;
  for (const [name, bytes] of files) {
    for (let at = 0; at < bytes.length; at++) {
      for (const mask of masks) {
        tries += 1;
        const damaged = bytes.slice();
        damaged[at] = (damaged[at] ?? 0) ^ mask;
        const position = (parseSegmentName(name)?.base ?? 0) + at - HEADER_BYTES;
        const wrong = await others(new Map([...files, [name, damaged]]), records, at < HEADER_BYTES ? null : position);
        if (wrong) broken.push(`${name} byte ${at} ^ ${mask}: ${wrong}`);
      }
    }
  }
  return { tries, broken };
}

/** Null when every record but the one around `hit` is there and nothing else is. */
async function others(files: Files, records: ReadonlyMap<number, string>, hit: number | null): Promise<string | null> {
  const journal = await openJournal({ dir: DIR, fs: recordedDisk(files) });
  const found = new Map<number, string>();
  for (let at = journal.stats().oldest; at < journal.durableEnd(); ) {
    const read = await journal.read(at, 1000);
    for (const { position, payload } of read.records) found.set(position, Buffer.from(payload).toString());
    at = read.next;
  }
  await journal.close();
  for (const [position, text] of records) {
    const inside = hit !== null && hit >= position && hit < position + 8 + text.length;
    if (inside ? found.has(position) : found.get(position) !== text)
      return `at ${position} stands ${found.get(position)}`;
  }
  return [...found.keys()].every((position) => records.has(position)) ? null : 'there is a record that nobody wrote';
}
