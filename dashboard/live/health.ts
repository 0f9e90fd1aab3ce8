/** Why: what is wrong with Carrel itself. Notices stay the same while nothing changes, so that they cost no deltas. */
import type { BrokerStats } from '#broker';
import type { StoreStatus } from '#store';
import type { Notice } from '../said/said.ts';

/** Notices about databases and the log of accepted frames, worst first. */
export function healthOf(
  stores: readonly StoreStatus[],
  { wal }: Pick<BrokerStats, 'wal'>,
  sitesWithoutHours: number,
): Notice[] {
  const notices = [...walNotices(wal), ...stores.flatMap(storeNotices)];
  if (sitesWithoutHours > 0) {
    notices.push({
      code: 'NO_HOURS',
      severity: 'info',
      said: { code: 'notice.no_hours', n: sitesWithoutHours },
      since: null,
    });
  }
  return notices;
}

export function worstFirst(notices: readonly Notice[]): Notice[] {
  const rank = { critical: 0, warning: 1, info: 2 } as const;
  return notices.toSorted((a, b) => rank[a.severity] - rank[b.severity]);
}

function walNotices(wal: BrokerStats['wal']): Notice[] {
  if (!wal.writable)
    return [
      {
        code: 'WAL_UNWRITABLE',
        severity: 'critical',
        said: { code: 'notice.wal_unwritable', error: wal.error ?? null },
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
        said: { code: 'notice.wal_80' },
        since,
      },
    ];
  if (share >= 0.5)
    return [
      {
        code: 'WAL_FULL_50',
        severity: 'warning',
        said: { code: 'notice.wal_50' },
        since,
      },
    ];
  return [];
}

function storeNotices(store: StoreStatus): Notice[] {
  const { name, primary, state, error, since_ms: since, quarantined } = store;
  const notices: Notice[] = [];
  if (state === 'down')
    notices.push({
      code: 'STORE_DOWN',
      severity: 'warning',
      said: { code: 'notice.store_down', name, error, primary },
      since,
    });
  if (state === 'refused')
    notices.push({
      code: 'STORE_REFUSED',
      severity: 'critical',
      said: { code: 'notice.store_refused', name, error },
      since,
    });
  if (store.filling)
    notices.push({
      code: 'STORE_FILLING',
      severity: 'info',
      said: {
        code: 'notice.store_filling',
        name,
        from: store.filling.from,
        percent: Math.floor(store.filling.share * 100),
      },
      since: null,
    });
  if (quarantined > 0)
    notices.push({
      code: 'STORE_QUARANTINE',
      severity: 'warning',
      said: { code: 'notice.store_quarantine', name },
      since: null,
    });
  return notices;
}
