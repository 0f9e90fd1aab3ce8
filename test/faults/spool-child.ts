/**
 * Why: the part of the agent that lies on flash, in a process that can be killed. It first sends what an earlier life has left, then
 * appends and sends without end; each line tells what has just become true: `durable RUN SEQ`, `sent RUN SEQ`, `wrong RUN SEQ`.
 */
import { writeSync } from 'node:fs';
import { silentLogger } from '#lib/logger';
import { openBacklog } from '../../agent/backlog.ts';
import type { SpooledFrame } from '../../agent/spool.ts';

const [dir = '', run = '', mode = 'work'] = process.argv.slice(2);
const say = (word: string, frame: SpooledFrame): void => {
  writeSync(1, `${word} ${frame.run} ${frame.seq}\n`); // at once: a line that waits would die with the process
};

/** Different for each frame, and long enough to be torn. */
function bytesOf(name: string, seq: number): Uint8Array {
  return Buffer.from(`${name}/${seq}/`.repeat(3 + ((seq * 7) % 60)));
}

const backlog = await openBacklog({
  dir,
  capBytes: 4 * 1024 * 1024,
  log: silentLogger,
  onLost: ({ run: of, from, to }) => writeSync(1, `lost ${of} ${from}-${to}\n`),
});

async function send(atMost: number): Promise<void> {
  for (let i = 0; i < atMost; i++) {
    if (backlog.count() === 0) return;
    const frame = backlog.next();
    if (!frame) {
      if (backlog.exhausted()) return;
      await backlog.fetch();
      continue;
    }
    say(Buffer.from(bytesOf(frame.run, frame.seq)).equals(frame.bytes) ? 'sent' : 'wrong', frame);
    backlog.acknowledge(frame);
  }
}

await send(mode === 'drain' ? Number.MAX_SAFE_INTEGER : 50);
for (let seq = 0; mode === 'work'; ) {
  const frames: SpooledFrame[] = [];
  for (let i = 0; i <= seq % 5; i++) frames.push({ run, seq: seq + i, event: false, bytes: bytesOf(run, seq + i) });
  seq += frames.length;
  if (await backlog.append(frames)) for (const frame of frames) say('durable', frame);
  await send(seq % 4);
}
await backlog.close();
