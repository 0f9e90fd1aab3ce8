/** Why: the agent's settings, with what people need to know about each. The guide and `--help` are made from this table. */
import { isId } from '#contract';
import { anyText, decimal, list, oneOf, type Setting, type SettingValues, wholeNumber } from '#lib/settings';
import { LOG_LEVELS } from './log.ts';

export interface HostPort {
  host: string;
  port: number;
}
export interface BrokerAddress extends HostPort {
  protocol: 'mqtt' | 'mqtts';
}
export interface WebSocketAddress extends HostPort {
  protocol: 'ws' | 'wss';
  path: string;
}

export const agentSettings = {
  CARREL_AGENT_CREDENTIAL: {
    description: 'Credential file that the server issued: JSON with broker, id, token and ca',
    default: null,
    example: '/etc/carrel/agent.json',
    parse: anyText,
  },
  CARREL_AGENT_BROKER: {
    description: 'Where the server takes frames',
    default: null,
    example: 'mqtts://carrel.library.example:8883',
    parse: brokerAddress,
  },
  CARREL_AGENT_BROKER_WS: {
    description: 'The same server through its web port, for networks that stop port 8883; tried after three failures',
    default: null,
    example: 'wss://carrel.library.example/mqtt',
    parse: webSocketAddress,
  },
  CARREL_AGENT_ID: { description: "This probe's id", default: null, example: 'debeikiai-1', parse: probeId },
  CARREL_AGENT_TOKEN: {
    description: "This probe's secret; better kept in a file",
    default: null,
    example: 'the-token',
    secret: true,
    parse: anyText,
  },
  CARREL_AGENT_TOKEN_FILE: {
    description: 'File that holds the secret and nothing else, readable by the agent alone',
    default: null,
    example: '/etc/carrel/token',
    parse: anyText,
  },
  CARREL_AGENT_CA: {
    description: "Certificate (PEM text) of the authority that signed the server's; only it is trusted then",
    default: null,
    example: '-----BEGIN CERTIFICATE-----...',
    parse: pem,
  },
  CARREL_AGENT_CA_FILE: {
    description: 'The same as a file',
    default: null,
    example: '/etc/carrel/ca.pem',
    parse: anyText,
  },
  CARREL_AGENT_WAN: {
    description: "Interface of the internet connection; the default route's when unset",
    default: null,
    example: 'eth1',
    parse: interfaceName,
  },
  CARREL_AGENT_TARGETS: {
    description: "Internet hosts to reach, `host` or `host:port`; the agent's own choice when unset",
    default: null,
    example: '9.9.9.9,1.1.1.1',
    parse: list,
  },
  CARREL_AGENT_SAMPLE_S: {
    description: 'Time between samples. Given here, it is not changed from the server',
    default: '60',
    unit: 's',
    example: '60',
    parse: wholeNumber(1, 3600),
  },
  CARREL_AGENT_BATCH: {
    description:
      'Samples per message; by profile when unset (5, metered 10, satellite 15). Given here, it is not changed from the server',
    default: null,
    example: '5',
    parse: wholeNumber(1, 60),
  },
  CARREL_AGENT_PROFILE: {
    description: 'How dear the line is. Given here, it is not changed from the server',
    default: 'default',
    example: 'metered',
    parse: oneOf(['default', 'metered', 'satellite']),
  },
  CARREL_AGENT_TESTS_PER_DAY: {
    description:
      'Throughput tests per open day; by profile when unset (6, metered and satellite 2). Given here, it is not changed from the server',
    default: null,
    example: '6',
    parse: wholeNumber(0, 96),
  },
  CARREL_AGENT_BUDGET_MB: {
    description:
      'What throughput tests may cost per month; by profile when unset (2000, metered 300, satellite 90). Given here, it is not changed from the server',
    default: null,
    unit: 'MB',
    example: '1000',
    parse: decimal(0, 1e9),
  },
  CARREL_AGENT_ZONE: {
    description: 'Time zone of the site. Given here, it is not changed from the server',
    default: 'UTC',
    example: 'Europe/Vilnius',
    parse: zoneName,
  },
  CARREL_AGENT_SPEED: {
    description: "Throughput test server; the broker's host and the port that it grants when unset",
    default: null,
    example: 'speed.library.example:4443',
    parse: hostPort(4443),
  },
  CARREL_AGENT_SPOOL: {
    description: 'Folder for frames that wait for the server, and for what must survive a restart',
    default: '/var/lib/carrel-agent',
    example: '/etc/carrel/spool',
    parse: anyText,
  },
  CARREL_AGENT_SPOOL_MB: {
    description: 'Largest size of the spool; beyond it the oldest frames go, and are told to be lost',
    default: '4',
    unit: 'MB',
    example: '4',
    parse: decimal(0.1, 1000),
  },
  CARREL_AGENT_KEEPALIVE_S: {
    description:
      'Time after which a silent connection is tested; by profile when unset (160, metered and satellite 900)',
    default: null,
    unit: 's',
    example: '160',
    parse: wholeNumber(10, 1800),
  },
  CARREL_AGENT_CLOCK: {
    description: 'May the wall clock be trusted? `auto` asks the system',
    default: 'auto',
    example: 'trusted',
    parse: oneOf(['auto', 'trusted', 'untrusted']),
  },
  CARREL_AGENT_ROOT: {
    description:
      'Where /proc, /sys, /run and /etc of the measured device are seen; other than / in a container that watches its host',
    default: '/',
    example: '/host',
    parse: anyText,
  },
  CARREL_AGENT_LOG: {
    description: 'Least severity that is logged',
    default: 'info',
    example: 'debug',
    parse: oneOf(LOG_LEVELS),
  },
} as const satisfies Record<string, Setting<unknown>>;

export type AgentSettings = SettingValues<typeof agentSettings>;

/** `mqtts://host:port` or `mqtt://host:port`; the port is 8883 or 1883 when left out. */
export function brokerAddress(text: string): BrokerAddress {
  const match = /^(mqtts?):\/\/([^/@?#]+)\/?$/.exec(text);
  const protocol = match?.[1];
  if (!match || (protocol !== 'mqtt' && protocol !== 'mqtts'))
    throw new Error('mqtts://host:port (or mqtt://host:port on a network of your own), without user or path');
  return { protocol, ...hostPort(protocol === 'mqtts' ? 8883 : 1883)(match[2] ?? '') };
}

/** `wss://host/mqtt` or `ws://host:port/mqtt`; the port is 443 or 80 when left out, the path `/mqtt`. */
function webSocketAddress(text: string): WebSocketAddress {
  const match = /^(wss?):\/\/([^/@?#]+)(\/[\w./~-]*)?$/.exec(text);
  const protocol = match?.[1];
  if (!match || (protocol !== 'ws' && protocol !== 'wss'))
    throw new Error('wss://host/mqtt (or ws://host:port/mqtt on a network of your own), without user or query');
  return { protocol, ...hostPort(protocol === 'wss' ? 443 : 80)(match[2] ?? ''), path: match[3] ?? '/mqtt' };
}

/** `host`, `host:port` or `[v6]:port`. */
export function hostPort(defaultPort: number): (text: string) => HostPort {
  return (text) => {
    const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text);
    const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
    const host = match?.[1] ?? match?.[2];
    if (host === undefined || port < 1 || port > 65_535)
      throw new Error('host or host:port, an IPv6 address in brackets');
    return { host, port };
  };
}

function probeId(text: string): string {
  if (!isId(text)) throw new Error('1 to 48 of a-z, 0-9 and -');
  return text;
}

function interfaceName(text: string): string {
  if (!/^[\w.@-]{1,15}$/.test(text)) throw new Error('the name of a network interface, at most 15 characters');
  return text;
}

function pem(text: string): string {
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('a certificate in PEM form');
  return `${text}\n`;
}

function zoneName(text: string): string {
  // Some OpenWrt builds of Node have no Intl: the name is then taken as it is, and calendar jobs do not run.
  // UTC needs no list, and asking would cost 12 ms and 2 MB at the start.
  if (typeof Intl === 'undefined' || text === 'UTC') return text;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone && text;
  } catch {
    throw new Error('a time zone of the IANA list');
  }
}
