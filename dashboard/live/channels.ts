/** Why: channels are made when somebody asks for them, follow the roster together, and are let go when nobody has asked for long: their number is bounded. */
import type { SiteScope } from '#contract';
import type { State } from '#state';
import { type Channel, createChannel } from './channel.ts';
import { ALL, keyOf, type LiveChannel } from './channel-name.ts';
import { indexOf, type RosterIndex } from './roster-index.ts';
import type { Slots } from './slots.ts';

export interface Channels {
  /** Made where there is none yet; it begins with the number `seq`. */
  of(scope: SiteScope | undefined, channel: LiveChannel, seq: number): Channel;
  known(key: string): Channel | undefined;
  all(): Iterable<Channel>;
  /** The registry that they follow now. Answers those whose roster is another one now. */
  follow(registry: State['registry']): Channel[];
}

/** Those that nobody watches, besides the one of everything. */
const IDLE_MAX = 50;

/** `watched`: keys of those that somebody has a stream of; they stay. `epoch`: of this process. */
export function createChannels(slots: Slots, epoch: string, watched: () => ReadonlySet<string>): Channels {
  const everything = createChannel({ scope: undefined, channel: ALL, slots, epoch });
  /** Those that were asked for last come last. */
  const channels = new Map<string, Channel>([[everything.key, everything]]);
  let index: RosterIndex = indexOf({ sites: [], access_points: [], probes: [] });
  const letGo = (): void => {
    const used = watched();
    const idle = [...channels.keys()].filter((key) => key !== everything.key && !used.has(key));
    for (const key of idle.slice(0, Math.max(0, idle.length - IDLE_MAX))) channels.delete(key);
  };
  return {
    of(scope, channel, seq) {
      const key = keyOf(scope, channel);
      const known = channels.get(key);
      const one = known ?? createChannel({ scope, channel, slots, epoch });
      if (!known) {
        one.seq = seq;
        one.setRoster(index);
      }
      channels.delete(key);
      channels.set(key, one);
      if (!known) letGo();
      return one;
    },
    known: (key) => channels.get(key),
    all: () => channels.values(),
    follow(registry) {
      index = indexOf({ sites: registry.sites(), access_points: registry.accessPoints(), probes: registry.probes() });
      return [...channels.values()].filter((channel) => channel.setRoster(index));
    },
  };
}
