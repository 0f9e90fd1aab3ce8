/** Why: what can be said of Carrel itself, as codes with their figures, for the page and for those who mend it. */

import type { ChannelKind } from '#contract';
import type { Said } from './said.ts';

/** Why nobody could be reached in a stretch of a rotation. */
export type GapWhy = { kind: 'nobody' } | { kind: 'no_user' | 'unreachable'; user: string };

/** `error`: the words of what failed, as they came (a database, the operating system). Moments in ms. */
export interface ServerSayings {
  'notice.no_hours': { n: number };
  'notice.wal_unwritable': { error: string | null };
  'notice.wal_80': object;
  'notice.wal_50': object;
  'notice.store_down': { name: string; error: string | null; primary: boolean };
  'notice.store_refused': { name: string; error: string | null };
  'notice.store_filling': { name: string; from: string; percent: number };
  'notice.store_quarantine': { name: string };
  'notice.live_incomplete': object;
  'notice.no_channel': { nobody: boolean };
  'notice.channel_failing': { kind: ChannelKind; label: string; final: boolean; error: Said | null };
  'notice.outbox_stuck': { error: string };
  'notice.alerts_stuck': { error: string };
  'notice.rules_file': { error: string };
  'notice.gap': { rotation: string; from: number; to: number; zone: string; why: GapWhy };
  'notice.certificate': { name: string; at: number };
  'notice.canary_dead': { error: string };
  'notice.deadman_unreachable': { error: Said };
  'notice.cloned': { names: readonly string[]; n: number };
  /** Of a gap: the reason by itself. */
  'gap.why': { why: GapWhy };
}
