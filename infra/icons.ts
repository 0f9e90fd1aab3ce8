/**
 * Why: phones want the mark as PNG, with room around it where they cut it to a shape of their own. `npm run icons` makes them of
 * dashboard/web/icon.svg by Chromium; they are kept in the repository, since no builder without one can draw them.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const WEB = fileURLToPath(new URL('../dashboard/web', import.meta.url));
const LAMP = '#63cdb9';
const NIGHT = '#0f1720';
/** `mark`: its share of the picture; Android keeps the inner 80 % of a maskable icon. */
const ICONS = [
  { name: 'icon-192', size: 192, mark: 0.72, ground: NIGHT, round: 0.2, ink: LAMP },
  { name: 'icon-512', size: 512, mark: 0.72, ground: NIGHT, round: 0.2, ink: LAMP },
  { name: 'icon-maskable-512', size: 512, mark: 0.52, ground: NIGHT, round: 0, ink: LAMP },
  { name: 'icon-apple-180', size: 180, mark: 0.66, ground: NIGHT, round: 0, ink: LAMP },
  // Beside a notification only its shape is seen.
  { name: 'badge-96', size: 96, mark: 0.94, ground: 'transparent', round: 0, ink: '#fff' },
] as const;

const shapes = /<svg[^>]*>(.*)<\/svg>/s.exec(readFileSync(join(WEB, 'icon.svg'), 'utf8'))?.[1] ?? '';
const browser = await chromium.launch({
  executablePath: process.argv[2] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
for (const { name, size, mark, ground, round, ink } of ICONS) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const scale = (size * mark) / 20;
  const at = (size - size * mark) / 2;
  const drawn = shapes.replaceAll('#0b6355', ink);
  await page.setContent(
    `<style>*{margin:0;background:transparent}svg{display:block}</style><svg width="${size}" height="${size}"><rect width="100%" height="100%" rx="${size * round}" fill="${ground}"/><g transform="translate(${at} ${at}) scale(${scale})">${drawn}</g></svg>`,
  );
  await page.screenshot({ path: join(WEB, 'icons', `${name}.png`), omitBackground: true });
  await page.close();
}
await browser.close();
