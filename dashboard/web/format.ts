/** Why: numbers and times as people read them. Figures are cut, never rounded up over a threshold; unknown is a word, never 0; times are the site's. */
import { localTime } from '#contract';
import { locale } from './locale/en.ts';
import { words } from './words.ts';

/** Non-breaking space, between figure and unit. */
export const NBSP = '\u00a0';

const noNegativeZero = (value: number) => (Object.is(value, -0) ? 0 : value);

/** A whole number with separators: 1,043. */
export function count(value: number): string {
  const digits = String(Math.abs(Math.trunc(value)));
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, locale.group);
  return `${value <= -1 ? '−' : ''}${grouped}`;
}

/** As short as it is exact: 0.05, 15, 1,000. At most six digits. */
export function exact(value: number): string {
  const [integer = '0', decimals] = String(Number(Math.abs(value).toPrecision(6))).split('.');
  return `${value < 0 ? '−' : ''}${count(Number(integer))}${decimals ? `${locale.decimal}${decimals}` : ''}`;
}

/** Cut to `digits` decimals, not rounded: 29.96 shows as 29.9. A hair of binary noise (0.3 as 0.29999…) does not count. */
export function cut(value: number, digits = 1): string {
  const scale = 10 ** digits;
  const scaled = value * scale;
  const whole =
    Math.abs(scaled - Math.round(scaled)) < 1e-13 * Math.max(1, Math.abs(scaled))
      ? Math.round(scaled)
      : Math.trunc(scaled);
  const [integer, decimals] = (Math.abs(whole) / scale).toFixed(digits).split('.');
  return `${noNegativeZero(whole) < 0 ? '−' : ''}${count(Number(integer))}${decimals ? `${locale.decimal}${decimals}` : ''}`;
}

/** Mb/s without the unit. Below 1 two decimals, so that a quiet line is not shown as none. */
export function rate(value: number): string {
  if (value > 0 && value < 0.01) return `<${NBSP}0${locale.decimal}01`;
  return cut(value, value > 0 && value < 1 ? 2 : 1);
}

/** "30 Mb/s": a target without needless decimals. */
export const mbps = (value: number): string =>
  `${Number.isInteger(value) ? count(value) : cut(value)}${NBSP}${words.units.mbps}`;

/** Share of a whole in percent, cut: 99.96 % is 99.9. Null of nothing. */
export const percent = (part: number, whole: number): string | null =>
  whole > 0 ? `${cut((100 * part) / whole)}${NBSP}%` : null;

/** "2.4 MB"; powers of ten, as contracts count. */
export function bytes(value: number): string {
  const units = words.units.bytes;
  if (value < 1000) return `${count(value)}${NBSP}${units[0]}`;
  let scaled = value / 1000;
  let unit = 1;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  return `${cut(scaled)}${NBSP}${units[unit]}`;
}

/** "2,000 MB": a budget, which is a whole number of them. */
export const megabytes = (mb: number): string => `${count(mb)}${NBSP}${words.units.bytes[2]}`;

/** "18 s", "2 h 10 min", "3 d 4 h": the two largest units, cut. Negative ages are 0. */
export function age(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  const { d, h, min, s: sec } = words.units;
  if (s < 60) return `${s}${NBSP}${sec}`;
  const m = Math.floor(s / 60);
  if (m < 60) return `${m}${NBSP}${min}`;
  const hours = Math.floor(m / 60);
  const two = (a: number, aUnit: string, b: number, bUnit: string) =>
    `${a}${NBSP}${aUnit}${b > 0 ? ` ${b}${NBSP}${bUnit}` : ''}`;
  if (hours < 24) return two(hours, h, m % 60, min);
  return two(Math.floor(hours / 24), d, hours % 24, h);
}

const two = (value: number) => String(value).padStart(2, '0');

/** "14:05" */
export function clock(ms: number, zone: string): string {
  const { hour, minute } = localTime(zone, ms);
  return `${two(hour)}:${two(minute)}`;
}

/** "14:05:09" */
export function clockSeconds(ms: number, zone: string): string {
  return `${clock(ms, zone)}:${two(Math.floor(ms / 1000) % 60)}`;
}

/** "19 Nov", "lapkr. 19", as the language has it. */
export const day = (ms: number, zone: string): string => written(locale.day, ms, zone);

function written(pattern: string, ms: number, zone: string): string {
  const at = localTime(zone, ms);
  const parts: Record<string, string> = {
    '{d}': locale.padDay ? two(at.day) : String(at.day),
    '{M}': locale.months[at.month - 1] ?? '',
    '{y}': String(at.year),
    '{w}': locale.weekdays[at.weekday] ?? '',
  };
  return pattern.replace(/\{[dMyw]\}/g, (part) => parts[part] ?? '');
}

/** Monday is 0. */
export const weekdayName = (weekday: number): string => locale.weekdays[weekday] ?? '';

/** "19 Nov 2026" */
export const dated = (ms: number, zone: string): string =>
  written(locale.date.replace(/[, ]*\{w\}[, ]*/, ''), ms, zone);

/** "25 h" */
export const hours = (n: number): string => `${n}${NBSP}${words.units.h}`;

/** "Thu 19 Nov 2026, 16:15" */
export const full = (ms: number, zone: string): string => `${written(locale.date, ms, zone)}, ${clock(ms, zone)}`;

/** As short as it stays clear: "14:05" today, "Wed 17:00" within six days, "3 Nov 11:12", with the year when it is another. */
export function moment(ms: number, nowMs: number, zone: string): string {
  const at = localTime(zone, ms);
  const today = localTime(zone, nowMs);
  const days = today.dayNumber - at.dayNumber;
  if (days === 0) return clock(ms, zone);
  if (Math.abs(days) < 7) return `${weekdayName(at.weekday)} ${clock(ms, zone)}`;
  return `${(at.year === today.year ? day : dated)(ms, zone)} ${clock(ms, zone)}`;
}

/** "Vilnius" of Europe/Vilnius. */
export const zoneName = (zone: string): string => (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');

let zone: { name: string; askedAt: number } | null = null;
const ZONE_MS = 60_000;
/** Asked once a minute, since travellers change it: each question takes a millisecond, and a page asks several times a second. */
export function viewerZone(): string {
  const now = Date.now();
  if (!zone || now - zone.askedAt > ZONE_MS)
    zone = { name: Intl.DateTimeFormat().resolvedOptions().timeZone, askedAt: now };
  return zone.name;
}

/** " (your time 01:12)" after a time of day in `zone`, where the viewer's clock shows another; else nothing. */
export function yours(ms: number, zone: string): string {
  const mine = clock(ms, viewerZone());
  return mine === clock(ms, zone) ? '' : ` (${words.yourTime(mine)})`;
}

/** "1 site", "2 sites": the catalogue's forms by the language's own plural rule. `n`: a number, or one as count() wrote it. */
export function plural(n: number | string, forms: Forms): string {
  const [value, written] = typeof n === 'number' ? [n, count(n)] : [Number(n.replace(/\D/g, '')), n];
  return (forms[rules.select(value)] ?? forms.other).replace('{n}', written);
}

/** English has one and other, Lithuanian few and many besides, and so on: forms that a language lacks are left out. */
export type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };
const rules = new Intl.PluralRules(locale.tag);
