/** Why: the page's shared state as signals, joined once per tick: roster and live rows become lines that every page reads. */

import { batch, computed, signal } from '@preact/signals';
import {
  type AccessPoint,
  type AlertView,
  AP_STATES,
  type LiveRow,
  type Me,
  type Probe,
  type Roster,
  type Site,
} from '#contract';
import { ApiError, get, post, useSession, whenSignedOut } from './api.ts';
import { EMPTY, freshness, type LiveState, reduce } from './live.ts';
import { go } from './router.ts';
import { startStream } from './stream.ts';
import { remember } from './theme-choice.ts';

/** One access point as pages show it. */
export interface Line {
  row: LiveRow;
  ap: AccessPoint;
  site: Site /** Name for people: the site's, with the access point's where the site has several. */;
  name: string;
  /** Place in the order of names: comparing words by language for 1,200 rows at each tick would cost more than the rest of it. */
  rank: number;
}

/** Undefined while nobody has been asked, null when nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);
export const live = signal<LiveState>(EMPTY);
export const roster = signal<Roster | null>(null);
export const cutAt = signal<number | null>(null);
/** This browser's clock, once a second. Ages are computed from it, so a page without news visibly grows old. */
export const now = signal(Date.now());
/** Newest alert that the stream told; pages merge it into what they loaded. */
export const lastAlert = signal<AlertView | null>(null);

export const fresh = computed(() => freshness(live.value.heardAt, cutAt.value, now.value));
/** The server's clock as far as this browser can tell, ms: ages must not depend on a wrong clock of the viewer. */
export const serverNow = computed(
  () => now.value + (live.value.heardAt === null ? 0 : live.value.serverAt - live.value.heardAt),
);

const collator = new Intl.Collator(undefined, { numeric: true });

/** What only the roster decides, made once per version of it. */
const index = computed(() => {
  const known = roster.value;
  const sites = new Map(known?.sites.map((site) => [site.id, site]));
  const perSite = new Map<string, number>();
  for (const ap of known?.access_points ?? []) perSite.set(ap.site, (perSite.get(ap.site) ?? 0) + 1);
  const named = (known?.access_points ?? []).flatMap((ap) => {
    const site = sites.get(ap.site);
    if (!site) return [];
    return [{ ap, site, name: (perSite.get(ap.site) ?? 0) > 1 ? `${site.name}, ${ap.name}` : site.name }];
  });
  named.sort((a, b) => collator.compare(a.name, b.name));
  return { sites, named: named.map((one, rank) => ({ ...one, rank })) };
});

/** The newest line of each access point. */
const kept = new Map<string, Line>();

/** Every access point of the roster with its live row, by name. A line that did not change stays the same object: it is not drawn again. */
export const lines = computed<readonly Line[]>(() => {
  const rows = live.value.rows;
  return index.value.named.flatMap(({ ap, site, name, rank }) => {
    const row = rows.get(ap.id);
    if (!row) return [];
    const before = kept.get(ap.id);
    if (before && before.row === row && before.ap === ap && before.name === name && before.rank === rank)
      return [before];
    const line: Line = { row, ap, site, name, rank };
    kept.set(ap.id, line);
    return [line];
  });
});
export const ready = computed(() => roster.value !== null && live.value.epoch !== null);

export const severity = (line: Line) => AP_STATES.indexOf(line.row.state);
export const siteOf = (id: string): Site | undefined => index.value.sites.get(id);
export const probesOf = (ap: string): Probe[] =>
  (roster.value?.probes ?? []).filter((probe) => probe.access_point === ap);

/** The one target of all access points, or null where they differ. Mb/s. */
export const commonTarget = computed(() => {
  const targets = new Set(roster.value?.access_points.map((ap) => ap.target_mbps));
  const [only] = targets;
  return targets.size === 1 && only !== undefined ? only : null;
});

/** Asks who is signed in. */
export async function whoAmI(): Promise<void> {
  try {
    signedIn(await get<Me | null>('/me'));
  } catch {
    signedIn(null);
  }
}

export function signedIn(who: Me | null): void {
  useSession(who);
  remember('carrel.signedIn', who ? 'yes' : 'no'); // for early.ts
  me.value = who;
}

/** Ends the session. Without an answer nothing has ended, and the page stays. */
export async function signOut(): Promise<void> {
  try {
    await post('/logout');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return;
  }
  signedIn(null);
  go('/login');
}

/** Starts clock and live view; the returned function stops both. */
export function startLive(): () => void {
  const clock = setInterval(() => {
    now.value = Date.now();
  }, 1000);
  const forget = () => signedIn(null);
  whenSignedOut(forget);
  const stop = startStream({
    state: () => live.value,
    apply(event) {
      const step = reduce(live.value, event);
      batch(() => {
        live.value = step.state;
        now.value = Date.now();
      });
      return step.need;
    },
    snapshot: (signal) => get('/live/snapshot', signal),
    roster: (signal) => get('/roster', signal),
    rosterHash: () => roster.value?.hash ?? null,
    onRoster: (fetched) => {
      roster.value = fetched;
    },
    onAlert: (alert) => {
      lastAlert.value = alert;
    },
    onCut: (at) => {
      cutAt.value = at;
    },
    onSignedOut: forget,
  });
  return () => {
    stop();
    clearInterval(clock);
    batch(() => {
      live.value = EMPTY;
      roster.value = null;
      kept.clear();
      cutAt.value = null;
    });
  };
}

/** Fetches the roster again after an edit made on this page; the stream would bring it too, a moment later. */
export async function refreshRoster(): Promise<void> {
  roster.value = await get<Roster>('/roster');
}
