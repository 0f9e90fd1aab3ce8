/** Why: each page is walked in the same way: at the four widths of the quality bar, with the keyboard, and with letters twice as large. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { flaws, focusFlaws } from '../support/layout.ts';

export const LANGUAGES = ['en', 'lt', 'ru'] as const;
const WIDTHS = [320, 768, 1280, 1920];
/** Where it was found, and what. */
export type Walked = Record<string, string[]>;
interface Way {
  /** Runs after each change of the width. */
  settle?: () => Promise<unknown>;
  /** Only the two widths where words of another language break something first; what is wide in English is wide in all. */
  short?: boolean;
}

/** Walks the page that is open. */
export async function walk(
  page: Page,
  name: string,
  { settle = async () => undefined, short = false }: Way = {},
): Promise<Walked> {
  const found: Walked = {};
  const note = (where: string, wrong: string[]): void => {
    if (wrong.length > 0) found[`${name}, ${where}`] = wrong;
  };
  for (const width of short ? [320, 768] : WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await settle();
    note(`${width} px`, await flaws(page));
    if (!short && (width === 320 || width === 1280)) note(`${width} px, focus`, await focusFlaws(page));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await lettersOf(page, 32);
  // What a page draws otherwise on a phone, it hears of a frame later.
  await settle();
  await settle();
  note('letters twice as large', await flaws(page));
  await lettersOf(page, 16);
  return found;
}

/** As somebody chooses it in the browser's settings: what is measured in letters grows, and so do the steps between layouts. */
async function lettersOf(page: Page, standard: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Page.setFontSizes', { fontSizes: { standard } });
  await session.detach();
}

/** With CARREL_WALK_DIR, pictures of the page at each width, light and dark, are left there for whoever looks. */
export async function lookAt(
  page: Page,
  name: string,
  settle: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  const folder = process.env['CARREL_WALK_DIR'];
  if (folder === undefined) return;
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width === 320 ? 640 : 900 });
    await page.emulateMedia({ colorScheme: width === 768 ? 'dark' : 'light' });
    await settle();
    await page.evaluate(() => {
      scrollTo(0, 0);
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    const path = join(folder, `${name.replace(/[^\w-]+/g, '-')}-${width}.png`);
    writeFileSync(path, await page.screenshot({ fullPage: true, animations: 'disabled' }));
  }
  await page.emulateMedia({ colorScheme: 'light' });
}
