/**
 * Why: the stream of the live view is read by a thread of its own (live-reader.ts): unpacking what 400 access points a second say, and
 * collecting what is left of it, took a third of the time of the thread that draws.
 */
import type { AlertView } from '#contract';
import { sessionToken } from './api.ts';
import type { LiveStep } from './live-delta.ts';

/** What the stream says. */
export type Told =
  | { kind: 'step'; step: LiveStep }
  | { kind: 'alert'; alert: AlertView }
  | { kind: 'roster'; hash: string }
  | { kind: 'hb'; at: number }
  | { kind: 'reset' };
/** What becomes of the connection: it stands, the server refused it with this HTTP status, or it ended. */
export type Line = { kind: 'opened' } | { kind: 'refused'; status: number } | { kind: 'ended' };
/** What the reading thread is told, once. */
export interface Listen {
  /** The `Last-Event-ID`, null where there is none. */
  from: string | null;
  /** The session's own secret, empty for a screen: the server tells nothing to the window of another session. */
  csrf: string;
  /** Windows of this name share one stream. */
  name: string;
}

/** Its file, named by infra/build-web.ts. */
declare const LIVE_READER: string;

/** Listens until the stream ends, cannot be opened, or `signal` says so. */
export function hearLive(
  from: string | null,
  signal: AbortSignal,
  hear: (told: Told | Exclude<Line, { kind: 'ended' }>) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const reader = new Worker(LIVE_READER);
    const end = () => {
      reader.terminate();
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    reader.addEventListener('error', end); // its file cannot be had
    reader.addEventListener('message', ({ data }: MessageEvent<Told | Line>) => {
      if (signal.aborted) return;
      if (data.kind === 'ended') return end();
      try {
        hear(data);
      } catch (error) {
        reader.terminate();
        reject(error);
      }
    });
    const csrf = sessionToken();
    const name = `carrel ${document.documentElement.lang} ${csrf}`;
    reader.postMessage({ from, csrf, name } satisfies Listen);
  });
}
