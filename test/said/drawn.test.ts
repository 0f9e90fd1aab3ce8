/** Why: what the server draws and sends itself is read by people too: none of it is English in another language, whatever it is about. */
import { describe, expect, test } from 'vitest';
import { ALERT_RULES, type Language, type LiveRow } from '#contract';
import { createActLinks } from '../../dashboard/notify/links.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt } from '../../dashboard/report/report.ts';
import { registerAccessibilityRoutes } from '../../dashboard/routes/accessibility.ts';
import { registerPublicStatusRoutes } from '../../dashboard/routes/public-status.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { NIGHT, night } from '../incident/world.ts';
import { reportWorld } from '../report/world.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { foreignWords } from './foreign-words.ts';

const LANGUAGES: readonly Language[] = ['lt', 'ru'];
/** What people, places, programs and files are called here. */
const NAMES = [
  ...['Library', 'library.example', 'operator', 'rasa', 'Skaidula', 'Zarasų r.', 'SHA-256', 'ZAR-RING-1'],
  ...['WCAG', 'EN 301 549', 'axe', 'Chromium', 'OpenStreetMap'],
  // As an older version stored it: said to be English.
  'No sign of life for 5 min; the limit is 5 min.',
];

/** All that is read or read out: text, titles and labels; the values of forms are codes. */
function said(body: string): string[] {
  const visible = body.replace(/<(script|style)\b[^>]*>.*?<\/\1>/gs, ' ').replace(/data-\w+="[^"]*"/g, '');
  const attributes = [...visible.matchAll(/\b(?:aria-label|title|alt|placeholder|content)="([^"]*)"/g)];
  const texts = visible.replace(/<[^>]*>/g, '\n').split('\n');
  return [...texts, ...attributes.map(([, text = '']) => text)].map((text) => text.trim()).filter(Boolean);
}
const english = (body: string): string[] => said(body).filter((text) => foreignWords(text, NAMES).length > 0);

/** Each page that the server draws of a month, of a status and about itself. */
async function drawn(): Promise<{ dashboard: TestDashboard; cookie: string }> {
  const routes = [registerPublicStatusRoutes, registerAccessibilityRoutes, registerReportRoutes];
  const dashboard = await testDashboard({ env: { CARREL_PUBLIC_STATUS: 'on' }, routes });
  const { store } = await reportWorld(dashboard.state);
  Object.assign(dashboard.broker.store, store);
  dashboard.clock.nowMs = closesAt('2026-10') + 3_600_000;
  await closeMonths({ state: dashboard.state, store }, closesAt('2026-10'));
  const rows = (['meets', 'below'] as const).map((state, i) => ({ ap: 'ab'[i], site: 'ab'[i], state }) as LiveRow);
  dashboard.live.now = () => ({ at: dashboard.clock.nowMs, rows });
  return { dashboard, cookie: (await dashboard.signIn('viewer', PASSWORD)).cookie };
}
const PAGES = ['/status', '/status/a', '/badge/a.svg', '/accessibility', '/reports/2026-10', '/reports/2026-11'];

describe.each(LANGUAGES)('in %s', (lang) => {
  test('public status, badge, accessibility statement and the month on paper have no English', async () => {
    const { dashboard, cookie } = await drawn();
    for (const url of PAGES) {
      const { body, statusCode } = await dashboard.app.inject({ url: `${url}?lang=${lang}`, headers: { cookie } });
      expect([url, statusCode, english(body)]).toEqual([url, 200, []]);
      const inEnglish = await dashboard.app.inject({ url: `${url}?lang=en`, headers: { cookie } });
      expect(english(inEnglish.body).length, url).toBeGreaterThan(0);
    }
  });

  test.each(ALERT_RULES)('the page of an incident of the rule %s has none, signed in and by a link', async (rule) => {
    const it = await night({ rule, lang });
    const { cookie } = await it.enter('operator');
    const item = it.state.outbox.get(it.item);
    const token = item && createActLinks(it.state).forItem(item, NIGHT);
    const headers = { cookie: `${cookie}; carrel-lang=${lang}`, 'accept-language': lang };
    for (const url of [`/alerts/${it.incident}`, `/a/${token}`]) {
      const { body, statusCode } = await it.app.inject({ url, headers });
      expect([url, statusCode, english(body)]).toEqual([url, 200, []]);
    }
  });
});
