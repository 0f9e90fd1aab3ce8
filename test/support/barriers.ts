/** Why: a page that some cannot use is broken. What axe finds by WCAG 2.2 AA and EN 301 549, in words; an empty list is the goal. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'EN-301-549', 'best-practice'];

export async function barriers(page: Page): Promise<string[]> {
  // Where a walk by keyboard left it, anything may lie half under the bar that stays.
  await page.evaluate(() => scrollTo(0, 0));
  // Half a megabyte to compile: once per document.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults, string[]>(
    (tags) =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        runOnly: tags,
        // Who asks for nothing else need not wait for the address of everything that is well: which takes up to half of the time.
        ...{ resultTypes: ['violations'], selectors: false },
      }),
    TAGS,
  );
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 140)} ${node.failureSummary?.slice(0, 160) ?? ''}`),
  );
}

/** The same in dark, and at 320 px; the page is light and wide again afterwards. */
export async function barriersDarkAndNarrow(page: Page): Promise<string[]> {
  const size = page.viewportSize();
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await barriers(page);
  await page.setViewportSize({ width: 320, height: 700 });
  // A narrow page may be another one, which loads first.
  await page.locator('h1').first().waitFor({ state: 'attached' });
  const narrow = await barriers(page);
  await page.emulateMedia({ colorScheme: 'light' });
  if (size) await page.setViewportSize(size);
  return [...dark, ...narrow];
}
