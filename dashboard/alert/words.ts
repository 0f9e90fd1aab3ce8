/** Why: figures and times in sentences read the same in reasons, mail, webhook and page. */

/** A target or promise: `30 Mb/s`, `12.5 Mb/s`. */
export function mbps(value: number): string {
  return `${Number.isInteger(value) ? value : cut(value)} Mb/s`;
}

/** A measured value: `29.9 Mb/s`, always with one decimal. */
export function measured(value: number): string {
  return `${cut(value)} Mb/s`;
}

/** One decimal, cut and not rounded, so that 29.96 never reads as the target. */
function cut(value: number): string {
  return (Math.floor(value * 10 + 1e-9) / 10).toFixed(1);
}

/** `14:05` on the wall clock of `zone`. */
export function clockTime(at: number, zone: string): string {
  return formatOf(zone, 'time').format(at);
}

/** `Thu 19 Nov 2026, 14:05`. */
export function dateTime(at: number, zone: string): string {
  return formatOf(zone, 'full')
    .format(at)
    .replace(/ at |, (?=\d\d:)/, ', ')
    .replace(/^(\w{3}),/, '$1');
}

/** `2 h 10 min`, `4 min`, `40 s`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string, kind: 'time' | 'full'): Intl.DateTimeFormat {
  const key = `${kind} ${zone}`;
  const known = formats.get(key);
  if (known) return known;
  const time = { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const made = new Intl.DateTimeFormat(
    'en-GB',
    kind === 'time' ? time : { ...time, weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  );
  formats.set(key, made);
  return made;
}
