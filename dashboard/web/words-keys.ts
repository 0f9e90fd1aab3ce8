/** Why: the words of the keys that move the page. */
const en = {
  title: 'Keyboard',
  close: 'Close',
  off: 'Single-letter shortcuts are on',
  list: [
    ['/', 'search'],
    ['g o', 'overview'],
    ['g m', 'map'],
    ['g s', 'sites'],
    ['g a', 'alerts'],
    ['g r', 'reports'],
    ['g f', 'fleet'],
    ['g l', 'raw samples'],
    ['g t', 'settings'],
    ['j  k', 'next, previous row'],
    ['a', 'take on the incident of the row, then Enter'],
    ['s', 'silence its library'],
    ['Enter', 'open the row'],
    ['+  -', 'a range closer, wider'],
    ['←  →', 'a range earlier, later'],
    ['l', 'back to the usual range'],
    ['t', 'choose a range'],
    ['p', 'pause raw samples'],
    ['w', 'wall screen'],
    ['d', 'theme'],
    ['?', 'this list'],
  ] satisfies [string, string][],
};

export type KeysWords = typeof en;
export const keysWords: KeysWords = en;
