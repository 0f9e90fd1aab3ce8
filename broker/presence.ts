/** Why: which probes are connected now, since when, and what they last said of themselves. In memory; every start begins with all offline. */
import type { Presence } from './broker.ts';
import type { StateMessage } from './contract/index.ts';

export interface PresenceTable {
  connected(probe: string): void;
  disconnected(probe: string, byWill: boolean): void;
  said(probe: string, state: StateMessage): void;
  /** Any packet: moves `lastSeen` without telling anyone. */
  seen(probe: string): void;
  all(): ReadonlyMap<string, Presence>;
  onChange(listener: (presence: Presence) => void): () => void;
  /** Tells nobody any more: connections that the server itself cuts while it stops say nothing about probes. */
  stop(): void;
}

export function createPresence(nowMs: () => number, probes: readonly string[]): PresenceTable {
  const table = new Map<string, Presence>();
  const listeners = new Set<(presence: Presence) => void>();
  for (const probe of probes) entry(probe);

  function entry(probe: string): Presence {
    const known = table.get(probe);
    if (known) return known;
    const made: Presence = { probe, online: false, since: nowMs(), lastSeen: null, byWill: false, state: null };
    table.set(probe, made);
    return made;
  }

  function tell(presence: Presence): void {
    for (const listener of listeners) listener(presence);
  }

  return {
    connected(probe) {
      const presence = entry(probe);
      const was = presence.online;
      Object.assign(presence, {
        online: true,
        byWill: false,
        lastSeen: nowMs(),
        since: was ? presence.since : nowMs(),
      });
      if (!was) tell(presence);
    },
    disconnected(probe, byWill) {
      const presence = entry(probe);
      if (!presence.online) return;
      Object.assign(presence, { online: false, byWill, since: nowMs() });
      tell(presence);
    },
    said(probe, state) {
      const presence = entry(probe);
      presence.state = state;
      tell(presence);
    },
    seen(probe) {
      const presence = table.get(probe);
      if (presence) presence.lastSeen = nowMs();
    },
    all: () => table,
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    stop: () => listeners.clear(),
  };
}
