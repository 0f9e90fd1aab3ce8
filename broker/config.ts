/** Why: the broker's settings, with what people need to know about each. */
import { CarrelError } from '#lib/errors';
import {
  anyText,
  decimal,
  list,
  listenAddressOrOff,
  onOff,
  type Setting,
  type SettingValues,
  wholeNumber,
} from '#lib/settings';
import { isId } from './contract/index.ts';
import type { Foreign } from './speed/ndt7-server.ts';
import { parsePlaces, requireKey } from './speed/places.ts';

function slug(text: string): string {
  if (!isId(text)) throw new Error('1 to 48 of a-z, 0-9 and -');
  return text;
}
function speedKey(text: string): string {
  if (text.length < 32) throw new Error('at least 32 characters');
  return text;
}
function foreignClients(text: string): Foreign {
  if (text === 'off' || text === 'loopback') return text;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 64) throw new Error('off, loopback, or a number from 1 to 64');
  return value;
}

export const brokerSettings = {
  CARREL_DATA_DIR: {
    description: 'Folder for the wal, the databases, keys and the lock',
    default: './data',
    example: '/var/lib/carrel',
    parse: anyText,
  },
  CARREL_MQTT: {
    description: 'Plain MQTT listener, or off',
    default: '127.0.0.1:1883',
    example: '127.0.0.1:1883',
    parse: listenAddressOrOff,
  },
  CARREL_MQTT_PLAIN: {
    description: 'Allows plain MQTT beyond loopback (credentials then travel in clear)',
    default: 'no',
    example: 'yes',
    parse: onOff,
  },
  CARREL_MQTTS: {
    description: 'MQTT over TLS, for probes; off unless given',
    default: 'off',
    example: '0.0.0.0:8883',
    parse: listenAddressOrOff,
  },
  CARREL_TLS_CERT: {
    description: "Certificate chain (PEM file) for MQTTS; made by Carrel's own authority when unset",
    default: null,
    example: '/etc/carrel/cert.pem',
    parse: anyText,
  },
  CARREL_TLS_KEY: {
    description: 'Private key (PEM file) that belongs to CARREL_TLS_CERT',
    default: null,
    example: '/etc/carrel/key.pem',
    parse: anyText,
  },
  CARREL_TLS_NAMES: {
    description: "Host names and addresses in the certificate that Carrel makes, besides this machine's own",
    default: '',
    example: 'carrel.library.example,192.0.2.7',
    parse: list,
  },
  CARREL_SPEED: {
    description: 'Throughput test server, TCP and UDP on the same number',
    default: '127.0.0.1:4443',
    example: '0.0.0.0:4443',
    parse: listenAddressOrOff,
  },
  CARREL_SPEED_UPLINK_MBPS: {
    description: "This server's own uplink; tests together use at most 80 % of it",
    default: '1000',
    unit: 'Mb/s',
    example: '10000',
    parse: decimal(1, 1_000_000),
  },
  CARREL_SPEED_NAME: {
    description: 'Name of the test server in results and in tickets; each test server has its own',
    default: 'main',
    example: 'north',
    parse: slug,
  },
  CARREL_SPEED_SERVERS: {
    description:
      'Other test servers (infra/speed-server.ts on another machine): NAME=HOST:PORT/WEIGHT/UPLINK_MBPS, comma separated; weight 1 and uplink 1000 when left out. Each access point always gets the same one, confirmations another',
    default: '',
    example: 'north=speed.north.example:4443/2/1000',
    parse: parsePlaces,
  },
  CARREL_SPEED_KEY: {
    description: 'Key of the leases, shared by all test servers; made anew at each start when unset',
    default: null,
    example: 'the output of: openssl rand -hex 32',
    secret: true,
    parse: speedKey,
  },
  CARREL_SPEED_FOREIGN: {
    description:
      'ndt7 clients without a lease: off, loopback (this machine only), or how many at once from anywhere; together they get the fifth of the uplink that leases leave free',
    default: 'loopback',
    example: '4',
    parse: foreignClients,
  },
  CARREL_STORE: {
    description:
      'Series databases, comma separated; the first answers queries, all are written: duckdb:PATH, influx1+http://user:pass@host:8086/database, influx2+http://host:8086/org/bucket, memory:',
    default: 'duckdb:',
    example: 'duckdb:,influx1+http://localhost:8086/carrel',
    secret: true,
    parse: list,
  },
  CARREL_INFLUX_TOKEN: {
    description: 'API token for influx2 stores',
    default: null,
    example: 'the-token',
    secret: true,
    parse: anyText,
  },
  CARREL_RETENTION_DAYS: {
    description:
      'Samples, events and tests older than this are deleted from the databases, daily; hours and days that were summed up stay; 0 keeps for ever, and less than 31 is refused since probes deliver what they kept for a month',
    default: '90',
    unit: 'days',
    example: '400',
    parse: wholeNumber(0, 36_500),
  },
  CARREL_RETENTION_HOURLY_DAYS: {
    description:
      'Sums of hours (charts of weeks, reports of months) older than this are deleted, daily; 0 keeps for ever',
    default: '396',
    unit: 'days',
    example: '800',
    parse: wholeNumber(0, 36_500),
  },
  CARREL_RETENTION_DAILY_DAYS: {
    description: 'Sums of days (charts of years) older than this are deleted, daily; 0 keeps for ever',
    default: '1827',
    unit: 'days',
    example: '3650',
    parse: wholeNumber(0, 36_500),
  },
  CARREL_WAL_MAX_MB: {
    description:
      'Largest size of the log of accepted frames; above it nothing is acknowledged until a database has caught up',
    default: '4096',
    unit: 'MB',
    example: '8192',
    parse: wholeNumber(16, 1_000_000),
  },
} as const satisfies Record<string, Setting<unknown>>;

export type BrokerSettings = SettingValues<typeof brokerSettings>;

/** An agent's spool. */
const PROBES_KEEP_DAYS = 30;
const LOOPBACK = /^(127\.|::1$|localhost$)/;

/** Rules that span settings. @throws CarrelError SETTING_INVALID */
export function checkBrokerSettings(settings: BrokerSettings): void {
  const { CARREL_MQTT: plain, CARREL_MQTT_PLAIN: allowed } = settings;
  if (plain && !LOOPBACK.test(plain.host) && !allowed) {
    throw new CarrelError(
      'SETTING_INVALID',
      `CARREL_MQTT is ${plain.host}:${plain.port}, which is not loopback, and plain MQTT shows credentials to the network; use CARREL_MQTTS=0.0.0.0:8883, or ask for it by name with CARREL_MQTT_PLAIN=yes`,
      { setting: 'CARREL_MQTT' },
    );
  }
  requireKey(settings.CARREL_SPEED_KEY, settings.CARREL_SPEED_SERVERS);
  const { CARREL_RETENTION_DAYS: days } = settings;
  if (days !== 0 && days < PROBES_KEEP_DAYS + 1) {
    throw new CarrelError(
      'SETTING_INVALID',
      `CARREL_RETENTION_DAYS is ${days}, and a probe that was away delivers up to ${PROBES_KEEP_DAYS} days later: what it brings would be deleted at once; give at least ${PROBES_KEEP_DAYS + 1}, or 0 to keep for ever`,
      { setting: 'CARREL_RETENTION_DAYS' },
    );
  }
  if ((settings.CARREL_TLS_CERT === undefined) !== (settings.CARREL_TLS_KEY === undefined)) {
    throw new CarrelError('SETTING_INVALID', 'CARREL_TLS_CERT and CARREL_TLS_KEY go together; give both or neither', {
      setting: 'CARREL_TLS_CERT',
    });
  }
}
