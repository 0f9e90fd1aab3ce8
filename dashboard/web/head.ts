/** Why: the two things that cannot wait for the page's script. They stand in the page itself: a file would cost a round trip. */
import './early.ts';
import './first-paint.ts';
