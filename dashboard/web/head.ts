/** Why: what cannot wait for the page's script. They stand in the page itself: a file would cost a round trip. */
import './early.ts';
import './first-paint.ts';
import './preload.ts';
