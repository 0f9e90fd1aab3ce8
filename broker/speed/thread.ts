/**
 * Why: a test server that shares its thread with a whole server stalls when that collects garbage or packs a page, and would call itself the
 * limit. Here it has a thread of its own. It needs a key and nothing else, so little is said between the two: what becomes of leases, and figures.
 */
import { Worker } from 'node:worker_threads';
import { createBackoff } from '#lib/backoff';
import { messageOf } from '#lib/errors';
import type { LocalServerOptions, SpeedServer } from './server.ts';
import type { SpeedStats } from './stats.ts';
import type { UseEvent } from './uses.ts';

/** What the thread is started with. */
export type ThreadStart = Omit<LocalServerOptions, 'clock' | 'changed' | 'log'>;
export type ToThread = { type: 'withdraw'; probe: string; id: string } | { type: 'stop' };
export type FromThread =
  | { type: 'listening'; port: number; udpPort: number; stats: SpeedStats }
  | { type: 'failed'; code: string | null; message: string }
  | { type: 'changed'; event: UseEvent }
  | { type: 'stats'; stats: SpeedStats };

const PROGRAM = new URL('./thread-worker.ts', import.meta.url);
const STOP_MS = 5000;
/** It holds noise and sessions, nothing that grows. */
const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 128 };

/**
 * Like startLocalServer, in a thread; started again on the same port where it dies. A test gives a `script` that does.
 * @throws the system's error where the address cannot be used
 */
export async function startSpeedThread(options: LocalServerOptions, script = PROGRAM): Promise<SpeedServer> {
  const { changed, log, clock: _, ...start } = options;
  const backoff = createBackoff({ baseMs: 500, capMs: 30_000, floorMs: 100 });
  let worker: Worker | null = null;
  let known: Extract<FromThread, { type: 'listening' }> | null = null;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;

  function launch(address: ThreadStart['address']): Promise<void> {
    const thread = new Worker(script, {
      name: 'carrel-speed',
      workerData: { ...start, address } satisfies ThreadStart,
      resourceLimits: LIMITS,
    });
    worker = thread;
    return new Promise((resolve, reject) => {
      thread.on('message', (message: FromThread) => {
        if (message.type === 'changed') changed?.(message.event);
        else if (message.type === 'stats' && known) known = { ...known, stats: message.stats };
        else if (message.type === 'failed') reject(Object.assign(new Error(message.message), { code: message.code }));
        else if (message.type === 'listening') {
          known = message;
          resolve();
        }
      });
      thread.on('error', (error) => {
        log.error({ error: messageOf(error) }, 'the thread of the test server failed');
        reject(error);
      });
      thread.on('exit', () => {
        worker = null;
        if (known && !stopping) {
          log.error({}, 'the thread of the test server ended; it is started again');
          restart = setTimeout(again, backoff.next());
        }
        reject(new Error('the thread of the test server ended'));
      });
    });
  }

  /** On the port that leases name. */
  function again(): void {
    launch({ ...start.address, port: known?.port ?? start.address.port }).then(
      () => backoff.reset(),
      (error: unknown) => log.warn({ error: messageOf(error) }, 'the test server is not back yet'),
    );
  }

  await launch(start.address);
  const send = (message: ToThread): void => worker?.postMessage(message);
  return {
    port: () => known?.port ?? 0,
    udpPort: () => known?.udpPort ?? 0,
    withdraw: (probe, id) => send({ type: 'withdraw', probe, id }),
    stats: () => (known as NonNullable<typeof known>).stats,
    async stop() {
      stopping = true;
      clearTimeout(restart);
      const thread = worker;
      if (!thread) return;
      const late = setTimeout(() => void thread.terminate(), STOP_MS);
      await new Promise<void>((resolve) => {
        thread.on('exit', () => resolve());
        send({ type: 'stop' });
      });
      clearTimeout(late);
    },
  };
}
