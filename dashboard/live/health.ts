/** Why: what is wrong with Carrel itself, in words for the page. Texts stay the same while nothing changes, so that they cost no deltas. */
import type { BrokerStats } from '#broker';
import type { HealthNotice } from '#contract';
import type { StoreStatus } from '#store';

/** Notices about databases and the log of accepted frames, worst first. */
export function healthOf(
  stores: readonly StoreStatus[],
  { wal }: Pick<BrokerStats, 'wal'>,
  sitesWithoutHours: number,
): HealthNotice[] {
  const notices = [...walNotices(wal), ...stores.flatMap(storeNotices)];
  if (sitesWithoutHours > 0) {
    notices.push({
      code: 'NO_HOURS',
      severity: 'info',
      text: `${sitesWithoutHours === 1 ? 'One site has' : `${sitesWithoutHours} sites have`} no opening hours: nothing is judged there and nobody is alerted.`,
      since: null,
    });
  }
  return notices;
}

export function worstFirst(notices: readonly HealthNotice[]): HealthNotice[] {
  const rank = { critical: 0, warning: 1, info: 2 } as const;
  return notices.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

function walNotices(wal: BrokerStats['wal']): HealthNotice[] {
  if (!wal.writable)
    return [
      {
        code: 'WAL_UNWRITABLE',
        severity: 'critical',
        text: `The log of accepted frames cannot be written${wal.error ? ` (${wal.error})` : ''}. Probes keep their data until it can.`,
        since: null,
      },
    ];
  const share = wal.capBytes > 0 ? wal.bytes / wal.capBytes : 0;
  const since = wal.oldestMs;
  if (share >= 0.8)
    return [
      {
        code: 'WAL_FULL_80',
        severity: 'critical',
        text: 'The log of accepted frames is more than 80 % full: a database must take its backlog soon, or probes will have to wait.',
        since,
      },
    ];
  if (share >= 0.5)
    return [
      {
        code: 'WAL_FULL_50',
        severity: 'warning',
        text: 'The log of accepted frames is more than half full: a database does not keep up.',
        since,
      },
    ];
  return [];
}

function storeNotices(store: StoreStatus): HealthNotice[] {
  const { name, primary, state, error, since_ms: since, quarantined } = store;
  const notices: HealthNotice[] = [];
  const effect = primary
    ? 'Charts and reports wait; live values and alerts go on'
    : 'Charts come from the first database';
  const reason = error ? ` (${error})` : '';
  if (state === 'down')
    notices.push({
      code: 'STORE_DOWN',
      severity: 'warning',
      text: `The database ${name} is down${reason}. ${effect}; frames wait in the log, nothing is lost.`,
      since,
    });
  if (state === 'refused')
    notices.push({
      code: 'STORE_REFUSED',
      severity: 'critical',
      text: `The database ${name} refuses what Carrel writes${reason}; somebody must mend it. Frames wait in the log, nothing is lost.`,
      since,
    });
  if (store.filling)
    notices.push({
      code: 'STORE_FILLING',
      severity: 'info',
      text: `The database ${name} is new and is being filled from ${store.filling.from}: ${Math.floor(store.filling.share * 100)} % of the time is in it.`,
      since: null,
    });
  if (quarantined > 0)
    notices.push({
      code: 'STORE_QUARANTINE',
      severity: 'warning',
      text: `The database ${name} did not accept some rows; they lie in the quarantine, under Settings.`,
      since: null,
    });
  return notices;
}
