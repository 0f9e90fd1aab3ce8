/** Why: what each probe should do (a version that only rises) and what it last said it does. */
import { type BudgetReport, type DesiredMessage, parseDesired, parseReported, type ReportedMessage } from '#contract';
import { CarrelError } from '#lib/errors';
import { requireProbe } from './bindings.ts';
import type { Database } from './database.ts';
import type { RegistryState } from './index.ts';
import { flag, json, number, type Row, text, textOrNull } from './row.ts';

/** As many as a probe reads (contract, parseDesired). */
const JOBS_MAX = 16;

export function probeDesired(
  database: Database,
): Pick<RegistryState, 'desired' | 'putDesired' | 'addJob' | 'reported' | 'putReported' | 'budgets'> {
  const desired = (probe: string): DesiredMessage | null => {
    const row = database.get('SELECT version, config, jobs FROM desired WHERE probe = ?', probe);
    return row && desiredOf(row);
  };
  const store = (probe: string, message: DesiredMessage): DesiredMessage => {
    database.run(
      `INSERT INTO desired (probe, version, config, jobs) VALUES (?, ?, ?, ?)
       ON CONFLICT (probe) DO UPDATE SET version = excluded.version, config = excluded.config, jobs = excluded.jobs`,
      probe,
      message.version,
      JSON.stringify(message.config),
      JSON.stringify(message.jobs),
    );
    return message;
  };
  return {
    desired,
    putDesired: (probe, config) =>
      database.transaction(() => {
        requireProbe(database, probe);
        const before = desired(probe);
        if (before && JSON.stringify(canonical(before.config)) === JSON.stringify(canonical(config))) return before;
        return store(probe, {
          version: (before?.version ?? 0) + 1,
          config: canonical(config),
          jobs: before?.jobs ?? [],
        });
      }),
    addJob: (probe, job, at) =>
      database.transaction(() => {
        requireProbe(database, probe);
        const before = desired(probe);
        if (!before)
          throw new CarrelError('PROBE_UNBOUND', `probe ${probe} watches no access point yet; bind it first`, {
            probe,
          });
        const waiting = before.jobs.filter((known) => known.expires > at && known.id !== job.id);
        return store(probe, { ...before, version: before.version + 1, jobs: [...waiting, job].slice(-JOBS_MAX) });
      }),
    reported(probe) {
      const row = database.get('SELECT * FROM reported WHERE probe = ?', probe);
      return row && reportedOf(row);
    },
    putReported(probe, message, at) {
      database.run(
        `INSERT INTO reported (probe, version, ok, error, agent, jobs, budget, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (probe) DO UPDATE SET version = excluded.version, ok = excluded.ok, error = excluded.error, agent = excluded.agent, jobs = excluded.jobs, budget = excluded.budget, at = excluded.at`,
        probe,
        message.version,
        Number(message.ok),
        message.error,
        message.agent,
        JSON.stringify(message.jobs),
        message.budget ? JSON.stringify(message.budget) : null,
        at,
      );
    },
    budgets: () =>
      database
        .all('SELECT budget FROM reported WHERE budget IS NOT NULL')
        .flatMap((row) => budgetOf(textOrNull(row, 'budget')) ?? []),
  };
}

/** One order of keys, so that equal configurations are equal texts. */
function canonical(config: DesiredMessage['config']): DesiredMessage['config'] {
  const { sample_s, batch, profile, target_mbps, zone, opening, closed = [], tests_per_day, budget_mb } = config;
  const days = closed.length > 0 ? { closed } : {};
  return { sample_s, batch, profile, target_mbps, zone, opening, ...days, tests_per_day, budget_mb };
}

/** Through the parser that probes use: what they would refuse is never sent to them. */
function desiredOf(row: Row): DesiredMessage {
  const message = parseDesired(
    `{"version":${number(row, 'version')},"config":${text(row, 'config')},"jobs":${text(row, 'jobs')}}`,
  );
  if (!message)
    throw new CarrelError(
      'STATE_DAMAGED',
      'the state database holds a configuration that no probe accepts; restore it from a backup',
      { column: 'desired' },
    );
  return message;
}

function budgetOf(text: string | null): BudgetReport | undefined {
  return text === null ? undefined : parseReported(`{"version":0,"budget":${text}}`)?.budget;
}

function reportedOf(row: Row): ReportedMessage & { at: number } {
  const budget = budgetOf(textOrNull(row, 'budget'));
  const jobs = json(row, 'jobs', (value) => parseReported(JSON.stringify({ version: 0, jobs: value }))?.jobs);
  return {
    version: number(row, 'version'),
    ok: flag(row, 'ok'),
    error: textOrNull(row, 'error'),
    agent: text(row, 'agent'),
    jobs,
    ...(budget && { budget }),
    at: number(row, 'at'),
  };
}
