/** Why: what was reported of a month stays as it was reported; data that came later makes another revision beside it. */
import type { ComplianceRevision } from '#contract';
import type { Database } from './database.ts';
import type { ReportIssue, ReportState } from './index.ts';
import { bytes, number, type Row, text } from './row.ts';

export function reportState(database: Database): ReportState {
  return {
    add({ month, revision, closed_at, sha256, changed, verdicts_changed, body }) {
      database.run(
        'INSERT INTO reports (month, revision, closed_at, sha256, changed, verdicts_changed, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
        month,
        revision,
        closed_at,
        sha256,
        changed,
        verdicts_changed,
        body,
      );
    },
    issue(month, revision) {
      const row = database.get(
        'SELECT * FROM reports WHERE month = ?1 AND (?2 IS NULL OR revision = ?2) ORDER BY revision DESC LIMIT 1',
        month,
        revision ?? null,
      );
      return row && issueOf(row);
    },
    revisions: (month) =>
      database
        .all(
          'SELECT revision, closed_at, sha256, changed, verdicts_changed FROM reports WHERE month = ? ORDER BY revision',
          month,
        )
        .map(revisionOf),
    months: () =>
      database
        .all(
          'SELECT month, max(revision) AS revision, max(closed_at) AS closed_at FROM reports GROUP BY month ORDER BY month DESC',
        )
        .map((row) => ({
          month: text(row, 'month'),
          revision: number(row, 'revision'),
          closed_at: number(row, 'closed_at'),
        })),
  };
}

function issueOf(row: Row): ReportIssue {
  return { ...revisionOf(row), month: text(row, 'month'), body: bytes(row, 'body') };
}

function revisionOf(row: Row): ComplianceRevision {
  return {
    revision: number(row, 'revision'),
    closed_at: number(row, 'closed_at'),
    sha256: text(row, 'sha256'),
    changed: number(row, 'changed'),
    verdicts_changed: number(row, 'verdicts_changed'),
  };
}
