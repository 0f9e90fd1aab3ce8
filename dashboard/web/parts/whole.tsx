/** Why: browsers break a line behind the stroke of "Mb/s". A rate in a sentence stays whole. */
import type { ComponentChildren } from 'preact';
import { words } from '../words.ts';

const RATE = new RegExp(`([\\d.,]+\\s${words.units.mbps})`);

export const whole = (sentence: string): ComponentChildren =>
  sentence.split(RATE).map((part, i) => (i % 2 === 1 ? <span class="nw">{part}</span> : part));
