/**
 * Why: environment and `carrel.json` become typed values in one place, with an answer that helps when a value is wrong.
 * Each folder declares its settings as a `SettingTable`; `--help` and docs/guides/settings.md are made from the same table.
 */
import { CarrelError } from './errors.ts';

/** One setting. `parse` answers with the value, or throws an Error whose message says what is accepted. */
export interface Setting<T> {
  description: string;
  /** Text of the default as shown to people; `null` when unset by default. */
  default: string | null;
  unit?: string;
  example: string;
  /** Never printed, not even in errors. */
  secret?: boolean;
  parse(text: string): T;
}
export type SettingTable = Record<string, Setting<unknown>>;
/** Values by environment name, `undefined` only where the default is null. */
export type SettingValues<T extends SettingTable> = {
  [K in keyof T]: T[K] extends Setting<infer V> ? (T[K]['default'] extends null ? V | undefined : V) : never;
};

/**
 * Reads every setting of `table`: environment first, then `file` (parsed carrel.json), then the default.
 * @throws CarrelError SETTING_INVALID naming the setting, what was got, what is accepted and an example.
 */
export function readSettings<T extends SettingTable>(
  table: T,
  env: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, unknown>> = {},
): SettingValues<T> {
  const values: Record<string, unknown> = {};
  for (const [name, setting] of Object.entries(table))
    values[name] = readOne(name, setting, env[name] ?? textOf(file[name]));
  return values as SettingValues<T>;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function readOne(name: string, setting: Setting<unknown>, text: string | undefined): unknown {
  const given = text !== undefined && text.trim() !== '' ? text.trim() : undefined;
  const source = given ?? setting.default;
  if (source === null) return undefined;
  try {
    return setting.parse(source);
  } catch (error) {
    const got = setting.secret ? '(hidden)' : JSON.stringify(source);
    const accepted = error instanceof Error ? error.message : String(error);
    throw new CarrelError(
      'SETTING_INVALID',
      `${name} is ${got}; accepted: ${accepted}; for example ${name}=${setting.example}`,
      {
        setting: name,
      },
    );
  }
}

/** Whole number in [min, max]. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) throw new Error(`a whole number from ${min} to ${max}`);
    return value;
  };
}

/** Decimal number in [min, max]. */
export function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isFinite(value) || value < min || value > max) throw new Error(`a number from ${min} to ${max}`);
    return value;
  };
}

/** One of the given words. */
export function oneOf<const W extends readonly string[]>(words: W): (text: string) => W[number] {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found === undefined) throw new Error(`one of ${words.join(', ')}`);
    return found;
  };
}

/** `on`/`off` (also yes/no, true/false, 1/0). */
export function onOff(text: string): boolean {
  if (['on', 'yes', 'true', '1'].includes(text.toLowerCase())) return true;
  if (['off', 'no', 'false', '0'].includes(text.toLowerCase())) return false;
  throw new Error('on or off');
}

/** An address to listen on. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** `host:port`, `[v6]:port` or `:port` (loopback); port 0 asks the system for a free one. */
export function listenAddress(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port > 65535) throw new Error('host:port, port 0 to 65535');
  return { host: match[1] ?? (match[2] || '127.0.0.1'), port };
}

/** Like `listenAddress`, or `off`. */
export function listenAddressOrOff(text: string): ListenAddress | null {
  return text === 'off' ? null : listenAddress(text);
}

/** The text itself; empty is refused. */
export function anyText(text: string): string {
  if (text.length === 0) throw new Error('a text that is not empty');
  return text;
}

/** Comma-separated list without empty members. */
export function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part.length > 0);
}
