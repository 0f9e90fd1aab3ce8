/** Why: the server's whole configuration: the folders' setting tables and carrel.json, read once, checked before anything opens. */
import { readFileSync } from 'node:fs';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';
import { oneOf, onOff, readSettings, type Setting, type SettingValues } from '#lib/settings';
import { type BrokerSettings, brokerSettings, checkBrokerSettings } from '../broker/config.ts';
import { type DashboardSettings, dashboardSettings } from '../dashboard/config.ts';

export const serverSettings = {
  CARREL_LOCAL_PROBE: {
    description: 'A probe that measures this very machine',
    default: 'on',
    example: 'off',
    parse: onOff,
  },
  CARREL_LOG: {
    description: 'Least severity that is logged',
    default: 'info',
    example: 'warn',
    parse: oneOf(['debug', 'info', 'warn', 'error']),
  },
} as const satisfies Record<string, Setting<unknown>>;

/** Every setting of the server, by group, in the order of the guide. */
export const settingGroups = { server: serverSettings, broker: brokerSettings, dashboard: dashboardSettings } as const;

const NAMES: ReadonlySet<string> = new Set(Object.values(settingGroups).flatMap((group) => Object.keys(group)));
/** What the agent and the tools read, who may have the same environment. */
const OF_OTHERS = /^CARREL_(AGENT_\w+|TOKEN)$/;

/**
 * Names in the environment that look like settings and are none: a slip in one would otherwise leave its default standing without a word. They
 * are told and do not stop the start, as in the file, since an environment is shared with what Carrel does not know.
 */
export function unknownNames(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter((name) => name.startsWith('CARREL_') && !NAMES.has(name) && !OF_OTHERS.test(name));
}

export interface ServerConfig {
  server: SettingValues<typeof serverSettings>;
  broker: BrokerSettings;
  dashboard: DashboardSettings;
}

/**
 * Environment wins over `file`.
 * @throws CarrelError SETTING_INVALID, SETTINGS_FILE_INVALID, SETTING_UNKNOWN
 */
export function readConfig(env: NodeJS.ProcessEnv, file: string): ServerConfig {
  const values = readSettingsFile(file);
  for (const name of Object.keys(values)) {
    if (!NAMES.has(name))
      throw new CarrelError(
        'SETTING_UNKNOWN',
        `${file} has ${JSON.stringify(name)}, which is not a setting of Carrel; see npm start -- --help`,
        { setting: name },
      );
  }
  const config = {
    server: readSettings(serverSettings, env, values),
    broker: readSettings(brokerSettings, env, values),
    dashboard: readSettings(dashboardSettings, env, values),
  };
  checkBrokerSettings(config.broker);
  return config;
}

function readSettingsFile(file: string): Record<string, unknown> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return {};
    throw new CarrelError('SETTINGS_FILE_INVALID', `cannot read ${file}: ${messageOf(error)}`, { file });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return Object.fromEntries(Object.entries(value));
  } catch {
    // told below, together with the other wrong shapes
  }
  throw new CarrelError(
    'SETTINGS_FILE_INVALID',
    `${file} must hold one JSON object such as {"CARREL_HTTP":"0.0.0.0:8080"}`,
    { file },
  );
}
