/** Why: the Lithuanian of words-quarantine.ts. */
import { plural } from '../format.ts';
import type { quarantineWords as en } from '../words-quarantine.ts';

export const quarantineWords: typeof en = {
  title: 'Karantinas',
  empty: 'Duomenų bazės nieko neatmeta.',
  lines: (all, shown) =>
    `${plural(all, { one: '{n} eilutė', few: '{n} eilutės', other: '{n} eilučių' })}${all === shown ? '' : `, čia naujausios ${shown}`}`,
  at: 'Atidėta',
  reason: 'Duomenų bazės nurodyta priežastis',
  line: 'Eilutė',
  replay: 'Pateikti dar kartą',
  replayed: (taken, refused) => `Priimta: ${taken}, vėl atmesta: ${refused}`,
  drop: 'Ištrinti',
  dropSure: (n, store) =>
    `Ištrinti ${plural(n, { one: '{n} eilutę', few: '{n} eilutes', other: '{n} eilučių' })} (${store})? Susigrąžinti nebus galima.`,
  dropped: 'Ištrinta',
};
