/** Why: CARREL_AGENT_TARGETS as typed values: hosts whose handshake is timed, and pages that tell a captive portal. */
import { isIP } from 'node:net';

export interface InternetTarget {
  readonly host: string;
  readonly port: number;
  /** True where the host is an address, so that it can be reached without DNS. */
  readonly numeric: boolean;
}
export interface PortalPage {
  readonly url: string;
  readonly host: string;
  readonly numeric: boolean;
}
export interface Targets {
  readonly hosts: readonly InternetTarget[];
  readonly pages: readonly PortalPage[];
}

/** Two anycast resolvers of different operators: near everywhere, and reached by address, so that DNS cannot hide them. */
const OWN_CHOICE = {
  4: ['1.1.1.1:443', '9.9.9.9:443'],
  6: ['[2606:4700:4700::1111]:443', '[2620:fe::fe]:443'],
} as const;
const DEFAULT_PORT = 443;

/** What is tried where nothing is configured, on a line whose default route is of this family. */
export function ownTargets(family: 4 | 6): readonly InternetTarget[] {
  return parseTargets(OWN_CHOICE[family]).hosts;
}

/**
 * `host`, `host:port`, `[v6]:port` or a bare IPv6 address is an internet host; `http://host/path` is a page that answers 204
 * unless something stands between. What is none of these is answered in `refused`, in the words of the setting.
 */
export function parseTargets(texts: readonly string[]): Targets & { refused: readonly string[] } {
  const hosts: InternetTarget[] = [];
  const pages: PortalPage[] = [];
  const refused: string[] = [];
  for (const text of texts) {
    const page = pageOf(text);
    const host = page ? null : hostOf(text);
    if (page) pages.push(page);
    else if (host) hosts.push(host);
    else refused.push(text);
  }
  return { hosts, pages, refused };
}

function pageOf(text: string): PortalPage | null {
  if (!text.startsWith('http://') || !URL.canParse(text)) return null;
  const host = new URL(text).hostname.replace(/^\[|\]$/g, '');
  return { url: text, host, numeric: isIP(host) !== 0 };
}

function hostOf(text: string): InternetTarget | null {
  // Node's own test compiles an expression for 3 ms, which a name or an IPv4 address can be spared.
  if (/:.*:/.test(text) && isIP(text) === 6) return { host: text, port: DEFAULT_PORT, numeric: true };
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  if (host === undefined || port < 1 || port > 65_535) return null;
  return { host, port, numeric: isIP(host) !== 0 };
}
