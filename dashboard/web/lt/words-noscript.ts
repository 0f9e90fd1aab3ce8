/** Why: the Lithuanian of words-noscript.ts. */
export const noScript = 'Šiam puslapiui reikia „JavaScript“, o šioje naršyklėje jis išjungtas.';
