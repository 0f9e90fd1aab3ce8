/** Why: what can go wrong on the way to a receiver, and why a message was not sent, as codes: they lie beside the message in the outbox. */
import type { Said } from './said.ts';

export interface TroubleSayings {
  /** The words of a receiver, a mail server or the operating system, as they came. */
  'trouble.words': { text: string };
  'trouble.no_url': object;
  'trouble.private': { address: string };
  'trouble.no_address': { name: string };
  'trouble.redirects': { status: number };
  /** `words`: what the receiver said to it. */
  'trouble.answered': { status: number; words: string | null };
  'trouble.no_answer': { s: number };
  'trouble.hung_up': object;
  'trouble.nobody': object;
  'trouble.no_alert': object;
  'trouble.no_receiver': object;
  'trouble.too_much': object;
  'trouble.too_late': { error: Said | null };
  'trouble.over': object;
  'trouble.never_told': object;
  'trouble.over_long': object;
  'trouble.over_long_perhaps_told': object;
  'trouble.told_together': object;
  /** Of pushes. */
  'trouble.no_device': object;
  'trouble.unsubscribed': object;
  'trouble.push_address': object;
  'trouble.push_plain': object;
  'trouble.push_host': { host: string };
  /** A remark on a "yes". */
  'trouble.teams': object;
}
