/** A trouble has one name: who reads a message finds the same words on the page. */
import { expect, test } from 'vitest';
import { RULE_NAMES as saidEn } from '../../dashboard/said/en/rule-names.ts';
import { RULE_NAMES as saidLt } from '../../dashboard/said/lt/rule-names.ts';
import { RULE_NAMES as saidRu } from '../../dashboard/said/ru/rule-names.ts';
import { alertWords as pageLt } from '../../dashboard/web/lt/words-alerts.ts';
import { alertWords as pageRu } from '../../dashboard/web/ru/words-alerts.ts';
import { alertWords as pageEn } from '../../dashboard/web/words-alerts.ts';

test.each([
  ['en', saidEn, pageEn],
  ['lt', saidLt, pageLt],
  ['ru', saidRu, pageRu],
])('rules have the same names in messages and on the page in %s', (_, said, page) => {
  expect(said).toEqual(page.rule);
});
