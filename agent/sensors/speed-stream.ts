/** Why: one end of the throughput test's line protocol (`#contract` speed.ts): greets, counts, keeps nothing of what comes. */
import { connect } from 'node:net';
import { readSpeedAnswer, speedGreeting } from '#contract';
import { errnoOf } from '#lib/errors';

/** `closed`: the server ended the stream. `refused`: it answered with an error line, or with nothing. `unreachable`: no connection. */
export type StreamEnd = 'enough' | 'closed' | 'refused' | 'unreachable' | 'aborted';

export interface SpeedStream {
  /** True with the first byte of test data; false where none will come. */
  readonly first: Promise<boolean>;
  readonly ended: Promise<{ end: StreamEnd; error: string | null }>;
  /** Application bytes so far. */
  bytes(): number;
  /** Enough is known: closes at once. */
  stop(): void;
}

const CONNECT_MS = 5000;
const SILENCE_MS = 5000;
/** Larger reads cost fewer calls: 64 KiB is a third of the processor time of the default. */
const READ_BYTES = 64 * 1024;

export function openStream(options: {
  address: string;
  port: number;
  token: string;
  maxBytes: number;
  signal: AbortSignal;
}): SpeedStream {
  const { address, port, token, maxBytes, signal } = options;
  const started = deferred<boolean>();
  const finished = deferred<{ end: StreamEnd; error: string | null }>();
  const head: number[] = [];
  let bytes = 0;
  let streaming = false;
  let over = false;
  const finish = (end: StreamEnd, error: string | null): void => {
    if (over) return;
    over = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
    started.resolve(false); // of no effect where the stream has begun
    finished.resolve({ end, error });
  };
  const onAbort = (): void => finish('aborted', null);
  const onSilence = (): void =>
    finish(streaming ? 'closed' : socket.connecting ? 'unreachable' : 'refused', 'ETIMEDOUT');
  let timer = setTimeout(onSilence, CONNECT_MS);

  const take = (chunk: Uint8Array): void => {
    if (!streaming) {
      head.push(...chunk.subarray(0, 64));
      const answer = readSpeedAnswer(Uint8Array.from(head));
      if (answer === 'more') return;
      if (answer !== 'stream') {
        finish('refused', answer);
        return;
      }
      streaming = true;
      started.resolve(true);
    }
    bytes += chunk.length;
    timer.refresh();
    if (bytes >= maxBytes) finish('enough', null);
  };
  const socket = connect({
    host: address,
    port,
    onread: {
      buffer: new Uint8Array(READ_BYTES),
      callback(count, buffer) {
        take(buffer.subarray(0, count));
        return !over;
      },
    },
  });
  socket.on('connect', () => {
    clearTimeout(timer);
    timer = setTimeout(onSilence, SILENCE_MS);
    socket.write(speedGreeting(token));
  });
  socket.on('error', (error) =>
    finish(streaming ? 'closed' : socket.connecting || bytes === 0 ? 'unreachable' : 'refused', errnoOf(error)),
  );
  socket.on('end', () => finish(streaming ? 'closed' : 'refused', 'ended'));
  socket.on('close', () => finish(streaming ? 'closed' : 'refused', 'closed'));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);
  return { first: started.promise, ended: finished.promise, bytes: () => bytes, stop: () => finish('enough', null) };
}

/** Promise.withResolvers, which Node 18 and 20 lack. */
function deferred<T>(): { promise: Promise<T>; resolve(value: T): void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
