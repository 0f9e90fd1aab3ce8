/** Why: the live view by asking: all of it at first, and what changed since now and then, where no stream can be had or each byte counts. */
import type { LivePoll, LiveSnapshot } from '#contract';
import { ApiError } from './api.ts';
import { type Need, position } from './live.ts';
import { stepOf } from './live-delta.ts';
import type { End, StreamDeps } from './stream.ts';

export interface Asking {
  /** Between two questions, ms. */
  everyMs: number;
  /** So often, at most. */
  turns: number;
  pause(ms: number): Promise<void>;
}

/** Who looks at one library is told of the others each so many turns. */
const WHOLE = 6;

/** Asks what changed so often, or until `signal` ends it. Says what became of it. */
export async function keepAsking(deps: StreamDeps, asking: Asking, signal: AbortSignal): Promise<End> {
  try {
    for (let turn = 0; turn < asking.turns && !signal.aborted; turn++) {
      const from = position(deps.state());
      const site = deps.onlySite();
      if (site !== null && from !== null && turn % WHOLE !== 0) {
        await (await import('./live-part.ts')).askPart(deps, site, signal);
        deps.onPace(asking.everyMs);
        await asking.pause(asking.everyMs);
        continue;
      }
      const answer = from === null ? ({ kind: 'reset' } as const) : await deps.poll(from, signal);
      if (answer.kind === 'reset') await load(deps, signal);
      else await takePoll(deps, answer, signal);
      // In the background nobody has to be told.
      deps.onPace(document.hidden ? null : asking.everyMs);
      await asking.pause(asking.everyMs);
    }
    return 'heard';
  } catch (error) {
    if (error instanceof ApiError && error.problem.status === 403) deps.onSignedOut();
    if (error instanceof ApiError) return error;
    if (!signal.aborted) console.warn('polling ended', error);
    return 'refused';
  }
}

async function takePoll(deps: StreamDeps, answer: LivePoll & { kind: 'delta' }, signal: AbortSignal): Promise<void> {
  const now = Date.now();
  deps.apply({ kind: 'opened', resumed: true });
  const need = answer.delta ? deps.apply({ kind: 'delta', delta: stepOf(answer.delta), now }) : 'nothing';
  deps.apply({ kind: 'hb', at: answer.at, now });
  for (const alert of answer.alerts) deps.onAlert(alert);
  if (need === 'snapshot' || answer.roster !== deps.state().roster) await load(deps, signal);
}

/** Snapshot and roster, until both speak of the same list. */
export async function load(deps: StreamDeps, signal: AbortSignal): Promise<void> {
  const first = deps.roster() === null ? deps.fetchRoster(signal) : null;
  const [snapshot] = await Promise.all([deps.snapshot(signal), first]);
  await take(deps, snapshot, signal);
}

/** Takes a snapshot, and a newer one where somebody edited the roster in between. */
export async function take(deps: StreamDeps, snapshot: LiveSnapshot, signal: AbortSignal): Promise<Need> {
  let roster = deps.roster();
  if (roster?.list !== snapshot.list || roster.hash !== snapshot.roster) roster = await deps.fetchRoster(signal);
  // Somebody edited in between: the newest snapshot has the newest roster.
  if (roster.list !== snapshot.list) return take(deps, await deps.snapshot(signal), signal);
  const ids = roster.access_points.map(({ id }) => id);
  deps.apply({ kind: 'roster', hash: snapshot.roster, now: Date.now() });
  return deps.apply({ kind: 'snapshot', snapshot, ids, now: deps.snapshotAt?.() ?? Date.now() });
}
