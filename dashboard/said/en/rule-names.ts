/** Why: what each rule calls the trouble it finds, the same in messages, on the incident's page and, by a test, on the page. */
import type { AlertRule } from '#contract';

export const RULE_NAMES: Readonly<Record<AlertRule, string>> = {
  slow: 'Below target',
  dark: 'Offline',
  silent: 'No measurements',
  quality: 'Poor quality',
  device: 'Probe in trouble',
  budget: 'Data budget spent',
  clock: 'Wrong clock',
  weak: 'Probe too weak',
  cloned: 'Cloned probe',
  server: 'Test server in trouble',
  outdated: 'Old agent',
  database: 'Database refuses',
  group: 'Many at once',
};
