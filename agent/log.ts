/** Why: procd and systemd take one line per event from stderr; stdout is left to the answers of --once, --selftest and --dry-run. */
import type { Logger } from '#lib/logger';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Writes `level message key=value ...`; no time, since journald and logd stamp each line themselves. */
export function createLineLogger(
  level: LogLevel,
  write: (line: string) => void = (line) => void process.stderr.write(line),
): Logger {
  const least = LOG_LEVELS.indexOf(level);
  const at = (word: LogLevel) => (fields: object, message: string) => {
    if (LOG_LEVELS.indexOf(word) >= least) write(`${word} ${message}${fieldsOf(fields)}\n`);
  };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function fieldsOf(fields: object): string {
  return Object.entries(fields)
    .map(([key, value]) => ` ${key}=${textOf(value)}`)
    .join('');
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined');
  return /[\s"=]/.test(text) && typeof value === 'string' ? JSON.stringify(text) : text;
}
