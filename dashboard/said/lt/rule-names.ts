/** Why: what each rule calls the trouble it finds, the same in messages, on the incident's page and, by a test, on the page. */
import type { AlertRule } from '#contract';

export const RULE_NAMES: Readonly<Record<AlertRule, string>> = {
  slow: 'Žemiau tikslo',
  dark: 'Be ryšio',
  silent: 'Nėra matavimų',
  quality: 'Prasta ryšio kokybė',
  device: 'Matuoklio bėda',
  budget: 'Išnaudotas duomenų limitas',
  clock: 'Neteisingas laikrodis',
  weak: 'Per silpnas matuoklis',
  cloned: 'Dvigubas matuoklis',
  server: 'Matavimo serverio bėda',
  outdated: 'Pasenęs agentas',
  database: 'Duomenų bazė nepriima',
  group: 'Sutriko daug kartu',
};
