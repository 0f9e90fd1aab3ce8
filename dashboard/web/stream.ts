/** Why: the edge of the live view: holds the stream open, reconnects with jittered back-off, fetches what the reducer needs. */
import type { AlertView, LivePoll, LiveSnapshot } from '#contract';
import { ApiError } from './api.ts';
import { type LiveEvent, type LiveState, type Need, position, SILENT_MS } from './live.ts';
import { keepAsking, load, take } from './live-ask.ts';
import { hearLive, type Told } from './live-line.ts';

/** The parts of the roster that the live view needs. */
export interface ListedRoster {
  hash: string;
  list: string;
  access_points: readonly { id: string }[];
}
export interface StreamDeps {
  /** Applies an event to the page's state and says what it needs. */
  apply(event: LiveEvent): Need;
  state(): LiveState;
  snapshot(signal: AbortSignal): Promise<LiveSnapshot>;
  /** When the last snapshot was heard; before now where there is no connection and this device had kept one. */
  snapshotAt?(): number;
  poll(since: string, signal: AbortSignal): Promise<LivePoll>;
  /** Fetches the roster; the page shows it once its rows are there. */
  fetchRoster(signal: AbortSignal): Promise<ListedRoster>;
  /** The roster that the page shows; null before the first. */
  roster(): ListedRoster | null;
  onAlert(alert: AlertView): void;
  /** The stream broke, or the server did not answer, at this time; `why`: it refused what the page begins with. */
  onCut(at: number, why: ApiError | null): void;
  /** The line stands: a stream (null), or the page asks so often, ms. */
  onPace(everyMs: number | null): void;
  /** Each byte counts for this viewer now: the page asks now and then, and at once when somebody looks at it again. */
  saving(): boolean;
  /** The one library that the page shows; null: it shows several. */
  onlySite(): string | null;
  /** The server does not know this session any more, or another one has begun in this browser. */
  onSignedOut(): void;
}

const HIDDEN_MS = 5 * 60_000;
/** After so long in the background a tab asks now and then: by HTTP/1.1 a browser has six connections to a server, and streams of tabs that nobody sees would keep them from the one that somebody opens. */
const GLANCE_MS = 15_000;
/** How often silence is looked for. */
const WATCH_MS = 5000;
/** Of a wait half is by chance: it is 0.5 to 30 s. */
const BACKOFF = { firstMs: 1000, capMs: 30_000 };
/** After so many streams that never opened or fell silent at once, a network is taken for one that lets none through. */
const TRIES = 3;
const POLL_MS = 5000;
/** Of who saves data, and in the background: a row that changed ten times comes once. */
const SAVING_MS = 10_000;
/** So often such a network is tried again. */
const POLLS = 24;
/** A stream that ended within this time was no stream. */
const SHORT_MS = 10_000;

export interface Stream {
  /** Somebody does not want to wait for the next try. */
  tryNow(): void;
  /** Ends it and everything it waits for. */
  stop(): void;
}

/** Starts the live view. */
export function startStream(deps: StreamDeps): Stream {
  const over = new AbortController();
  const watch = watchLine(deps, over.signal);
  void run(deps, watch, over.signal);
  return {
    tryNow: watch.wake,
    stop() {
      over.abort();
      watch.stop();
    },
  };
}

async function run(deps: StreamDeps, { asks, begin, pause }: Watch, over: AbortSignal): Promise<void> {
  let failures = 0;
  let silent = 0;
  const ask = (everyMs: number, turns: number, signal: AbortSignal): Promise<End> =>
    keepAsking(deps, { everyMs, turns, pause }, signal);
  while (!over.aborted) {
    const begun = Date.now();
    const saves = asks();
    const signal = begin();
    const end = saves ? await ask(SAVING_MS, Number.POSITIVE_INFINITY, signal) : await once(deps, signal);
    if (over.aborted) return;
    deps.onCut(Date.now(), end instanceof ApiError ? end : null);
    failures = end === 'heard' ? 0 : failures + 1;
    silent = end === 'heard' || (end === 'opened' && Date.now() - begun > SHORT_MS && !signal.aborted) ? 0 : silent + 1;
    if (silent >= TRIES && !saves && (await ask(POLL_MS, POLLS, begin())) === 'heard') silent = TRIES - 1;
    const fullMs = Math.min(BACKOFF.capMs, BACKOFF.firstMs * 2 ** Math.min(failures, 8));
    await pause(fullMs * (0.5 + Math.random() / 2));
  }
}

interface Watch {
  /** Whether to ask now and then instead of listening. */
  asks(): boolean;
  /** A connection begins: it is ended by the signal when nothing is heard or nobody looks. */
  begin(): AbortSignal;
  /** Ends early at a look at the page and when its network is back. */
  pause(ms: number): Promise<void>;
  /** Ends a pause. */
  wake(): void;
  stop(): void;
}

/** Ends a connection that is of no use any more. */
function watchLine(deps: StreamDeps, over: AbortSignal): Watch {
  let link = new AbortController();
  let wake: () => void = () => undefined;
  // A tab that begins in the background was not left for a glance elsewhere.
  let hiddenSince = document.hidden ? Date.now() - GLANCE_MS : null;
  let begun = Date.now();
  let asked = false;
  const hiddenFor = (ms: number) => hiddenSince !== null && Date.now() - hiddenSince >= ms;
  const away = () => hiddenFor(HIDDEN_MS);
  const asks = () => deps.saving() || hiddenFor(GLANCE_MS);
  const timer = setInterval(() => {
    const { heardAt } = deps.state();
    // A connection that was just begun has its time, however old the last word is.
    const silent = heardAt !== null && Date.now() - Math.max(heardAt, begun) > SILENT_MS;
    if (silent || away() || asks() !== asked) link.abort();
  }, WATCH_MS);
  const visible = () => {
    hiddenSince = document.hidden ? Date.now() : null;
    if (document.hidden) return;
    if (asks() !== asked) link.abort();
    wake();
  };
  const online = () => wake();
  document.addEventListener('visibilitychange', visible);
  addEventListener('online', online);
  return {
    asks,
    begin() {
      link = new AbortController();
      begun = Date.now();
      asked = asks();
      return AbortSignal.any([over, link.signal]);
    },
    pause: (ms) =>
      new Promise((resolve) => {
        wake = resolve;
        // Away for long: only a look at the page ends it.
        if (!away()) setTimeout(resolve, ms);
      }),
    wake: () => wake(),
    stop() {
      wake();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', visible);
      removeEventListener('online', online);
    },
  };
}

/** What came of one connection: words, an open but mute stream, or nothing, with the reason where the server gave one. */
export type End = 'heard' | 'opened' | 'refused' | ApiError;

/** One connection, from opening to its end. */
async function once(deps: StreamDeps, signal: AbortSignal): Promise<End> {
  let end: End = 'refused';
  try {
    // Without a position everything comes first and the stream goes on from it: one round trip less than the other way round.
    if (position(deps.state()) === null) await load(deps, signal);
    const from = position(deps.state());
    let fetches: (need: Need) => void = () => undefined;
    await hearLive(from, signal, (told) => {
      if (told.kind === 'refused') {
        if (told.status === 401 || told.status === 403) deps.onSignedOut();
      } else if (told.kind === 'opened') {
        end = 'opened';
        fetches = fetcher(deps, signal);
        fetches(deps.apply({ kind: 'opened', resumed: from !== null }));
        if (from !== null && deps.roster()?.hash !== deps.state().roster) fetches('roster');
      } else {
        // A window that listens to another's stream gets the rest by asking, too: only a beat shows that the stream stands.
        if (told.kind === 'hb') {
          if (end !== 'heard') deps.onPace(null);
          end = 'heard';
        }
        fetches(onEvent(deps, told));
      }
    });
  } catch (error) {
    if (error instanceof ApiError) return error;
    if (!signal.aborted && !(error instanceof TypeError)) console.warn('live stream ended', error);
  }
  return end;
}

function onEvent(deps: StreamDeps, told: Told): Need {
  const now = Date.now();
  if (told.kind === 'step') return deps.apply({ kind: 'delta', delta: told.step, now });
  if (told.kind === 'hb') return deps.apply({ kind: 'hb', at: told.at, now });
  if (told.kind === 'roster') return deps.apply({ kind: 'roster', hash: told.hash, now });
  if (told.kind === 'reset') return deps.apply({ kind: 'reset', now });
  if (told.kind === 'alert') deps.onAlert(told.alert);
  return 'nothing';
}

/** Fetches what is needed, again with back-off until it came or the connection ended. */
function fetcher(deps: StreamDeps, signal: AbortSignal): (need: Need) => void {
  const again = async (need: Need, failures: number): Promise<void> => {
    try {
      if (need === 'snapshot') fetches(await take(deps, await deps.snapshot(signal), signal));
      else if (need === 'roster' && (await deps.fetchRoster(signal)).list !== deps.state().list)
        fetches(deps.apply({ kind: 'reset', now: Date.now() }));
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
