/** Why: on OpenWrt people configure with UCI; its file is read directly, since running `uci` would be a spawned process. */

/** Options and lists of the section named `section` (any type) in the text of a UCI file. Lists become arrays. */
export function readUci(text: string, section: string): Record<string, string | string[]> {
  const values: Record<string, string | string[]> = {};
  let inside = false;
  for (const line of text.split('\n')) {
    const [word, name, value] = wordsOf(line);
    if (word === 'config') inside = value === section;
    else if (inside && word === 'option' && name !== undefined) values[name] = value ?? '';
    else if (inside && word === 'list' && name !== undefined && value !== undefined) {
      const before = values[name];
      values[name] = Array.isArray(before) ? [...before, value] : [value];
    }
  }
  return values;
}

/** Words of a UCI line: bare, in single or in double quotes; `#` starts a comment. */
function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const match of line.trim().matchAll(/'([^']*)'|"([^"]*)"|(#.*)|([^\s'"#]+)/g)) {
    if (match[3] !== undefined) break;
    words.push(match[1] ?? match[2] ?? match[4] ?? '');
  }
  return words;
}
