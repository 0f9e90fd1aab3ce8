/** The accessibility statement is for everybody: without signing in, without a script, in each language. */
import { expect, it, onTestFinished } from 'vitest';
import { registerAccessibilityRoutes } from '../../dashboard/routes/accessibility.ts';
import { barriers } from '../support/barriers.ts';
import { chromiumPath, openBrowser, watchPage } from '../support/browser.ts';
import { BUILT_WEB } from '../support/built.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';

const open = (env: Record<string, string> = {}, web?: string): Promise<TestDashboard> =>
  testDashboard({ env, routes: [registerAccessibilityRoutes], ...(web === undefined ? {} : { web }) });

it.each([
  ['en', 'What does not work'],
  ['lt', 'Kas neveikia'],
  ['ru', 'Что не работает'],
])('says in %s what is tested and what does not work', async (lang, words) => {
  const { app } = await open();
  const { statusCode, body } = await app.inject(`/accessibility?lang=${lang}`);
  expect(statusCode).toBe(200);
  expect(body).toContain(`<html lang="${lang}">`);
  expect(body).toContain(words);
});

it('names whom to tell, as mail or as a page, and says so where nobody was named', async () => {
  const bodyOf = async (env: Record<string, string>) =>
    (await (await open(env)).app.inject('/accessibility?lang=en')).body;
  expect(await bodyOf({ CARREL_ACCESSIBILITY_CONTACT: 'help@library.example' })).toContain(
    '<a href="mailto:help@library.example">',
  );
  expect(await bodyOf({ CARREL_ACCESSIBILITY_CONTACT: 'https://library.example/form' })).toContain(
    '<a href="https://library.example/form">',
  );
  expect(await bodyOf({})).toContain('they have not given an address here');
});

it.skipIf(!chromiumPath())(
  'stands without a barrier, light and dark, wide and narrow (needs Chromium)',
  async () => {
    const { app } = await open({}, BUILT_WEB);
    const origin = await app.listen({ port: 0, host: '127.0.0.1' });
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const { page, complaints, foreign } = await watchPage(browser, origin);
    for (const lang of ['lt', 'ru', 'en']) {
      await page.goto(`${origin}/accessibility?lang=${lang}`);
      expect(await barriers(page), lang).toEqual([]);
    }
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 320, height: 700 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect(await barriers(page)).toEqual([]);
    expect([complaints, foreign]).toEqual([[], []]);
  },
  60_000,
);
