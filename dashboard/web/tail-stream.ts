/** Why: the edge of the page of raw samples: holds its stream open and opens it again; a closed page or a pause costs no data. */
import type { TailBatch } from '#contract';
import { ApiError, refusalOf } from './api.ts';
import { hrefOf } from './router.ts';
import { sseReader } from './sse.ts';
import type { TailQuery } from './tail.ts';

export interface TailListener {
  onBatch(batch: TailBatch): void;
  /** The stream stands; the server's clock, ms. */
  onHeard(at: number): void;
  /** It broke, and is opened again. */
  onCut(): void;
  /** It was refused: it is not opened again. */
  onRefused(error: ApiError): void;
}

const BACKOFF = { firstMs: 1000, capMs: 30_000 };

/** Follows until the returned function is called. */
export function followTail(query: TailQuery, on: TailListener): () => void {
  const over = new AbortController();
  void run(query, on, over.signal);
  return () => over.abort();
}

export const tailPath = ({ q, region, kind, metrics }: TailQuery): string =>
  hrefOf('/api/v1/live/tail', { q, region, kind, metric: metrics.join() });

async function run(query: TailQuery, on: TailListener, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      const onHeard = (at: number): void => {
        failures = 0;
        on.onHeard(at);
      };
      await once(query, { ...on, onHeard }, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiError && error.problem.status < 500) return on.onRefused(error);
      if (!(error instanceof ApiError || error instanceof TypeError)) console.warn('the tail ended', error);
    }
    if (signal.aborted) return;
    on.onCut();
    failures += 1;
    const ms = Math.min(BACKOFF.capMs, BACKOFF.firstMs * 2 ** Math.min(failures - 1, 8)) * (0.5 + Math.random() / 2);
    await new Promise((resolve) => setTimeout(resolve, ms));
  }
}

/** @throws ApiError what the server refused; TypeError when it did not answer */
async function once(query: TailQuery, on: TailListener, signal: AbortSignal): Promise<void> {
  const headers = { accept: 'text/event-stream' };
  const response = await fetch(tailPath(query), { headers, credentials: 'same-origin', cache: 'no-store', signal });
  if (!response.ok || !response.body) throw await refusalOf(response);
  const read = sseReader(({ event, data }) => {
    // The server's events are typed by the contract; this is the tail's one parser.
    if (event === 'tail') on.onBatch(JSON.parse(data) as TailBatch);
    else if (event === 'hb') on.onHeard((JSON.parse(data) as { at: number }).at);
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) read(piece.value);
}
