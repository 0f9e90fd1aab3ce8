/** Why: a page that stands on the live view waits for its first answer, and says why there is none. */
import { notBegun, tryNow } from '../store.ts';
import { Failed, Waiting } from './answers.tsx';

export const Beginning = ({ what }: { what: string }) =>
  notBegun.value ? <Failed what={what} problem={notBegun.value} again={tryNow} /> : <Waiting what={what} />;
