/** Why: whoever pays for each byte tells the browser so once (Save-Data, Network Information API), or this device where the browser has no such word. */
import { signal } from '@preact/signals';
import { remember, remembered } from './theme-choice.ts';

const KEY = 'carrel.saving';
/** Chosen on this device; without it the browser decides. */
export const savesData = signal(remembered(KEY) === 'yes');

export function saveData(yes: boolean): void {
  savesData.value = yes;
  remember(KEY, yes ? 'yes' : 'no');
}

/** Whether to save data now. */
export function saving(): boolean {
  const line: unknown = Reflect.get(navigator, 'connection');
  const asked = typeof line === 'object' && line !== null && 'saveData' in line && line.saveData === true;
  return asked || savesData.peek();
}
