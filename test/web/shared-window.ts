/**
 * Why: runs in a real browser window: the page's own stream, reducer and reading thread, with nothing drawn, so that a test can hold what it
 * knows against the server's snapshot. Its time goes ten times as fast as the clock on the wall, as the test's server's does.
 */
import { type LivePoll, type LiveSnapshot, type Me, type RosterColumns, unpackRoster } from '#contract';
import { ask, get, useSession } from '../../dashboard/web/api.ts';
import { EMPTY, reduce } from '../../dashboard/web/live.ts';
import { startStream } from '../../dashboard/web/stream.ts';
import { knownOf } from './known.ts';

const SPEED = 10;

let hidden = false;
let signedOut = false;
let alerts = 0;
let state = EMPTY;
let roster: ReturnType<typeof unpackRoster> | null = null;

function hurry(): void {
  const [begun, now] = [Date.now(), Date.now];
  const { setTimeout: wait, setInterval: repeat } = globalThis;
  Date.now = () => begun + (now() - begun) * SPEED;
  Object.assign(globalThis, {
    setTimeout: (run: () => void, ms = 0) => wait(run, ms / SPEED),
    setInterval: (run: () => void, ms = 0) => repeat(run, ms / SPEED),
  });
  Object.defineProperty(document, 'hidden', { get: () => hidden });
}

async function begin(): Promise<void> {
  hurry();
  useSession(await get<Me>('/me'));
  const stream = startStream({
    apply(event) {
      const step = reduce(state, event);
      state = step.state;
      return step.need;
    },
    state: () => state,
    snapshot: (signal) => get<LiveSnapshot>('/live/snapshot', signal),
    poll: (since, signal) => get<LivePoll>(`/live/delta?since=${since}`, signal),
    async fetchRoster(signal) {
      roster = unpackRoster(await get<RosterColumns>('/roster', signal));
      return roster;
    },
    roster: () => roster,
    onAlert: () => alerts++,
    onCut: () => undefined,
    onPace: () => undefined,
    saving: () => false,
    onlySite: () => null,
    onSignedOut() {
      signedOut = true;
      stream.stop();
    },
  });
  const carrelWindow: SharedWindow = {
    known: () => knownOf(state),
    signedOut: () => signedOut,
    alerts: () => alerts,
    signOut: () => ask('POST', '/logout'),
    hide(away) {
      hidden = away;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
  Object.assign(globalThis, { carrelWindow });
}

/** What a test asks of a window. */
export interface SharedWindow {
  known(): ReturnType<typeof knownOf>;
  signedOut(): boolean;
  /** How many it was told. */
  alerts(): number;
  hide(away: boolean): void;
  signOut(): Promise<unknown>;
}

await begin();
