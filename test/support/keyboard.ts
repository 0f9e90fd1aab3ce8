/** Why: a walk with the keyboard alone: what cannot be reached by Tab, or is reached without the browser showing it, is not there. */
import type { Locator, Page } from 'playwright-core';

/** More stops than any page has before what its tasks need. */
const STOPS_MAX = 200;

/**
 * Presses Tab until `target` has the focus, as somebody without a mouse does.
 * @throws Error when it is not reached, or is reached and not seen: no outline, or out of view
 */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.first().waitFor();
  for (let stops = 0; stops < STOPS_MAX; stops++) {
    if (await target.first().evaluate((one) => one === document.activeElement)) return seen(target.first());
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${target}`);
}

async function seen(target: Locator): Promise<void> {
  const { outlined, inView } = await target.evaluate((one) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    const { top, bottom } = one.getBoundingClientRect();
    return {
      outlined: outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0,
      inView: top >= 0 && bottom <= innerHeight,
    };
  });
  if (!outlined || !inView)
    throw new Error(`the focus is on ${target}, but is not seen: ${JSON.stringify({ outlined, inView })}`);
}
