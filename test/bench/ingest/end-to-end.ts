/**
 * Why: the whole way in at once: MQTT, log, decoding, rollups, DuckDB; the server and whoever sends to it on the same two cores. Also what
 * it holds meanwhile: memory may not grow from half of the rows to the end.
 */
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connectPacket, framesTopic, publishPacket } from '../../broker/running.ts';
import { startOurs } from './processes.ts';
import { type Figure, frame, PROBES, SAMPLES } from './stores.ts';

/** So many that what DuckDB keeps of its files (128 MB) is full before half of them: what is held after that is what is held for ever. */
const FRAMES_EACH = 300;
const ROWS = PROBES * SAMPLES * FRAMES_EACH;
/** Resident memory at the end may be so many times what it was at half of the rows. */
const FLAT = 1.1;

export async function benchEndToEnd(dir: string, figure: Figure): Promise<void> {
  mkdirSync(dir);
  const server = await startOurs({ dir, log: 'duckdb', probes: PROBES, cores: '0,1' });
  const packets = Array.from({ length: PROBES }, (_, probe) => {
    const id = `probe-${probe + 1}`;
    const frames = Array.from({ length: FRAMES_EACH }, (_, seq) =>
      publishPacket(framesTopic(id), frame(probe + 1, seq), seq + 1),
    );
    return { hello: connectPacket(id, 'token'), frames: Buffer.concat(frames) };
  });
  const clients = await Promise.all(packets.map(({ hello }) => accepted(server.port, hello)));
  const start = performance.now();
  await Promise.all(clients.map((client, i) => client.publish(packets[i]?.frames ?? Buffer.alloc(0))));
  const acknowledgedS = (performance.now() - start) / 1000;
  let half = 0;
  for (let rows = 0; rows < ROWS; rows = await server.rows()) {
    if (half === 0 && rows >= ROWS / 2) half = (await server.stats()).rssBytes;
    await delay(100);
  }
  const seconds = (performance.now() - start) / 1000;
  const stats = await server.stats();
  const of = `${ROWS} samples of 20 values, first PUBLISH to last commit, server and sender on two cores; all acknowledged after ${acknowledgedS.toFixed(2)} s`;
  figure('end_to_end_samples_per_s', ROWS / seconds, 'samples/s', of);
  figure(
    'end_to_end_cpu_us',
    (stats.cpuS * 1e6) / ROWS,
    'us',
    'processor time of the server per sample, its start included',
  );
  figure('end_to_end_rss_mb', stats.rssBytes / 1e6, 'MB', 'resident memory of the server at the end');
  figure('end_to_end_rss_growth', stats.rssBytes / half, 'ratio', `to that from half of the samples; at most ${FLAT}`);
  if (stats.rssBytes > FLAT * half) process.exitCode = 1;
  for (const { end } of clients) end();
  await server.stop();
}

/** A probe after its CONNACK; `publish` resolves with the last PUBACK. */
function accepted(port: number, hello: Buffer): Promise<{ publish(frames: Buffer): Promise<void>; end(): void }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let awaited = 4;
    let done = (): void =>
      resolve({
        publish: (frames) =>
          new Promise((published) => {
            awaited = 4 * FRAMES_EACH;
            done = published;
            socket.write(frames);
          }),
        end: () => socket.destroy(),
      });
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      awaited -= bytes.length;
      if (awaited === 0) done();
    });
    socket.write(hello);
  });
}
