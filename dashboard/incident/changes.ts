/** Why: most faults follow a change. What was done to this line in two days, by people and by the device itself, newest first. */
import type { AuditAction, AuditEntry } from '#contract';
import type { State } from '#state';
import type { StoreReader } from '#store';
import { inTime } from './in-time.ts';

export type Change =
  | { at: number; what: 'edited'; who: string; action: LineAction }
  | { at: number; what: 'started' | 'restarted'; agent: string };
export interface Subject {
  ap: string;
  site: string | null;
  probe: string | null;
  now: number;
}

const BACK_MS = 2 * 86_400_000;
const TRAIL_MOST = 500;
const SHOWN = 8;
/** What people do to a line; acknowledgements and notes stand elsewhere on the page. */
const LINE_ACTIONS = [
  'site changed',
  'access point changed',
  'probe moved',
  'credential renewed',
  'probe revoked',
  'test asked for',
  'silence added',
  'maintenance added',
  'site closed for a day',
  'site open after all',
  'rules edited',
] as const satisfies AuditAction[];
export type LineAction = (typeof LINE_ACTIONS)[number];

export async function changesOf(
  { state, store }: { state: Pick<State, 'auditTrail'>; store: Pick<StoreReader, 'events'> },
  { ap, site, probe, now }: Subject,
): Promise<Change[]> {
  const names = new Set([ap, site, probe].filter((name) => name !== null));
  const concerns = (entry: AuditEntry): boolean =>
    entry.at >= now - BACK_MS && (entry.action === 'rules edited' || namesIn(entry).some((name) => names.has(name)));
  const edits = state.auditTrail({ limit: TRAIL_MOST }).flatMap((entry): Change[] => {
    const action = LINE_ACTIONS.find((one) => one === entry.action);
    return action && concerns(entry) ? [{ at: entry.at, what: 'edited', who: entry.who, action }] : [];
  });
  const boots = probe === null ? [] : await bootsOf(store, probe, now);
  return [...edits, ...boots].sort((a, b) => b.at - a.at).slice(0, SHOWN);
}

/** An older version wrote names into a sentence. */
const namesIn = ({ facts, detail }: AuditEntry): string[] =>
  facts ? [facts.ap, facts.site, facts.probe].filter((name) => name !== undefined) : detail.split(/[\s:,]+/);

async function bootsOf(store: Pick<StoreReader, 'events'>, probe: string, now: number): Promise<Change[]> {
  const range = { from_ms: now - BACK_MS, to_ms: now + 1 };
  const asked = store.events({ probes: [probe], kinds: ['boot'], ...range, limit: SHOWN, order: 'newest' });
  const rows = await inTime(asked, []);
  return rows.flatMap(({ t_ms, event }): Change[] =>
    event.kind === 'boot'
      ? [{ at: Math.round(t_ms), what: event.reboot ? 'restarted' : 'started', agent: event.agent }]
      : [],
  );
}
