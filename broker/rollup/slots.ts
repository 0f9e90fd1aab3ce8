/** Why: a sample says whether the line was up at one moment; availability is of time. Here samples become stretches of an hour. */
import type { Span } from '#contract';
import { TIER_S } from '../store/store.ts';
import type { Hour } from './hour.ts';

const HOUR_S = TIER_S.hour;
/** How long a sample may speak: widths that divide the hour. */
const SLOTS_S = [60, 120, 300, 600, 900, 1800, 3600] as const;

/** Seconds with a word of the hour that is looked at, and the samples of each slot: nothing here waits. */
const seconds = new Uint16Array(HOUR_S);
const gaps = new Uint16Array(HOUR_S);
const [allIn, goodIn] = [new Uint16Array(HOUR_S / SLOTS_S[0]), new Uint16Array(HOUR_S / SLOTS_S[0])];

/** Each sample speaks for the slot that it lies in; a slot with both is split by its share, good first. */
export function slots({ told, good, start_s }: Pick<Hour, 'told' | 'good' | 'start_s'>): { up: Span[]; down: Span[] } {
  const count = secondsIn(told);
  const width = slotWidth(count);
  allIn.fill(0);
  goodIn.fill(0);
  for (let i = 0; i < count; i++) {
    const second = seconds[i] ?? 0;
    const slot = Math.floor(second / width);
    allIn[slot] = (allIn[slot] ?? 0) + 1;
    if (bit(good, second)) goodIn[slot] = (goodIn[slot] ?? 0) + 1;
  }
  const [up, down]: [[number, number][], [number, number][]] = [[], []];
  for (let slot = 0; slot * width < HOUR_S; slot++) {
    const all = allIn[slot] ?? 0;
    if (all === 0) continue;
    const start = start_s + slot * width;
    const turn = start + Math.round(((goodIn[slot] ?? 0) / all) * width);
    extend(up, start, turn);
    extend(down, turn, start + width);
  }
  return { up, down };
}

/** Stretches of one state mostly follow each other. */
function extend(spans: [number, number][], from: number, to: number): void {
  if (from >= to) return;
  const last = spans.at(-1);
  if (last?.[1] === from) last[1] = to;
  else spans.push([from, to]);
}

/** Puts the numbers of the bits that are set into `seconds`: mostly one in eight bytes. Answers with how many. */
function secondsIn(bits: Uint8Array): number {
  let count = 0;
  for (let byte = 0; byte < bits.length; byte++) {
    if (bits[byte] === 0) continue;
    for (let second = 8 * byte; second < 8 * byte + 8; second++) if (bit(bits, second)) seconds[count++] = second;
  }
  return count;
}

/** The rhythm of the probe: the narrowest width that holds the median distance of its samples, of which there are `count`. */
function slotWidth(count: number): number {
  for (let i = 1; i < count; i++) gaps[i - 1] = (seconds[i] ?? 0) - (seconds[i - 1] ?? 0);
  const sorted = gaps.subarray(0, Math.max(0, count - 1)).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  return SLOTS_S.find((width) => width >= median) ?? HOUR_S;
}

export function bit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

export function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}
