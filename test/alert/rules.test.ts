import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openRules } from '../../dashboard/alert/rule-store.ts';
import { noEdits, PARAMETERS, parseEdits, ruleTable } from '../../dashboard/alert/rules.ts';
import { memoryState } from '../support/state.ts';

const utena = { id: 'utena', metered: false };
const zarasai = { id: 'zarasai', metered: true };

describe('the rule table', () => {
  test('the more specific value wins: site, then metered, then all, then the default', () => {
    const table = ruleTable(
      [{ all: { 'dark.after_s': 100 }, metered: { 'dark.after_s': 900 }, sites: { utena: { 'dark.after_s': 10 } } }],
      '1',
    );
    expect([utena, zarasai, null].map((site) => table.number('dark.after_s', site))).toEqual([10, 900, 100]);
    expect(ruleTable([noEdits], '1').number('dark.after_s', null)).toBe(300);
  });
  test('what does not exist or is out of bounds is refused by name', () => {
    expect(() => parseEdits({ all: { 'dark.after_s': 1, nonsense: 3 }, sites: { a: { 'group.sites': 5 } } })).toThrow(
      /sites\.a\.group\.sites: can only be set for all sites; all\.dark\.after_s: a number from 5 to 86400; all\.nonsense: no such parameter/,
    );
    expect(() => parseEdits([])).toThrow(expect.objectContaining({ code: 'RULES_INVALID' }));
  });
  test('every parameter says what it is and lies within its own bounds', () => {
    for (const [name, one] of Object.entries(PARAMETERS)) {
      expect(one.description.length, name).toBeGreaterThan(10);
      if (one.type === 'number') expect(one.default >= one.min && one.default <= one.max, name).toBe(true);
    }
  });
  test('a file wins over the page, is read again when it changes, and a wrong one changes nothing and is told', () => {
    const dir = mkdtempSync(join(tmpdir(), 'carrel-rules-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    const path = join(dir, 'rules.json');
    writeFileSync(path, '{"all":{"dark.after_s":60}}');
    const state = memoryState();
    const rules = openRules({ CARREL_DARK_AFTER_S: 300, CARREL_RULES: path }, state);
    rules.edit({ all: { 'dark.after_s': 999, 'quality.loss_pct': 9 } }, 'rasa', 1);
    expect([rules.table().number('dark.after_s', null), rules.table().number('quality.loss_pct', null)]).toEqual([
      60, 9,
    ]);
    writeFileSync(path, '{"all":{"dark.after_s":"soon"}}');
    utimesSync(path, 1, 2);
    rules.refresh();
    expect([rules.table().number('dark.after_s', null), rules.notices().length]).toEqual([60, 1]);
    const again = openRules({ CARREL_DARK_AFTER_S: 300 }, state);
    expect(again.table().number('dark.after_s', null)).toBe(999);
    const values = ['dark.after_s = 999', 'quality.loss_pct = 9'];
    expect(state.auditTrail({ limit: 1 })).toMatchObject([{ who: 'rasa', action: 'rules edited', facts: { values } }]);
  });
});
