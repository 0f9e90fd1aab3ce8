/** Why: the Lithuanian of words-keys.ts. */
import type { KeysWords } from '../words-keys.ts';

export const keysWords: KeysWords = {
  title: 'Klaviatūra',
  close: 'Užverti',
  off: 'Vienos raidės spartieji klavišai įjungti',
  list: [
    ['/', 'paieška'],
    ['g o', 'apžvalga'],
    ['g m', 'žemėlapis'],
    ['g s', 'bibliotekos'],
    ['g a', 'įspėjimai'],
    ['g r', 'ataskaitos'],
    ['g f', 'matuokliai'],
    ['g l', 'neapdoroti matavimai'],
    ['g t', 'nuostatos'],
    ['j  k', 'kita, ankstesnė eilutė'],
    ['a', 'imtis eilutės įvykio, tada Enter'],
    ['s', 'nutildyti jo biblioteką'],
    ['Enter', 'atverti eilutę'],
    ['+  -', 'laikotarpį priartinti, praplatinti'],
    ['←  →', 'ankstesnis, vėlesnis laikotarpis'],
    ['l', 'atgal į įprastą laikotarpį'],
    ['t', 'pasirinkti laikotarpį'],
    ['p', 'sustabdyti neapdorotus matavimus'],
    ['w', 'sieninis ekranas'],
    ['d', 'tema'],
    ['?', 'šis sąrašas'],
  ],
};
