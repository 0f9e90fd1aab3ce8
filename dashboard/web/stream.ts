/** Why: the edge of the live view: holds the stream open, reconnects with jittered back-off, fetches what the reducer needs. */
import type { AlertView, LiveDelta, LiveSnapshot, Roster } from '#contract';
import { ApiError } from './api.ts';
import { type LiveEvent, type LiveState, type Need, position, SILENT_MS } from './live.ts';
import { type SseEvent, sseReader } from './sse.ts';

export interface StreamDeps {
  /** Applies an event to the page's state and says what it needs. */
  apply(event: LiveEvent): Need;
  state(): LiveState;
  snapshot(signal: AbortSignal): Promise<LiveSnapshot>;
  roster(signal: AbortSignal): Promise<Roster>;
  /** Version of the roster that the page shows; null before the first. */
  rosterHash(): string | null;
  onRoster(roster: Roster): void;
  onAlert(alert: AlertView): void;
  /** The stream stands (null) or broke at this time. */
  onCut(at: number | null): void;
  /** The server does not know this session any more. */
  onSignedOut(): void;
}

const HIDDEN_MS = 5 * 60_000;
const BACKOFF = { firstMs: 500, capMs: 30_000 };

/** Starts the live view; the returned function ends it and everything it waits for. */
export function startStream(deps: StreamDeps): () => void {
  const over = new AbortController();
  let link: AbortController | null = null;
  let wake: () => void = () => undefined;
  let hiddenSince: number | null = null;
  const watch = setInterval(() => {
    const { heardAt } = deps.state();
    if (heardAt !== null && Date.now() - heardAt > SILENT_MS) link?.abort();
    if (hiddenSince !== null && Date.now() - hiddenSince > HIDDEN_MS) link?.abort();
  }, 1000);
  const visible = () => {
    hiddenSince = document.hidden ? Date.now() : null;
    if (!document.hidden) wake();
  };
  const online = () => wake();
  document.addEventListener('visibilitychange', visible);
  addEventListener('online', online);

  const run = async () => {
    for (let failures = 0; !over.signal.aborted; failures++) {
      link = new AbortController();
      const opened = await once(deps, AbortSignal.any([over.signal, link.signal]));
      if (over.signal.aborted) return;
      deps.onCut(Date.now());
      if (opened) failures = 0;
      const fullMs = Math.min(BACKOFF.capMs, BACKOFF.firstMs * 2 ** Math.min(failures, 8));
      await new Promise<void>((resolve) => {
        wake = resolve;
        // Away for long: only a look at the page brings the stream back.
        if (hiddenSince === null || Date.now() - hiddenSince < HIDDEN_MS)
          setTimeout(resolve, fullMs * (0.5 + Math.random() / 2));
      });
    }
  };
  void run();
  return () => {
    over.abort();
    wake();
    clearInterval(watch);
    document.removeEventListener('visibilitychange', visible);
    removeEventListener('online', online);
  };
}

/** One connection, from opening to its end. True when it was ever open. */
async function once(deps: StreamDeps, signal: AbortSignal): Promise<boolean> {
  let opened = false;
  try {
    // Without a position everything comes first and the stream goes on from it: one round trip less than the other way round.
    if (position(deps.state()) === null) await start(deps, signal);
    const from = position(deps.state());
    const headers: Record<string, string> = { accept: 'text/event-stream', ...(from ? { 'last-event-id': from } : {}) };
    const response = await fetch('/api/v1/live', { headers, credentials: 'same-origin', cache: 'no-store', signal });
    if (response.status === 401) deps.onSignedOut();
    if (!response.ok || !response.body) return false;
    opened = true;
    deps.onCut(null);
    const fetches = fetcher(deps, signal);
    fetches(deps.apply({ kind: 'opened', resumed: from !== null }));
    if (from !== null && deps.rosterHash() !== deps.state().roster) fetches('roster');
    const read = sseReader((event) => {
      const need = onEvent(deps, event);
      if (need) fetches(need);
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) read(piece.value);
  } catch (error) {
    if (!signal.aborted && !(error instanceof TypeError || error instanceof ApiError))
      console.warn('live stream ended', error);
  }
  return opened;
}

/** Snapshot and roster at the same time. */
async function start(deps: StreamDeps, signal: AbortSignal): Promise<void> {
  const [snapshot, roster] = await Promise.all([deps.snapshot(signal), deps.roster(signal)]);
  deps.onRoster(roster);
  deps.apply({ kind: 'snapshot', snapshot, now: Date.now() });
}

function onEvent(deps: StreamDeps, { event, data }: SseEvent): Need | undefined {
  const now = Date.now();
  const value: unknown = JSON.parse(data || '{}');
  // The server's events are typed by the contract; this is the stream's one parser.
  if (event === 'd') return deps.apply({ kind: 'delta', delta: value as LiveDelta, now });
  if (event === 'hb') return deps.apply({ kind: 'hb', at: (value as { at: number }).at, now });
  if (event === 'roster') return deps.apply({ kind: 'roster', hash: (value as { hash: string }).hash, now });
  if (event === 'reset') return deps.apply({ kind: 'reset', now });
  if (event === 'alert') deps.onAlert(value as AlertView);
  return undefined;
}

/** Fetches what is needed, again with back-off until it came or the connection ended. */
function fetcher(deps: StreamDeps, signal: AbortSignal): (need: Need) => void {
  const again = async (need: Need, failures: number): Promise<void> => {
    try {
      if (need === 'snapshot') {
        const snapshot = await deps.snapshot(signal);
        fetches(deps.apply({ kind: 'snapshot', snapshot, now: Date.now() }));
      } else if (need === 'roster') deps.onRoster(await deps.roster(signal));
    } catch {
      if (signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, Math.min(BACKOFF.capMs, BACKOFF.firstMs * 2 ** failures)));
      if (!signal.aborted) await again(need, Math.min(failures + 1, 6));
    }
  };
  const fetches = (need: Need) => {
    if (need !== 'nothing') void again(need, 0);
  };
  return fetches;
}
