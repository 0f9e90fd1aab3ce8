/** Why: on a phone an incident is a page of its own, on a desk it stands beside its list; the screen decides, also when it is turned. */
import { signal } from '@preact/signals';

/** As in the style sheets. */
const media = matchMedia('(max-width: 47.5em)');
export const narrow = signal(media.matches);
media.addEventListener('change', () => {
  narrow.value = media.matches;
});
