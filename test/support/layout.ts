/**
 * Why: what a designer sees at a glance, seen by a machine at every width: a page that must be scrolled sideways, words that are cut off or
 * lie on each other, targets that a thumb misses, a focus that nobody sees or that lies behind a bar. An empty list is the goal.
 */
import type { Page } from 'playwright-core';

/** CSS pixels: WCAG 2.2, 2.5.8. */
const TARGET_MIN = 24;

/** What lies wrong on the page as it is now, scrolled to its top. */
export async function flaws(page: Page): Promise<string[]> {
  return page.evaluate(flawsHere, TARGET_MIN);
}

/** Walks through everything that takes the focus: seen, and not behind a bar that stays. */
export async function focusFlaws(page: Page): Promise<string[]> {
  // A browser shows a focus that a script sets only to who used the keyboard last.
  await page.keyboard.press('Tab');
  return page.evaluate(focusFlawsHere);
}

/** Runs in the page. */
function flawsHere(targetMin: number): string[] {
  const found: string[] = [];
  const wide = document.documentElement.clientWidth;
  const name = (one: Element): string => {
    const kind =
      one.className && typeof one.className === 'string' ? `.${one.className.trim().replace(/\s+/g, '.')}` : '';
    return `${one.tagName.toLowerCase()}${kind} "${(one.textContent ?? '').trim().replace(/\s+/g, ' ').slice(0, 50)}"`;
  };
  const px = Math.round;
  const style = (one: Element) => getComputedStyle(one);
  const isSeen = (one: Element): boolean =>
    one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    style(one).clipPath === 'none' &&
    one.closest('.vh, .skip, [inert]') === null;

  if (document.documentElement.scrollWidth > wide) {
    const out = [...document.body.querySelectorAll('*')].filter(
      (one) => isSeen(one) && one.getBoundingClientRect().right > wide + 1 && clipOf(one) === null,
    );
    found.push(
      `scrolls sideways, ${document.documentElement.scrollWidth} of ${wide}: ${out.slice(-2).map(name).join(', ')}`,
    );
  }

  /** The box that cuts off what is within, for this element; null: none. */
  function clipOf(one: Element): { box: DOMRect; scrolls: boolean; dots: boolean } | null {
    for (let up: Element | null = one; up && up !== document.body; up = up.parentElement) {
      const { overflowX, textOverflow, webkitLineClamp } = style(up);
      if (overflowX === 'visible') continue;
      return {
        box: up.getBoundingClientRect(),
        scrolls: overflowX === 'auto' || overflowX === 'scroll',
        dots: textOverflow === 'ellipsis' || webkitLineClamp !== 'none',
      };
    }
    return null;
  }

  interface Words {
    text: string;
    owner: Element;
    boxes: DOMRect[];
  }
  const all: Words[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const [owner, text] = [node.parentElement, (node.textContent ?? '').trim()];
    if (!owner || text === '' || owner.closest('script, style, noscript, option, title, desc') || !isSeen(owner))
      continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
    if (boxes.length > 0) all.push({ text, owner, boxes });
  }

  for (const { text, owner, boxes } of all) {
    const clip = clipOf(owner);
    if (clip?.scrolls) continue;
    const { left, right, top, bottom } = clip?.box ?? { left: 0, right: wide, top: -1e9, bottom: 1e9 };
    const cut = boxes.some(
      (box) => box.right > right + 1.5 || box.left < left - 1.5 || box.top > bottom || box.bottom < top,
    );
    const whole = owner.closest('[title]')?.getAttribute('title')?.startsWith(text);
    const cell = clip ? null : owner.closest('td, th, .panel')?.getBoundingClientRect();
    if (cell && boxes.some((box) => box.right > cell.right + 1.5 || box.left < cell.left - 1.5))
      found.push(`out of its cell or panel: ${name(owner)}`);
    if (cut && !(clip?.dots && whole)) found.push(`cut off: ${name(owner)} ${text.length} letters`);
  }

  // What stays or scrolls by itself lies over others at times, as it is meant to.
  const moves = (one: Element): boolean => {
    for (let up: Element | null = one; up && up !== document.body; up = up.parentElement) {
      const { position, overflowX, overflowY } = style(up);
      if (/fixed|sticky/.test(position) || /auto|scroll/.test(overflowX + overflowY)) return true;
    }
    return false;
  };
  // Below the letters there is air: two lines may share some of it.
  const clipped = ({ owner, boxes }: Words): DOMRect[] => {
    const clip = clipOf(owner)?.box;
    if (!clip) return boxes;
    return boxes
      .filter(({ top, bottom }) => bottom > clip.top && top < clip.bottom - 4)
      .map(({ left, right, top, height }) => {
        const from = Math.max(left, clip.left);
        return new DOMRect(from, top, Math.min(right, clip.right) - from, height);
      });
  };
  const ink = ({ left, right, top, bottom }: DOMRect) => {
    const air = (bottom - top) * 0.2;
    return { left: left + 1, right: right - 1, top: top + air, bottom: bottom - air };
  };
  const still = all
    .filter(({ owner }) => !moves(owner))
    .flatMap((words) => clipped(words).map((box) => ({ owner: words.owner, ...ink(box) })))
    .sort((a, b) => a.top - b.top);
  for (const [i, a] of still.entries())
    for (let j = i + 1; j < still.length; j++) {
      const b = still[j];
      if (!b || b.top >= a.bottom) break;
      if (a.owner === b.owner || b.left >= a.right || b.right <= a.left) continue;
      found.push(`on each other: ${name(a.owner)} and ${name(b.owner)}`);
    }

  const targets = 'a[href], button, input, select, textarea, summary, [role=button], [role=checkbox], [role=option]';
  for (const one of document.querySelectorAll(targets)) {
    if (!isSeen(one) || one.matches('[type=hidden], :disabled')) continue;
    const box = one.getBoundingClientRect();
    const label = one instanceof HTMLInputElement ? one.labels?.[0]?.getBoundingClientRect() : undefined;
    const high = Math.max(box.height, label?.height ?? 0);
    const broad = Math.max(box.width, label?.width ?? 0);
    // A box to tick has a row to itself: nothing else is hit for it.
    if (one.matches('[type=checkbox]') && !one.closest('label') && box.height >= 18) continue;
    // A link within a sentence is as high as the sentence.
    const text =
      one.matches('a') && style(one).display === 'inline' ? one.parentElement?.textContent?.trim() : undefined;
    if (text !== undefined && text !== one.textContent?.trim()) continue;
    if (high + 0.5 < targetMin || broad + 0.5 < targetMin)
      found.push(`small target, ${px(broad)} x ${px(high)}: ${name(one)}`);
  }
  return [...new Set(found)];
}

/** Runs in the page. */
function focusFlawsHere(): string[] {
  const found: string[] = [];
  const list = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  for (const one of document.querySelectorAll<HTMLElement>(list)) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.matches(':disabled') || one.tabIndex < 0) continue;
    one.focus();
    if (document.activeElement !== one) continue;
    const what = `${one.tagName.toLowerCase()}.${one.className} "${(one.textContent ?? '').trim().slice(0, 40)}"`;
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const around = [one, ...(one.parentElement ? [one.parentElement] : [])];
    const shown = around.some((it) => {
      const style = getComputedStyle(it);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    });
    if (!shown) found.push(`no focus to see (${outlineStyle} ${outlineWidth}): ${what}`);
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const at = document.elementFromPoint(
      (Math.max(left, 0) + Math.min(right, innerWidth)) / 2,
      (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2,
    );
    const own = at !== null && (one.contains(at) || at.contains(one) || at.closest('label')?.contains(one));
    if (!own) found.push(`focused behind ${at?.tagName.toLowerCase()}.${at?.className}: ${what}`);
  }
  return [...new Set(found)];
}
