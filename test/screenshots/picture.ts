/** Why: pictures in the docs are small and whole: taken by Chromium, packed by it as WebP, written beside each other. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { ROOT } from '../support/server.ts';

const FOLDER = join(ROOT, 'docs/screens');
/** Letters stay sharp; a page takes 20 to 90 kB. */
const QUALITY = 0.82;

/** Writes docs/screens/NAME.webp: what is in view, or all of the page. */
export async function picture(page: Page, name: string, { whole = false } = {}): Promise<void> {
  await write(page, name, await shot(page, whole));
}

/** What is in view; nothing is half faded in, and no caret blinks in one picture and not in the next. */
export const shot = (page: Page, whole = false): Promise<Buffer> =>
  page.screenshot({ fullPage: whole, animations: 'disabled', caret: 'hide' });

/** Several pictures on one sheet, each with its name: `width` CSS pixels of the whole, in so many columns. */
export async function sheet(
  browser: Browser,
  name: string,
  shots: readonly { title: string; png: Buffer }[],
  { width = 1500, columns = 3 } = {},
): Promise<void> {
  const tab = await browser.newPage({ viewport: { width, height: 400 } });
  const figures = shots.map(
    ({ title, png }) =>
      `<figure><figcaption>${title}</figcaption><img alt="" src="data:image/png;base64,${png.toString('base64')}"></figure>`,
  );
  await tab.setContent(`<style>
    body { margin: 0; padding: 16px; background: #d9ddd6; font: 14px system-ui; display: grid; gap: 16px;
      grid-template-columns: repeat(${columns}, minmax(0, 1fr)) }
    figure { margin: 0 } figcaption { padding: 0 0 4px } img { display: block; width: 100% }
  </style>${figures.join('')}`);
  await write(tab, name, await shot(tab, true));
  await tab.close();
}

async function write(page: Page, name: string, png: Buffer): Promise<void> {
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
