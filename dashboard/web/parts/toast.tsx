/** Why: an action answers where it does not cover what has the focus; the answer stays 8 s and is spoken once. */
import { signal } from '@preact/signals';

interface Toast {
  text: string;
  at: number;
}
const shown = signal<Toast | null>(null);
const STAY_MS = 8000;

/** Says a short sentence. */
export function say(text: string): void {
  const toast = { text, at: Date.now() };
  shown.value = toast;
  setTimeout(() => {
    if (shown.value === toast) shown.value = null;
  }, STAY_MS);
}

export const Toasts = () => (
  <div class="toasts" role="status">
    {shown.value ? (
      <div class="toast">
        <span>{shown.value.text}</span>
      </div>
    ) : null}
  </div>
);
