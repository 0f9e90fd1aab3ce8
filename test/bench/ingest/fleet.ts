/** Why: ten thousand probes at once: what one costs while it is silent, and how soon all are back after a kill -9 of the server. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openJournalReader } from '#lib/journal';
import { parseRecord } from '../../../broker/record.ts';
import type { DebianServer } from '../../support/debian.ts';
import { startGenerator } from './generator.ts';
import { startOurs } from './processes.ts';
import type { Figure } from './stores.ts';

const PROBES = 10_000;

/** The listener's own rate of arrivals holds here as it does in the product. */
export async function benchFleet(dir: string, luajit: DebianServer, figure: Figure): Promise<void> {
  mkdirSync(dir);
  const first = await startOurs({ dir, log: 'wal', probes: PROBES });
  const empty = await first.stats();
  const probes = startGenerator(luajit, { mode: 'hold', port: first.port, connections: PROBES, window: 1, bytes: 300 });
  try {
    await probes.line();
    const idle = await first.stats();
    const kib = (idle.rssBytes - empty.rssBytes) / 1024 / PROBES;
    figure('idle_kib_per_connection', kib, 'KiB', `${idle.connections} plain connections, resident memory`);
    await first.kill();
    const second = await startOurs({ dir, port: first.port, log: 'wal', probes: PROBES });
    await second.stats(); // the event loop counts from here on
    const back: { seconds: number; answered: number } = JSON.parse(await probes.line());
    const after = await second.stats();
    const of = 'from the end of the killed server until each of 10,000 has its connection and a durable PUBACK';
    figure('reconnect_10k_s', back.seconds, 's', of);
    figure(
      'reconnect_loop_p99_ms',
      after.loopP99Ms,
      'ms',
      `event loop meanwhile; longest ${after.loopMaxMs.toFixed(0)} ms`,
    );
    await second.kill();
    figure('reconnect_lost', 2 * PROBES - (await kept(join(dir, 'wal'))), 'frames', `of ${2 * PROBES} acknowledged`);
  } finally {
    await probes.stop();
  }
}

/** Different frames in the log that two kills have left. */
async function kept(dir: string): Promise<number> {
  const reader = openJournalReader({ dir });
  const end = Number.MAX_SAFE_INTEGER;
  const payloads = new Set<string>();
  for (let at = 0; at < end; ) {
    const read = await reader.read(at, 1024 * 1024, end);
    for (const { payload } of read.records) payloads.add(Buffer.from(parseRecord(payload)?.payload ?? []).toString());
    at = read.next;
  }
  await reader.close();
  return payloads.size;
}
