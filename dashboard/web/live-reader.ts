/**
 * Why: a thread that reads the live stream, so that the one that draws gets finished numbers: reads, unpacks, hands over. It lives as long as
 * one connection (live-line.ts).
 */
import type { AlertView, LiveDelta } from '#contract';
import { type LiveStep, stepOf } from './live-delta.ts';
import type { Line, Listen, Told } from './live-line.ts';
import { type SseEvent, sseReader } from './sse.ts';

addEventListener('message', ({ data }: MessageEvent<Listen>) => {
  read(data.from)
    .catch((error: unknown) => {
      // A network that is away says so by a TypeError.
      if (!(error instanceof TypeError)) console.warn('live stream ended', error);
    })
    .finally(() => tell({ kind: 'ended' }));
});

async function read(from: string | null): Promise<void> {
  const headers: Record<string, string> = { accept: 'text/event-stream', ...(from ? { 'last-event-id': from } : {}) };
  const response = await fetch('/api/v1/live', { headers, credentials: 'same-origin', cache: 'no-store' });
  if (!response.ok || !response.body) return tell({ kind: 'refused', status: response.status });
  tell({ kind: 'opened' });
  const read = sseReader((event) => {
    const told = toldBy(event);
    if (told?.kind === 'step') tell(told, buffersOf(told.step));
    else if (told) tell(told);
  });
  // Not by TextDecoderStream, whose pipes take longer than the reading.
  const reader = response.body.getReader();
  const text = new TextDecoder();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read())
    read(text.decode(piece.value, { stream: true }));
}

/** Null: nothing that this page knows of. */
function toldBy({ event, data }: SseEvent): Told | null {
  const value: unknown = JSON.parse(data || '{}');
  // The server's events are typed by the contract; this is the stream's one parser.
  if (event === 'd') return { kind: 'step', step: stepOf(value as LiveDelta) };
  if (event === 'alert') return { kind: 'alert', alert: value as AlertView };
  if (event === 'roster') return { kind: 'roster', hash: (value as { hash: string }).hash };
  if (event === 'hb') return { kind: 'hb', at: (value as { at: number }).at };
  return event === 'reset' ? { kind: 'reset' } : null;
}

const buffersOf = ({ values, places }: LiveStep): Transferable[] => [values.buffer, places.buffer];

/** As a worker's `postMessage` is; TypeScript knows the page's in its place. */
function tell(message: Told | Line, handOver: Transferable[] = []): void {
  postMessage(message, { transfer: handOver });
}
