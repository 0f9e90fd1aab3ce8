/** Why: the theme is the system's unless somebody chooses; the choice stays on this device. first-paint.ts applies it before anything is drawn. */
import { signal } from '@preact/signals';

export const THEMES = ['system', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];
const KEY = 'carrel.theme';
const chosen = typeof document === 'undefined' ? undefined : document.documentElement.dataset['theme'];
export const theme = signal<Theme>(chosen === 'dark' || chosen === 'light' ? chosen : 'system');

/** Goes on to the next: system, light, dark. */
export function nextTheme(): void {
  setTheme(theme.value === 'system' ? 'light' : theme.value === 'light' ? 'dark' : 'system');
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
  remember(KEY, theme.value);
}

export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A private window may refuse storage: the choice then lasts as long as the page.
  }
}

export function remembered(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
