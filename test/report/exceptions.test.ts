import { expect, it } from 'vitest';
import type { ComplianceRow } from '#contract';
import { LANGUAGES } from '../../dashboard/language.ts';
import { exceptionsOf } from '../../dashboard/report/exceptions.ts';
import { causeText, PAPER_WORDS, points } from '../../dashboard/report/paper-words.ts';

const row = (change: Partial<ComplianceRow>): ComplianceRow => ({
  ap: 'hall',
  site: 's',
  site_name: 'Library',
  region: 'north',
  isp: 'isp',
  target_mbps: 30,
  verdict: 'not_met',
  why: '',
  planned: 100,
  passed: 40,
  failed: 50,
  inconclusive: 0,
  coverage_pct: 90,
  share_pct: 44.4,
  share_low_pct: 34,
  share_high_pct: 55,
  median_mbps: 24,
  p10_mbps: 12,
  expected_s: 1000,
  up_s: 900,
  down_s: 0,
  unknown_s: 100,
  availability_pct: 100,
  ...change,
});
const causes = (change: Partial<ComplianceRow>, contract: number | null = null): unknown =>
  exceptionsOf([row(change)], new Map([['hall', contract]]))[0]?.causes;

it('a line whose contract promises less than the target says so first', () => {
  expect(causes({}, 20)).toEqual([
    { code: 'contract', mbps: 20 },
    { code: 'slow', percent: 500 / 9 },
  ]);
});

it('a share whose interval holds the share that is asked for is close', () => {
  expect(causes({ passed: 79, failed: 11, share_high_pct: 93 })).toContainEqual({ code: 'close' });
});

it('too little data is a silent probe, an outage or tests that could not tell, the weightiest first', () => {
  const seen = {
    verdict: 'not_enough_data',
    passed: 30,
    failed: 0,
    inconclusive: 8,
    unknown_s: 600,
    down_s: 70,
  } as const;
  expect(causes(seen)).toEqual([
    { code: 'silent', percent: 60 },
    { code: 'inconclusive', count: 8 },
    { code: 'down', percent: 7 },
  ]);
  expect(causes({ verdict: 'not_enough_data', planned: 0 })).toEqual([{ code: 'no_probe' }]);
});

it('who met the target is no exception', () => {
  expect(exceptionsOf([row({ verdict: 'met' })], new Map())).toEqual([]);
});

it('counts take the form that each language asks for', () => {
  const said = (n: number): string[] => LANGUAGES.map((lang) => points(n, PAPER_WORDS[lang]).replaceAll('\u00a0', ' '));
  expect(said(1)).toEqual(['1 access point', '1 prieigos taškas', '1 точка доступа']);
  expect(said(3)).toEqual(['3 access points', '3 prieigos taškai', '3 точки доступа']);
  expect(said(11)).toEqual(['11 access points', '11 prieigos taškų', '11 точек доступа']);
  expect(causeText({ code: 'slow', percent: 29.96 }, PAPER_WORDS.lt)).toContain('29,9');
});
