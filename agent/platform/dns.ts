/** Why: resolving by the probe's own resolver, timed and bounded: getaddrinfo would block a thread for up to 30 s when DNS is down. */
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { errnoOf } from '#lib/errors';
import { readText } from './kept-file.ts';

export interface Resolution {
  readonly up: boolean;
  readonly ms: number;
  readonly addresses: readonly string[];
  readonly why: string;
}

/** Some filtering resolvers deny the root; a definite no is an answer all the same, which one that is cut off (SERVFAIL) cannot give. */
const DEFINITE = new Set(['ENOTFOUND', 'ENODATA']);

export interface Names {
  /**
   * Asks `servers` for the addresses of `name`, or, where it is `.`, for the root's SOA, the
   * shortest answer that every resolver has (103 bytes; its name servers are 500). Never rejects; the answer comes
   * within `timeoutMs`, after which questions asked at the same time end as well.
   */
  resolve(question: {
    name: string;
    family: 4 | 6;
    servers: readonly string[];
    timeoutMs: number;
    signal: AbortSignal;
  }): Promise<Resolution>;
}

/** Keeps one resolver while servers and patience stay the same: making one reads half of /etc each time. It caches nothing. */
export function createNames(): Names {
  let kept: { key: string; resolver: Resolver } | null = null;
  const resolverFor = (servers: readonly string[], timeoutMs: number): Resolver => {
    const key = `${timeoutMs} ${servers.join(' ')}`;
    if (kept?.key === key) return kept.resolver;
    const resolver = new Resolver({ timeout: timeoutMs, tries: 1 });
    if (servers.length > 0) resolver.setServers([...servers]);
    kept = { key, resolver };
    return resolver;
  };
  return {
    async resolve({ name, family, servers, timeoutMs, signal }) {
      const resolver = resolverFor(servers, timeoutMs);
      const cancel = (): void => resolver.cancel();
      const timer = setTimeout(cancel, timeoutMs); // with several servers, c-ares would wait for each in turn
      signal.addEventListener('abort', cancel);
      const started = process.hrtime.bigint();
      const done = (up: boolean, addresses: readonly string[], why: string): Resolution => ({
        up,
        ms: Number(process.hrtime.bigint() - started) / 1e6,
        addresses,
        why,
      });
      try {
        if (name === '.') await resolver.resolveSoa('.');
        return done(true, name === '.' ? [] : await addressesOf(resolver, name, family), '');
      } catch (error) {
        const why = errnoOf(error) ?? 'UNKNOWN';
        return done(name === '.' && DEFINITE.has(why), [], why);
      } finally {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancel);
      }
    },
  };
}

/** The line's own family first: on an IPv6-only line an A record is of no use. */
async function addressesOf(resolver: Resolver, name: string, family: 4 | 6): Promise<string[]> {
  const [first, second] = family === 6 ? (['AAAA', 'A'] as const) : (['A', 'AAAA'] as const);
  const ask = (type: 'A' | 'AAAA'): Promise<string[]> =>
    type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name);
  try {
    return await ask(first);
  } catch (error) {
    if (errnoOf(error) !== 'ENODATA') throw error; // only "no such record" is worth a second question
    return ask(second);
  }
}

/** Name servers of /etc/resolv.conf, read anew each time: DHCP changes them. Empty = the system's own choice. */
export function nameServers(root: string): string[] {
  const servers: string[] = [];
  for (const line of (readText(join(root, 'etc/resolv.conf')) ?? '').split('\n')) {
    const address = /^\s*nameserver\s+(\S+)/.exec(line)?.[1];
    if (address && isIP(address) !== 0) servers.push(isIP(address) === 6 ? `[${address}]` : address);
  }
  return servers.slice(0, 3); // resolv.conf(5): MAXNS
}
