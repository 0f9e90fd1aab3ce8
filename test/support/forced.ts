/** Why: where somebody lets the system choose the colours of pages, each mark and line has one of the system's, and shape and word tell the states. */
import type { Page } from 'playwright-core';

/** What cannot be told apart, or moves, on the page as it is now; an empty list is the goal. */
export const forcedFlaws = (page: Page): Promise<string[]> => page.evaluate(flawsHere);

/** Runs in the page. */
function flawsHere(): string[] {
  const found = new Set<string>();
  const sample = document.body.appendChild(document.createElement('i'));
  sample.style.forcedColorAdjust = 'none';
  const own = new Set(
    ['Canvas', 'CanvasText', 'LinkText', 'GrayText', 'ButtonText', 'ButtonFace', 'Highlight', 'HighlightText'].map(
      (name) => {
        sample.style.color = name;
        return getComputedStyle(sample).color;
      },
    ),
  );
  sample.remove();
  const name = (one: Element) =>
    `${one.tagName.toLowerCase()}.${one.getAttribute('class') ?? ''} ${one.parentElement?.textContent?.trim().slice(0, 40)}`;

  for (const one of document.querySelectorAll('svg :is(rect, path, circle, line, use, text), svg.g')) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest('.sprite, pattern, symbol')) continue;
    const { fill, stroke } = getComputedStyle(one);
    for (const colour of [fill, stroke])
      if (/^rgb/.test(colour) && !/, 0\)$/.test(colour) && !own.has(colour)) found.add(`${colour}: ${name(one)}`);
  }
  const states = ['meets', 'below', 'offline', 'nodata', 'maint'];
  for (const use of document.querySelectorAll('svg.g use')) {
    const state = use.getAttribute('href')?.slice(1) ?? '';
    if (!states.includes(state) || !use.checkVisibility()) continue;
    if (!use.closest('li, tr, a, button, p, h2, .st, .note, div')?.textContent?.trim())
      found.add(`no word: ${name(use)}`);
  }
  // A picture that is one colour all over is no picture.
  for (const canvas of document.querySelectorAll('canvas')) {
    const { width, height } = canvas;
    if (width * height === 0) continue;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, width, height).data ?? [];
    const ground = getComputedStyle(document.documentElement).backgroundColor;
    let drawn = 0;
    for (let i = 3; i < pixels.length; i += 4)
      if ((pixels[i] ?? 0) > 128 && `rgb(${pixels[i - 3]}, ${pixels[i - 2]}, ${pixels[i - 1]})` !== ground) drawn++;
    if (drawn > (width * height) / 2) found.add(`all of it is one colour: ${name(canvas)}`);
  }
  for (const one of document.querySelectorAll('*'))
    for (const part of [undefined, '::before', '::after']) {
      const { transitionDuration, animationDuration, animationName } = getComputedStyle(one, part);
      const moves = transitionDuration.split(',').some((time) => parseFloat(time) > 0);
      if (moves || (animationName !== 'none' && parseFloat(animationDuration) > 0)) found.add(`moves: ${name(one)}`);
    }
  return [...found];
}
