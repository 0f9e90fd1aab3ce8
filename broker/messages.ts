/** Why: what probes say besides frames: presence, what they run, and requests for a test. What the server says to them: `desired`, leases. */
import type { Aedes } from 'aedes';
import type { Clock } from '#lib/clock';
import {
  type LeaseDeny,
  parseLeaseRelease,
  parseLeaseRequest,
  parseReported,
  parseState,
  parseTopic,
  type TopicKind,
  topicOf,
} from './contract/index.ts';
import type { PresenceTable } from './presence.ts';
import type { Speed } from './speed/index.ts';
import type { RegistryState } from './state/index.ts';

export type MessageRefusal = 'STATE_SHAPE' | 'REPORTED_SHAPE' | 'LEASE_SHAPE';
export interface MessagesDeps {
  aedes: Aedes;
  registry: Pick<RegistryState, 'probe' | 'probes' | 'desired' | 'putReported'>;
  presence: PresenceTable;
  /** Null when no test server runs. */
  speed: Speed | null;
  clock: Clock;
  refused(reason: MessageRefusal): void;
}
export interface Messages {
  /** Sends the probe's `desired`, retained. */
  publishDesired(probe: string): void;
  onReported(listener: (probe: string) => void): () => void;
}

export function handleMessages(deps: MessagesDeps): Messages {
  const { aedes, registry, presence, clock, refused } = deps;
  const listeners = new Set<(probe: string) => void>();

  function send(probe: string, kind: TopicKind, message: object, keep: boolean): void {
    const packet = {
      cmd: 'publish' as const,
      topic: topicOf(probe, kind),
      payload: Buffer.from(JSON.stringify(message)),
      qos: keep ? (1 as const) : (0 as const),
      retain: keep,
      dup: false,
    };
    aedes.publish(packet, () => undefined);
  }

  function reported(probe: string, text: string): void {
    const message = parseReported(text);
    if (!message) refused('REPORTED_SHAPE');
    if (!message || !registry.probe(probe)) return; // removed while connected
    registry.putReported(probe, message, clock.wallMs());
    for (const listener of listeners) listener(probe);
  }

  function leaseRequest(probe: string, text: string): void {
    const request = parseLeaseRequest(text);
    if (!request) {
      refused('LEASE_SHAPE');
      return;
    }
    if (deps.speed) deps.speed.ask(probe, request);
    else {
      const deny: LeaseDeny = { id: request.id, retry_after_s: 3600, why: 'maintenance', now: clock.wallMs() };
      send(probe, 'lease/deny', deny, false);
    }
  }

  function leaseRelease(probe: string, text: string): void {
    const release = parseLeaseRelease(text);
    if (release) deps.speed?.release(probe, release.id);
    else refused('LEASE_SHAPE');
  }

  function state(probe: string, text: string): void {
    const message = parseState(text);
    if (message) presence.said(probe, message);
    else refused('STATE_SHAPE');
  }

  aedes.on('publish', (packet, client) => {
    const topic = client ? parseTopic(packet.topic) : null;
    if (!topic) return;
    const text = packet.payload.toString();
    if (topic.kind === 'state') state(topic.probe, text);
    else if (topic.kind === 'reported') reported(topic.probe, text);
    else if (topic.kind === 'lease/request') leaseRequest(topic.probe, text);
    else if (topic.kind === 'lease/release') leaseRelease(topic.probe, text);
  });

  function publishDesired(probe: string): void {
    const desired = registry.desired(probe);
    if (desired) send(probe, 'desired', desired, true);
  }
  for (const { id } of registry.probes()) publishDesired(id);
  deps.speed?.onAnswer((probe, answer) => {
    if ('grant' in answer) send(probe, 'lease/grant', answer.grant, false);
    else send(probe, 'lease/deny', answer.deny, false);
  });

  return {
    publishDesired,
    onReported(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
