/** Why: where values of rules come from: the settings' defaults, what was edited on the page, and a file for those who keep it under version control. */
import { readFileSync, statSync } from 'node:fs';
import { parseJson, type RulesView } from '#contract';
import { CarrelError, messageOf } from '#lib/errors';
import type { State } from '#state';
import type { DashboardSettings } from '../config.ts';
import type { Notice } from '../said/said.ts';
import { noEdits, PARAMETERS, parseEdits, type RuleEdits, type RuleTable, ruleTable } from './rules.ts';

export interface RuleStore {
  table(): RuleTable;
  view(): RulesView;
  /** Replaces what was edited on the page. @throws CarrelError RULES_INVALID */
  edit(edits: unknown, who: string, now: number): void;
  /** Reads the file again when it has changed; a wrong one keeps the values before, and is told. */
  refresh(): void;
  notices(): Notice[];
}

const KEY = 'alerts.rules';

/** @throws CarrelError RULES_UNREADABLE, RULES_INVALID when the file is wrong at start */
export function openRules(
  settings: Pick<DashboardSettings, 'CARREL_DARK_AFTER_S'> & Partial<Pick<DashboardSettings, 'CARREL_RULES'>>,
  state: Pick<State, 'keep' | 'audit' | 'transaction'>,
): RuleStore {
  const path = settings.CARREL_RULES ?? null;
  const defaults = { 'dark.after_s': settings.CARREL_DARK_AFTER_S };
  let page = keptEdits(state);
  let file = path === null ? noEdits : readFile(path);
  let seen = path === null ? 0 : changedAt(path);
  let problem: string | null = null;
  let version = 0;
  let table = make();

  function make(): RuleTable {
    version += 1;
    return ruleTable([page, file], String(version), defaults);
  }
  return {
    table: () => table,
    view: () => ({
      parameters: Object.entries(PARAMETERS).map(([name, parameter]) => ({
        name,
        ...parameter,
        default: name === 'dark.after_s' ? defaults['dark.after_s'] : parameter.default,
      })),
      page,
      file: path === null ? null : file,
    }),
    edit(edits, who, now) {
      const parsed = parseEdits(edits);
      state.transaction(() => {
        state.keep.set(KEY, JSON.stringify(parsed));
        state.audit(now, who, 'rules edited', { values: toldOf(parsed) });
      });
      page = parsed;
      table = make();
    },
    refresh() {
      if (path === null || changedAt(path) === seen) return;
      seen = changedAt(path);
      try {
        file = readFile(path);
        problem = null;
        table = make();
      } catch (error) {
        problem = messageOf(error);
      }
    },
    notices: () =>
      problem === null
        ? []
        : [
            {
              code: 'RULES_FILE',
              severity: 'warning',
              said: { code: 'notice.rules_file', error: problem },
              since: null,
            },
          ],
  };
}

/** The trail tells the first; all of them are on the page. */
const TOLD_MOST = 20;
function toldOf({ all, metered, sites }: RuleEdits): string[] {
  const groups = [
    ['', all],
    ['metered: ', metered],
    ...Object.entries(sites).map(([id, of]) => [`${id}: `, of] as const),
  ] as const;
  const values = groups.flatMap(([of, edits]) =>
    Object.entries(edits).map(([name, value]) => `${of}${name} = ${value}`),
  );
  return values.length > TOLD_MOST ? [...values.slice(0, TOLD_MOST), '…'] : values;
}

function keptEdits(state: Pick<State, 'keep'>): RuleEdits {
  const text = state.keep.get(KEY);
  if (text === null) return noEdits;
  try {
    return parseEdits(parseJson(text));
  } catch {
    return noEdits; // written by an older version with parameters that are gone
  }
}

function readFile(path: string): RuleEdits {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CarrelError(
      'RULES_UNREADABLE',
      `CARREL_RULES is ${path}, which cannot be read (${messageOf(error)})`,
      { path },
      { cause: error },
    );
  }
  return parseEdits(parseJson(text));
}

function changedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return -1;
  }
}
