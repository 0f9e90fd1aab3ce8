/** Why: pictures in the docs are small and whole: taken by Chromium, packed by it as WebP, written beside each other. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from '../support/server.ts';

const FOLDER = join(ROOT, 'docs/screens');
/** Letters stay sharp; a page takes 20 to 90 kB. */
const QUALITY = 0.82;

/** Writes docs/screens/NAME.webp: what is in view, or all of the page. */
export async function picture(page: Page, name: string, { whole = false } = {}): Promise<void> {
  // Nothing is half faded in, and no caret blinks in one picture and not in the next.
  const png = await page.screenshot({ fullPage: whole, animations: 'disabled', caret: 'hide' });
  const tab = await page.context().browser()?.newPage();
  if (!tab) throw new Error('the tab belongs to no browser');
  const webp = await tab.evaluate(
    async ({ data, quality }) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      canvas.getContext('2d')?.drawImage(image, 0, 0);
      return canvas.toDataURL('image/webp', quality).split(',')[1] ?? '';
    },
    { data: png.toString('base64'), quality: QUALITY },
  );
  await tab.close();
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.webp`), Buffer.from(webp, 'base64'));
  // For whoever looks at them in a hurry: the picture as it was taken.
  const plain = process.env['CARREL_PNG_DIR'];
  if (plain !== undefined) writeFileSync(join(plain, `${name}.png`), png);
}
