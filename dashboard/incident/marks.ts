/** Why: a state is shape, word and colour together; the shapes stand once on the page. */
import type { ApState } from '#contract';
import { html, type Markup } from '../document.ts';

export function mark(state: ApState, word: string, cls = ''): Markup {
  return html`<span class="st ${state}${cls}"><svg class="g ${state}" aria-hidden="true"><use href="#${state}"/></svg>${word}</span>`;
}

export const SPRITE = html`<svg class="sprite" aria-hidden="true"><defs>
<symbol id="meets" viewBox="-6 -6 12 12"><circle r="4.6"/></symbol>
<symbol id="below" viewBox="-6 -6 12 12"><path d="M0-5.6 5.9 4.9h-11.8z"/></symbol>
<symbol id="offline" viewBox="-6 -6 12 12"><path d="M-4.8-4.8h9.6v9.6h-9.6z"/></symbol>
<symbol id="nodata" viewBox="-6 -6 12 12"><path fill-rule="evenodd" d="M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM0-3.1a3.1 3.1 0 1 0 0 6.2a3.1 3.1 0 1 0 0-6.2z"/></symbol>
<symbol id="maint" viewBox="-6 -6 12 12"><path d="M0-6 6 0 0 6-6 0z"/></symbol>
<symbol id="logo" viewBox="0 0 20 20"><path d="M17 3H3v14h14" fill="none" stroke="currentColor" stroke-width="2.6"/><circle cx="12" cy="10" r="2.9" fill="currentColor"/></symbol>
<symbol id="clock" viewBox="0 0 20 20"><circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" stroke-width="1.8"/><path d="M10 5.5V10l3 2" fill="none" stroke="currentColor" stroke-width="1.8"/></symbol>
<symbol id="phone" viewBox="0 0 16 16"><path d="M3.5 2h2.6l1.2 3.2-1.6 1.2a8 8 0 0 0 3.9 3.9l1.2-1.6 3.2 1.2v2.6a1.2 1.2 0 0 1-1.3 1.2A11 11 0 0 1 2.3 3.3 1.2 1.2 0 0 1 3.5 2z" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/></symbol>
</defs></svg>`;
