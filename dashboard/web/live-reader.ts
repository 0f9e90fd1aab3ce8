/**
 * Why: a thread that reads the live stream, so that the one that draws gets finished numbers: reads, unpacks, hands over. It lives as long as
 * one connection (live-line.ts). One window of a browser reads for all others of its session (live-share.ts).
 */
import type { AlertView, LiveDelta } from '#contract';
import { type LiveStep, stepOf } from './live-delta.ts';
import type { Line, Listen, Told } from './live-line.ts';
import { type SseEvent, sseReader } from './sse.ts';

export interface ShareDeps {
  listen: Listen;
  /** Reads the stream until it ends. */
  read(headers: Record<string, string>, hear: (told: Told) => void): Promise<void>;
  tell(message: Told | Line, handOver?: Transferable[]): void;
  handOver(step: LiveStep): Transferable[];
}

/** The file of live-share.ts, named by infra/build-web.ts: it comes when the page stands. */
declare const LIVE_SHARE: string;
declare const carrelShare: (deps: ShareDeps) => Promise<void>;
declare function importScripts(url: string): void;

addEventListener('message', ({ data }: MessageEvent<Listen>) => {
  begin(data)
    .catch((error: unknown) => {
      // A network that is away says so by a TypeError, a lock that another window took by a DOMException.
      if (!(error instanceof TypeError || error instanceof DOMException)) console.warn('live stream ended', error);
    })
    .finally(() => tell({ kind: 'ended' }));
});

async function begin(listen: Listen): Promise<void> {
  importScripts(LIVE_SHARE);
  return carrelShare({ listen, read, tell, handOver });
}

async function read(headers: Record<string, string>, hear: (told: Told) => void): Promise<void> {
  const init: RequestInit = { credentials: 'same-origin', cache: 'no-store' };
  const response = await fetch('/api/v1/live', { ...init, headers: { accept: 'text/event-stream', ...headers } });
  if (!response.ok || !response.body) return tell({ kind: 'refused', status: response.status });
  tell({ kind: 'opened' });
  const take = sseReader((event) => {
    const told = toldBy(event);
    if (told) hear(told);
  });
  // Not by TextDecoderStream, whose pipes take longer than the reading.
  const reader = response.body.getReader();
  const text = new TextDecoder();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read())
    take(text.decode(piece.value, { stream: true }));
}

/** Null: nothing that this page knows of. */
function toldBy({ event, data }: SseEvent): Told | null {
  const value: unknown = JSON.parse(data || '{}');
  // The server's events are typed by the contract; this is the stream's one parser.
  if (event === 'd') return { kind: 'step', step: stepOf(value as LiveDelta) };
  if (event === 'alert') return { kind: 'alert', alert: value as AlertView };
  return event === 'roster' || event === 'hb' || event === 'reset'
    ? ({ kind: event, ...(value as object) } as Told)
    : null;
}

const handOver = ({ values, places }: LiveStep): Transferable[] => [values.buffer, places.buffer];

/** As a worker's `postMessage` is; TypeScript knows the page's in its place. */
function tell(message: Told | Line, handOver: Transferable[] = []): void {
  postMessage(message, { transfer: handOver });
}
