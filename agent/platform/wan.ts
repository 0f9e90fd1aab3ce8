/** Why: which interface is the WAN is one question with one answer, for traffic, reachability and throughput alike. */
import { join } from 'node:path';
import { type Counters, countersOf } from './counters.ts';
import { keepFile } from './kept-file.ts';
import { createLinkReader, type Link } from './link.ts';
import { type DefaultRoute, defaultRoute } from './routes.ts';

export interface WanView {
  readonly route: DefaultRoute | null;
  /** The configured interface, else the default route's, else the last one that was; null where none was ever known. */
  readonly name: string | null;
  /** Null where the interface is gone or /sys does not show it. */
  readonly link: Link | null;
  /** Null where the interface is not listed. */
  readonly counters: Counters | null;
}

export interface Wan {
  /** Everything about the WAN at this moment. */
  look(): WanView;
  /** Only the counters of an interface: cheap enough for ten times a second. */
  counters(name: string): Counters | null;
  close(): void;
}

export function openWan(options: { root: string; override: string | null }): Wan {
  const { root, override } = options;
  const routes4 = keepFile(join(root, 'proc/net/route'));
  const routes6 = keepFile(join(root, 'proc/net/ipv6_route'));
  const netDev = keepFile(join(root, 'proc/net/dev'));
  const readLink = createLinkReader(root);
  let lastName: string | null = null;
  const counters = (name: string): Counters | null => countersOf(netDev.read(), name);
  return {
    look() {
      const route = defaultRoute(routes4.read(), routes6.read());
      const name = override ?? route?.iface ?? lastName;
      lastName = name;
      if (name === null) return { route, name, link: null, counters: null };
      return { route, name, link: readLink(name, route?.iface ?? null), counters: counters(name) };
    },
    counters,
    close() {
      for (const file of [routes4, routes6, netDev]) file.close();
    },
  };
}
