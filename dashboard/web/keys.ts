/** Why: the whole page works from the keyboard. Single letters are off in fields and can be switched off (WCAG 2.1.4). */
import { signal } from '@preact/signals';
import { go } from './router.ts';
import { nextTheme, remember, remembered } from './theme-choice.ts';

const KEY = 'carrel.keys';
export const letters = signal(remembered(KEY) !== 'off');
export const helpOpen = signal(false);

export function setLetters(on: boolean): void {
  letters.value = on;
  remember(KEY, on ? 'on' : 'off');
}

const GO: Record<string, string> = {
  o: '/',
  m: '/map',
  s: '/sites',
  a: '/alerts',
  r: '/reports',
  f: '/fleet',
  l: '/live',
  t: '/settings',
};
/** What a page does with the row that has the focus. */
export type RowDeed = 'a' | 's';
let onRow: ((deed: RowDeed, row: HTMLElement) => void) | null = null;
/** Of the page that is shown; returns how it ends. */
export function takeRowDeeds(does: NonNullable<typeof onRow>): () => void {
  onRow = does;
  return () => {
    onRow = null;
  };
}

/** "g" waits this long for its second letter. */
const PAIR_MS = 1200;

/** Starts listening; returns the stop. */
export function startKeys(): () => void {
  let pressedG = 0;
  const press = (event: KeyboardEvent) => {
    if (
      event.defaultPrevented ||
      event.metaKey ||
      event.ctrlKey ||
      event.altKey ||
      !letters.value ||
      isTyping(event.target)
    )
      return;
    if (document.querySelector('dialog[open]')) return;
    const afterG = Date.now() - pressedG < PAIR_MS;
    pressedG = 0;
    const target = GO[event.key];
    if (afterG && target) go(target);
    else if (event.key === 'g') pressedG = Date.now();
    else if (event.key === '/') focusSearch();
    else if (event.key === '?') helpOpen.value = true;
    else if (event.key === 'd') nextTheme();
    else if (event.key === 'w') go('/wall');
    else if (event.key === 'j' || event.key === 'k') step(event.key === 'j' ? 1 : -1);
    else if (event.key === 'a' || event.key === 's') doOnRow(event.key);
    else if (!useControl(event.key)) return;
    event.preventDefault();
  };
  addEventListener('keydown', press);
  return () => removeEventListener('keydown', press);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName))
  );
}

/** The first search field that is seen: the bar's on a desk, the list's on a phone. */
function focusSearch(): void {
  for (const field of document.querySelectorAll<HTMLInputElement>('input[type="search"]')) {
    if (field.offsetParent === null) continue;
    field.focus();
    field.select();
    return;
  }
}

function doOnRow(deed: RowDeed): void {
  const row = document.activeElement;
  if (row instanceof HTMLElement && row.matches('[data-row]')) onRow?.(deed, row);
}

const ARROWS = new Set(['ArrowLeft', 'ArrowRight']);
/** Presses what the page has for this key (`aria-keyshortcuts`). An arrow is its own where something has the focus that it moves in. */
function useControl(key: string): boolean {
  if (ARROWS.has(key) && !document.activeElement?.matches('body, #main')) return false;
  const named = key === '+' ? 'Plus' : key;
  for (const control of document.querySelectorAll<HTMLElement>('main [aria-keyshortcuts]')) {
    if (control.getAttribute('aria-keyshortcuts') !== named || control.offsetParent === null) continue;
    control.focus();
    control.click();
    return true;
  }
  return false;
}

/** Moves the focus to the next or previous row's link. */
function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main [data-row]')];
  const focused = document.activeElement;
  const at = focused instanceof HTMLElement ? rows.indexOf(focused) : -1;
  const next = at < 0 ? rows.find((row) => row.getBoundingClientRect().top > 48) : rows[at + by];
  next?.focus();
}
