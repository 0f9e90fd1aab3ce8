/** Why: the two things that cannot wait for the page's script, in one small file: each file costs a round trip. */
import './early.ts';
import './first-paint.ts';
