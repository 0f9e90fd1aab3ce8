/**
 * Why: of the windows of one session one reads the stream and tells the others: the one that holds the browser's lock of their name. The lock is
 * given on at once when that window is closed, hidden, or crashes, and no step is lost: the next one reads on from the last that it heard.
 * Part of the reading thread (live-reader.ts).
 */
import type { LivePoll } from '#contract';
import { stepOf } from './live-delta.ts';
import type { Listen, Told } from './live-line.ts';
import type { ShareDeps } from './live-reader.ts';

/** What windows say to each other. */
type Shared = Told | { kind: 'hello' };

/** Two beats: a window that says nothing for so long stands still, and its lock is taken from it before a page takes the silence for a cut. */
const PATIENCE_MS = 30_000;
/** Not all windows at once. */
const APART_MS = 5000;
const LOOK_MS = 1000;

Object.assign(globalThis, { carrelShare: share });

/** Until the stream ended that this window read, or the server refused it. */
async function share(deps: ShareDeps): Promise<void> {
  const { from, name } = deps.listen;
  // Over plain http a browser has no locks: each window reads for itself.
  if (!navigator.locks) return lead(deps, from, null);
  const others = new BroadcastChannel(name);
  const alone = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock) await lead(deps, from, others);
    return lock !== null;
  });
  if (!alone) await follow(deps, others);
}

/** Reads the stream on from an event, for this window and all others, until it ends. */
function lead(
  { listen, read, tell, handOver }: ShareDeps,
  from: string | null,
  others: BroadcastChannel | null,
): Promise<void> {
  let beat: { at: number; here: number } | null = null;
  // A window that begins to listen must not wait for the next beat to know that the stream stands.
  others?.addEventListener('message', ({ data }: MessageEvent<Shared>) => {
    if (data.kind !== 'hello' || !beat) return;
    others.postMessage({ kind: 'hb', at: beat.at + performance.now() - beat.here } satisfies Shared);
  });
  const place: Record<string, string> = from === null ? {} : { 'last-event-id': from };
  return read({ ...place, ...session(listen) }, (told) => {
    if (told.kind === 'hb') beat = { at: told.at, here: performance.now() };
    others?.postMessage(told satisfies Shared);
    tell(told, told.kind === 'step' ? handOver(told.step) : []);
  });
}

/** Tells the server whose window asks. */
const session = ({ csrf }: Listen): Record<string, string> => (csrf ? { 'x-csrf-token': csrf } : {});

/** Hears what another window reads, and reads itself when the lock comes to it. */
async function follow(deps: ShareDeps, others: BroadcastChannel): Promise<void> {
  const { listen, tell } = deps;
  const patienceMs = PATIENCE_MS + Math.random() * APART_MS;
  let at = listen.from;
  let heardAt = performance.now();
  let waiting: Told[] | null = [];
  const hear = (told: Told): void => {
    if (told.kind === 'step') at = `${told.step.epoch}-${told.step.seq}`;
    tell(told);
  };
  const take = ({ data }: MessageEvent<Shared>): void => {
    if (data.kind === 'hello') return;
    heardAt = performance.now();
    if (waiting) waiting.push(data);
    else hear(data);
  };
  // First the ear, then the question: what happens between the two is heard twice rather than not at all.
  others.addEventListener('message', take);
  others.postMessage({ kind: 'hello' } satisfies Shared);
  const missed = await missedSince(at, session(listen));
  if (typeof missed === 'number') return tell({ kind: 'refused', status: missed });
  tell({ kind: 'opened' });
  for (const told of [...missed, ...waiting]) hear(told);
  waiting = null;

  const tired = new AbortController();
  const watch = setInterval(() => performance.now() - heardAt > patienceMs && tired.abort(), LOOK_MS);
  const next = (): Promise<void> => {
    clearInterval(watch);
    others.removeEventListener('message', take);
    return lead(deps, at, others);
  };
  await navigator.locks.request(listen.name, { signal: tired.signal }, next).catch((error: unknown) => {
    if (!tired.signal.aborted) throw error;
    return navigator.locks.request(listen.name, { steal: true }, next);
  });
}

/** What this window did not hear since an event; the status of a refusal. Without a position the page asks for everything. */
async function missedSince(at: string | null, headers: Record<string, string>): Promise<Told[] | number> {
  if (at === null) return [];
  const init: RequestInit = { headers, credentials: 'same-origin', cache: 'no-store' };
  const response = await fetch(`/api/v1/live/delta?since=${at}`, init);
  if (!response.ok) return response.status;
  // Typed by the contract, as all that the server answers.
  const answer = (await response.json()) as LivePoll;
  if (answer.kind === 'reset') return [{ kind: 'reset' }];
  return [
    ...(answer.delta ? [{ kind: 'step', step: stepOf(answer.delta) } as const] : []),
    { kind: 'roster', hash: answer.roster },
    ...answer.alerts.map((alert) => ({ kind: 'alert', alert }) as const),
  ];
}
