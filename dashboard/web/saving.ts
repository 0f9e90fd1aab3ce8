/** Why: whoever pays for each byte has told the browser so (Save-Data, Network Information API); nobody tells it to Carrel again. */

/** Whether to save data now. Browsers that do not know the word do not ask for it. */
export function saving(): boolean {
  const line: unknown = Reflect.get(navigator, 'connection');
  return typeof line === 'object' && line !== null && 'saveData' in line && line.saveData === true;
}
