/** Why: opening hours as librarians write them (`Mo-Fr 10:00-18:00; Sa 10:00-14:00`, also `I-V 10-18`) become minutes per day, and back. */
import type { OpeningHours } from '#contract';

/** What is assumed where nothing is given. */
export const ASSUMED_OPENING = 'Mo-Fr 09:00-18:00';
const SHORT = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] as const;
const ENGLISH = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const OTHER: Readonly<Record<string, number>> = {
  i: 0,
  ii: 1,
  iii: 2,
  iv: 3,
  v: 4,
  vi: 5,
  vii: 6,
  pr: 0,
  an: 1,
  tr: 2,
  kt: 3,
  pn: 4,
  št: 5,
  še: 5,
  sk: 6,
};

type Token =
  | { kind: 'day'; day: number }
  | { kind: 'time'; minutes: number }
  | { kind: 'closed' | 'always' | 'dash' | 'comma' | 'end' };
type Days = [number, number][][];

/** The hours, or a sentence about what could not be read. A later rule for a day replaces an earlier one, as in OpenStreetMap. */
export function parseOpening(text: string): OpeningHours | { problem: string } {
  const tokens = tokensOf(text);
  if ('problem' in tokens) return tokens;
  const week: Days = [[], [], [], [], [], [], []];
  const reader = readerOf(tokens);
  while (!reader.done()) {
    if (reader.take('end') || reader.take('comma')) continue;
    const problem = readRule(reader, week);
    if (problem !== null) return { problem };
  }
  return week.some((day) => day.length > 6) ? { problem: 'a day has more than 6 intervals' } : week;
}

/** The shortest text that `parseOpening` reads as the same hours. */
export function formatOpening(opening: OpeningHours): string {
  const texts = opening.map((day) => day.map(([from, to]) => `${clock(from)}-${clock(to)}`).join(','));
  if (texts.every((text) => text === '')) return 'closed';
  if (texts.every((text) => text === '00:00-24:00')) return '24/7';
  const rules: string[] = [];
  for (let first = 0; first < texts.length; ) {
    let last = first;
    while (last + 1 < texts.length && texts[last + 1] === texts[first]) last++;
    if (texts[first]) rules.push(`${first === last ? SHORT[first] : `${SHORT[first]}-${SHORT[last]}`} ${texts[first]}`);
    first = last + 1;
  }
  return rules.join('; ');
}

function clock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

function tokensOf(text: string): Token[] | { problem: string } {
  const tokens: Token[] = [];
  const pattern = /\s*(?:(24\/7)|(\d{1,2})(?:[:.](\d{2}))?|([\p{L}]+)\.?|([-–—])|(,)|([;\n]))/uy;
  const trimmed = text.trim();
  for (let at = 0; at < trimmed.length; at = pattern.lastIndex) {
    pattern.lastIndex = at;
    const match = pattern.exec(trimmed);
    if (!match) return { problem: `"${trimmed.slice(at).trim().slice(0, 20)}" is not understood` };
    const token = tokenOf(match);
    if ('problem' in token) return token;
    tokens.push(token);
  }
  return tokens;
}

function tokenOf([, always, hour, minute, word, dash, comma]: RegExpExecArray): Token | { problem: string } {
  if (always) return { kind: 'always' };
  if (hour) {
    const minutes = Number(hour) * 60 + Number(minute ?? 0);
    return minutes > 1440 || Number(minute ?? 0) > 59
      ? { problem: `${hour}:${minute ?? '00'} is no time of day` }
      : { kind: 'time', minutes };
  }
  if (word) return wordToken(word.toLowerCase());
  return { kind: dash ? 'dash' : comma ? 'comma' : 'end' };
}

function wordToken(word: string): Token | { problem: string } {
  if (['off', 'closed', 'nedirba', 'uždaryta'].includes(word)) return { kind: 'closed' };
  const english = word.length >= 2 ? ENGLISH.findIndex((name) => name.startsWith(word)) : -1;
  const day = english >= 0 ? english : Object.hasOwn(OTHER, word) ? OTHER[word] : undefined;
  return day === undefined ? { problem: `"${word}" is no day` } : { kind: 'day', day };
}

interface Reader {
  done(): boolean;
  take(kind: Token['kind']): Token | null;
  next(kind: Token['kind'], offset?: number): boolean;
}

function readerOf(tokens: readonly Token[]): Reader {
  let at = 0;
  return {
    done: () => at >= tokens.length,
    next: (kind, offset = 0) => tokens[at + offset]?.kind === kind,
    take(kind) {
      const token = tokens[at];
      if (token?.kind !== kind) return null;
      at++;
      return token;
    },
  };
}

/** Days (all when none is named), then times. Answers with the problem, or null. */
function readRule(reader: Reader, week: Days): string | null {
  if (reader.take('always')) return assign(week, [0, 1, 2, 3, 4, 5, 6], [[0, 1440]]);
  const days: number[] = [];
  for (
    let first = reader.take('day');
    first?.kind === 'day';
    first = reader.next('comma') && reader.next('day', 1) && reader.take('comma') ? reader.take('day') : null
  ) {
    const last = reader.take('dash') ? reader.take('day') : first;
    if (last?.kind !== 'day') return 'a day is missing after "-"';
    for (let day = first.day; ; day = (day + 1) % 7) {
      days.push(day);
      if (day === last.day) break;
    }
  }
  const which = days.length > 0 ? days : [0, 1, 2, 3, 4, 5, 6];
  if (reader.take('closed')) return assign(week, which, []);
  return readTimes(reader, week, which);
}

function readTimes(reader: Reader, week: Days, days: readonly number[]): string | null {
  const intervals: [number, number][] = [];
  do {
    const from = reader.take('time');
    const to = from && reader.take('dash') ? reader.take('time') : null;
    if (from?.kind !== 'time' || to?.kind !== 'time') return 'times must look like 10:00-18:00';
    if (from.minutes >= to.minutes)
      return `${clock(from.minutes)}-${clock(to.minutes)} ends before it begins; split hours over midnight into two days`;
    intervals.push([from.minutes, to.minutes]);
  } while (reader.next('comma') && reader.next('time', 1) && reader.take('comma'));
  intervals.sort(([a], [b]) => a - b);
  if (intervals.some(([from], i) => from < (intervals[i - 1]?.[1] ?? 0))) return 'two intervals of one day overlap';
  return assign(week, days, intervals);
}

function assign(week: Days, days: readonly number[], intervals: [number, number][]): null {
  for (const day of days) week[day] = intervals;
  return null;
}
