/**
 * Why: a database that was away has hours of 20,000 probes to take. Meanwhile the network goes on: live frames must be acknowledged and seen
 * as if nothing was. Half an hour of backlog; a whole day with `--long`, N times ten minutes with `--frames N`. Filling the log takes
 * longer than catching up: `--log FOLDER` keeps it there for the next run of the same size.
 */
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { encodeFrame, type Frame } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { openWal } from '../../../broker/wal.ts';
import { connectPacket, framesTopic, publishPacket } from '../../broker/running.ts';
import { startOurs } from './processes.ts';
import { type Figure, frame } from './stores.ts';

const PROBES = 20_000;
const { values: options } = parseArgs({
  options: { long: { type: 'boolean' }, frames: { type: 'string' }, log: { type: 'string' } },
  allowPositionals: true,
});
/** Of ten samples, a minute apart, each. */
const FRAMES_EACH = Number(options.frames ?? (options.long ? 144 : 3));
const ROWS = PROBES * FRAMES_EACH * 10;
/** What 20,000 probes send that pack five minutes into a frame. */
const LIVE_PER_S = 67;
const CONNECTIONS = 67;

export async function benchCatchUp(dir: string, figure: Figure): Promise<void> {
  mkdirSync(dir);
  await takeBacklog(join(dir, 'wal'));
  const server = await startOurs({ dir, log: 'duckdb', probes: PROBES, cores: '0,1' });
  await server.stats(); // from here on the delay of its event loop counts
  const begin = performance.now();
  const stopping = new AbortController();
  const clients = await Promise.all(Array.from({ length: CONNECTIONS }, (_, i) => liveProbe(server.port, i + 1)));
  const live = Promise.all(clients.map((client, i) => client.run((i * 1000) / LIVE_PER_S, stopping.signal)));
  while ((await server.rows()) < ROWS) await delay(200);
  const seconds = (performance.now() - begin) / 1000;
  const { loopP99Ms, loopMaxMs } = await server.stats();
  stopping.abort();
  await live;
  const waits = clients.flatMap(({ waits }) => waits).sort((a, b) => a - b);
  const share = (of: readonly number[], at: number): number => of[Math.floor(of.length * at)] ?? Number.NaN;
  const ages = await server.ages();
  const of = `while ${ROWS} samples of ${PROBES} probes are caught up in ${seconds.toFixed(1)} s; ${waits.length} live frames, ${LIVE_PER_S} a second; all on two cores`;
  figure('catch_up_rows_per_s', ROWS / seconds, 'rows/s', of);
  figure('catch_up_puback_p50_ms', share(waits, 0.5), 'ms', of);
  figure('catch_up_puback_p90_ms', share(waits, 0.9), 'ms', of);
  figure('catch_up_puback_p99_ms', share(waits, 0.99), 'ms', of);
  figure('catch_up_puback_p999_ms', share(waits, 0.999), 'ms', of);
  figure(
    'catch_up_loop_p99_ms',
    loopP99Ms,
    'ms',
    `delay of the event loop that acknowledges, inside the server, meanwhile; ${loopMaxMs.toFixed(1)} ms at most; the rest of a wait is the log's sync and the sender's`,
  );
  figure(
    'catch_up_live_age_p99_s',
    share(ages, 0.99) / 1000,
    's',
    'from the sample to the reader behind the live view, meanwhile',
  );
  await server.stop();
}

async function takeBacklog(dir: string): Promise<void> {
  if (options.log === undefined) return fillBacklog(dir);
  const kept = join(options.log, `frames-${FRAMES_EACH}`);
  if (!existsSync(kept)) {
    rmSync(`${kept}.new`, { recursive: true, force: true }); // of a run that was ended
    await fillBacklog(`${kept}.new`);
    renameSync(`${kept}.new`, kept);
  }
  cpSync(kept, dir, { recursive: true });
}

async function fillBacklog(dir: string): Promise<void> {
  mkdirSync(dir, { recursive: true });
  const wal = await openWal({ dir, capBytes: 2 ** 34, clock: systemClock, log: silentLogger });
  for (let seq = 0; seq < FRAMES_EACH; seq++)
    for (let first = 0; first < PROBES; first += 1000) {
      let last = 0;
      for (let probe = first; probe < first + 1000; probe++) {
        const position = wal.append(Date.now(), `probe-${probe}`, frame(probe, seq));
        if (position === null) throw new Error('the log takes no more');
        last = position;
      }
      while (wal.durableEnd() <= last) await delay(2);
    }
  await wal.close();
}

interface LiveProbe {
  /** Milliseconds from each PUBLISH to its PUBACK. */
  waits: number[];
  /** One frame a second, from this moment on. */
  run(offsetMs: number, signal: AbortSignal): Promise<void>;
}

function liveProbe(port: number, n: number): Promise<LiveProbe> {
  const id = `probe-${n}`;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const waits: number[] = [];
  let sent = 0;
  let answered = (): void => undefined;
  socket.on('data', () => answered());
  const publish = (seq: number): Promise<void> =>
    new Promise((resolve) => {
      answered = () => {
        waits.push(performance.now() - sent);
        resolve();
      };
      sent = performance.now();
      socket.write(publishPacket(framesTopic(id), liveFrame(n, seq), (seq % 65_535) + 1));
    });
  const probe: LiveProbe = {
    waits,
    async run(offsetMs, signal) {
      await delay(offsetMs);
      for (let seq = 0; !signal.aborted; seq++) {
        await publish(seq);
        await delay(Math.max(1, 1000 - (performance.now() - sent)));
      }
      socket.destroy();
    },
  };
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    answered = () => resolve(probe); // its CONNACK
    socket.write(connectPacket(id, 'token'));
  });
}

/** Five samples, the newest of this moment. */
function liveFrame(n: number, seq: number): Uint8Array {
  const wall = Date.now();
  const t = [0, 1, 2, 3, 4].map((i) => 1_000_000 + seq * 5000 + i * 1000);
  const mono = t[4] ?? 0;
  const m: Frame['m'] = { internet_up: t.map(() => 1), rtt_ms: t.map((_, i) => i + n / 10) };
  return encodeFrame({ v: 1, boot: 'live', run: `live-${n}`, seq, wall, mono, sync: 1, t, m, e: [] }, nodeRawDeflate);
}
