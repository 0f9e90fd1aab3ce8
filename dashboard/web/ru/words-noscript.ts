/** Why: the Russian of words-noscript.ts. */
export const noScript = 'Для этой страницы нужен JavaScript, а в этом браузере он выключен.';
