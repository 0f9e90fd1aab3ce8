/** Why: environment, credential file, configuration file and UCI become one typed value, once, with an answer that helps when something is wrong. */
import { readFileSync, statSync } from 'node:fs';
import type { DesiredConfig } from '#contract';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';
import { readSettings } from '#lib/settings';
import type { LogLevel } from './log.ts';
import {
  type AgentSettings,
  agentSettings,
  type BrokerAddress,
  type HostPort,
  type WebSocketAddress,
} from './settings.ts';
import { readUci } from './uci.ts';

/** Where the server is and as whom to speak to it. */
export interface ServerAccess {
  broker: BrokerAddress;
  id: string;
  token: string;
  /** PEM of the only authority to trust; null for the system's. */
  ca: string | null;
  /** The same server through its web port, where the network lets nothing else out. */
  web?: WebSocketAddress | null;
}

export interface AgentConfig {
  /** Null where nothing is configured, which only `--once` and `--dry-run` accept. */
  server: ServerAccess | null;
  wan: string | null;
  targets: readonly string[] | null;
  /** Throughput test server; null = the broker's host and the port of the grant. */
  speed: HostPort | null;
  stateDir: string;
  spoolBytes: number;
  keepaliveS: number | null;
  clock: 'auto' | 'trusted' | 'untrusted';
  /** What holds until the server says otherwise. */
  defaults: DesiredConfig;
  /** What was set on this probe by hand: the server does not change it. */
  pinned: Partial<DesiredConfig>;
  log: LogLevel;
  /** Root of /proc, /sys and /etc. */
  root: string;
}

export interface ConfigSources {
  env: Readonly<Record<string, string | undefined>>;
  /** `--config FILE`. */
  file?: string;
  /** `--uci`: read /etc/config/carrel. */
  uci?: boolean;
  /** Nothing will be sent, so a server need not be configured. */
  alone?: boolean;
}
export interface ReadConfig {
  config: AgentConfig;
  warnings: string[];
}

const DEFAULT_FILE = '/etc/carrel/agent.json';
const UCI_FILE = '/etc/config/carrel';
const WORKDAY = [[540, 1080]] as const;

/**
 * Environment wins over the configuration file or UCI, which wins over the credential file.
 * @throws CarrelError SETTING_INVALID, SETTING_MISSING, SETTINGS_FILE_INVALID
 */
export function readConfig(sources: ConfigSources): ReadConfig {
  const warnings: string[] = [];
  const own = ownFile(sources, warnings);
  const named = sources.env['CARREL_AGENT_CREDENTIAL'] ?? own['CARREL_AGENT_CREDENTIAL'];
  const credential = typeof named === 'string' && named !== '' ? jsonFile(named, warnings) : {};
  const given = { ...credential, ...own };
  const settings = readSettings(agentSettings, sources.env, given);
  const isGiven = (name: keyof AgentSettings): boolean =>
    (sources.env[name] ?? '') !== '' || (given[name] ?? '') !== '';
  const server = sources.alone && !isGiven('CARREL_AGENT_BROKER') ? null : serverOf(settings, warnings);
  return { config: { ...configOf(settings, isGiven), server }, warnings };
}

function ownFile(sources: ConfigSources, warnings: string[]): Record<string, unknown> {
  if (sources.uci) return known(readUci(readText(UCI_FILE), 'main'), UCI_FILE, warnings);
  if (sources.file !== undefined) return jsonFile(sources.file, warnings);
  try {
    statSync(DEFAULT_FILE);
  } catch {
    return {};
  }
  // Where the environment names another credential, a stray file of this machine must not mix into it.
  return sources.env['CARREL_AGENT_CREDENTIAL'] ? {} : jsonFile(DEFAULT_FILE, warnings);
}

function jsonFile(path: string, warnings: string[]): Record<string, unknown> {
  const text = readText(path);
  warnOfLooseMode(path, warnings);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return known(Object.fromEntries(Object.entries(value)), path, warnings);
  } catch {
    // told below, together with the other wrong shapes
  }
  throw new CarrelError(
    'SETTINGS_FILE_INVALID',
    `${path} must hold one JSON object such as {"broker":"mqtts://host:8883","id":"...","token":"...","ca":null}; ask the server for a new credential if it is damaged`,
    { file: path },
  );
}

/** Files may say `broker` or `CARREL_AGENT_BROKER`: the same key. What is not a setting is told, not fatal: a newer server may add keys. */
function known(values: Record<string, unknown>, path: string, warnings: string[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values)) {
    const name = key.startsWith('CARREL_AGENT_') ? key : `CARREL_AGENT_${key.toUpperCase()}`;
    if (Object.hasOwn(agentSettings, name)) result[name] = value ?? undefined;
    else if (name === 'CARREL_AGENT_ENABLED')
      continue; // UCI's: whether procd starts the agent at all
    else warnings.push(`${path} has ${JSON.stringify(key)}, which is not a setting of the agent`);
  }
  return result;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const advice =
      errnoOf(error) === 'EACCES' ? 'it must be readable by the user that runs the agent' : 'check the path';
    throw new CarrelError('SETTINGS_FILE_INVALID', `cannot read ${path}: ${messageOf(error)}; ${advice}`, {
      file: path,
    });
  }
}

function warnOfLooseMode(path: string, warnings: string[]): void {
  const mode = statSync(path).mode & 0o777;
  if ((mode & 0o077) !== 0)
    warnings.push(`${path} holds a secret and is readable by others (mode ${mode.toString(8)}); chmod 600 ${path}`);
}

function serverOf(s: AgentSettings, warnings: string[]): ServerAccess {
  return {
    broker: required(s.CARREL_AGENT_BROKER, 'CARREL_AGENT_BROKER'),
    id: required(s.CARREL_AGENT_ID, 'CARREL_AGENT_ID'),
    token: tokenOf(s, warnings),
    ca: s.CARREL_AGENT_CA ?? (s.CARREL_AGENT_CA_FILE === undefined ? null : authorityOf(s.CARREL_AGENT_CA_FILE)),
    web: s.CARREL_AGENT_BROKER_WS ?? null,
  };
}

function configOf(s: AgentSettings, isGiven: (name: keyof AgentSettings) => boolean): Omit<AgentConfig, 'server'> {
  const profile = s.CARREL_AGENT_PROFILE;
  const batch = s.CARREL_AGENT_BATCH ?? { default: 5, metered: 10, satellite: 15 }[profile];
  const defaults: DesiredConfig = {
    sample_s: s.CARREL_AGENT_SAMPLE_S,
    batch,
    profile,
    target_mbps: 30,
    zone: s.CARREL_AGENT_ZONE,
    opening: [WORKDAY, WORKDAY, WORKDAY, WORKDAY, WORKDAY, [], []],
    tests_per_day: s.CARREL_AGENT_TESTS_PER_DAY ?? { default: 6, metered: 2, satellite: 2 }[profile],
    budget_mb: s.CARREL_AGENT_BUDGET_MB ?? { default: 2000, metered: 300, satellite: 90 }[profile],
  };
  const pinned: Partial<DesiredConfig> = {
    ...(isGiven('CARREL_AGENT_SAMPLE_S') && { sample_s: defaults.sample_s }),
    ...(isGiven('CARREL_AGENT_BATCH') && { batch: defaults.batch }),
    ...(isGiven('CARREL_AGENT_PROFILE') && { profile: defaults.profile }),
    ...(isGiven('CARREL_AGENT_ZONE') && { zone: defaults.zone }),
    ...(isGiven('CARREL_AGENT_TESTS_PER_DAY') && { tests_per_day: defaults.tests_per_day }),
    ...(isGiven('CARREL_AGENT_BUDGET_MB') && { budget_mb: defaults.budget_mb }),
  };
  return {
    wan: s.CARREL_AGENT_WAN ?? null,
    targets: s.CARREL_AGENT_TARGETS ?? null,
    speed: s.CARREL_AGENT_SPEED ?? null,
    stateDir: s.CARREL_AGENT_SPOOL,
    spoolBytes: Math.round(s.CARREL_AGENT_SPOOL_MB * 1024 * 1024),
    keepaliveS: s.CARREL_AGENT_KEEPALIVE_S ?? null,
    clock: s.CARREL_AGENT_CLOCK,
    defaults,
    pinned,
    log: s.CARREL_AGENT_LOG,
    root: s.CARREL_AGENT_ROOT,
  };
}

function tokenOf(s: AgentSettings, warnings: string[]): string {
  if (s.CARREL_AGENT_TOKEN !== undefined) return s.CARREL_AGENT_TOKEN;
  const path = required(s.CARREL_AGENT_TOKEN_FILE, 'CARREL_AGENT_TOKEN_FILE');
  const token = readText(path).trim();
  if (token === '')
    throw new CarrelError(
      'SETTING_INVALID',
      `CARREL_AGENT_TOKEN_FILE is ${JSON.stringify(path)}, which is empty; it must hold the token that the server issued`,
      { setting: 'CARREL_AGENT_TOKEN_FILE' },
    );
  warnOfLooseMode(path, warnings);
  return token;
}

function authorityOf(path: string): string {
  const text = readText(path);
  if (!text.includes('-----BEGIN CERTIFICATE-----'))
    throw new CarrelError(
      'SETTING_INVALID',
      `CARREL_AGENT_CA_FILE is ${JSON.stringify(path)}; accepted: a file with a certificate in PEM form; for example CARREL_AGENT_CA_FILE=/etc/carrel/ca.pem`,
      { setting: 'CARREL_AGENT_CA_FILE' },
    );
  return text;
}

function required<T>(value: T | undefined, name: keyof AgentSettings): T {
  if (value !== undefined) return value;
  throw new CarrelError(
    'SETTING_MISSING',
    `${name} is not set; put the credential file of the server at ${DEFAULT_FILE}, name it with CARREL_AGENT_CREDENTIAL=FILE, or set for example ${name}=${agentSettings[name].example}`,
    { setting: name },
  );
}
