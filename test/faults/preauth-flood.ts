/** Why: what somebody without a credential can make the server hold: eight sockets that announce 256 MB each and go on sending. */
import { mkdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { startOurs } from '../bench/ingest/processes.ts';

const SOCKETS = 8;
const SENT_BYTES = 60_000_000;

/** MB by which the server's largest resident memory rises above what it held before. */
export async function preauthGrowthMb(dir: string): Promise<number> {
  mkdirSync(dir, { recursive: true });
  const server = await startOurs({ dir, log: 'wal', probes: 1 });
  try {
    await server.stats(); // after a collection
    await flood(server.port); // once before counting: code and first buffers are there afterwards
    await server.stats();
    const before = residentMb(server.pid, 'VmRSS');
    for (let round = 0; round < 5; round++) await flood(server.port);
    return Math.max(residentMb(server.pid, 'VmRSS'), residentMb(server.pid, 'VmHWM')) - before;
  } finally {
    await server.stop();
  }
}

async function flood(port: number): Promise<void> {
  const bytes = Buffer.alloc(1_000_000);
  await Promise.all(
    Array.from(
      { length: SOCKETS },
      () =>
        new Promise<void>((resolve) => {
          const socket = connect(port, '127.0.0.1');
          let sent = 0;
          const more = (): void => {
            while (sent < SENT_BYTES && !socket.destroyed) {
              sent += bytes.length;
              if (!socket.write(bytes)) return;
            }
          };
          socket.on('error', () => socket.destroy());
          socket.on('close', () => resolve());
          socket.on('drain', more);
          socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
          more();
        }),
    ),
  );
}

function residentMb(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(text)?.[1]) / 1000;
}
