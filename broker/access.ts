/**
 * Why: who may connect, publish and subscribe. A probe is its own client id and user name, proves it with its token, and acts
 * under its own id only. Everything refused is counted by reason. These are aedes' documented hooks.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { AedesOptions, Client } from 'aedes';
import type { Clock } from '#lib/clock';
import { isId, parseTopic, TOPIC_KINDS, TOPIC_ROOT, type TopicKind, topicOf } from './contract/index.ts';
import type { GateRefusal } from './gate.ts';
import type { ConnectHead } from './gate-packet.ts';
import type { RegistryState } from './state/index.ts';
import type { Wal } from './wal.ts';

export type AccessRefusal =
  | 'AUTH_FAILED'
  | 'PUBLISH_FORBIDDEN'
  | 'PUBLISH_RETAINED'
  | 'PUBLISH_TOO_LARGE'
  | 'SUBSCRIBE_FORBIDDEN'
  | 'SUBSCRIBE_TOO_MANY'
  | 'FORWARD_DROPPED'
  | 'WAL_UNWRITABLE';
export interface AccessDeps {
  registry: Pick<RegistryState, 'credential'>;
  wal: Wal;
  clock: Clock;
  refused(reason: AccessRefusal): void;
  /** Bytes that this connection has not sent yet. */
  unsentBytes(client: Client): number;
  unsentLimit: number;
  /** The time by which the refusal of a credential is to be held back, ms. */
  loginFailed(client: Client): number;
  /** The credential was right; called before the connection replaces an older one. */
  admitted(client: Client): void;
  accepted(frames: number): void;
}
type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'>
>;

/** Largest payload per kind, bytes. */
const SIZES: Readonly<Record<TopicKind, number>> = {
  frames: 65_536,
  state: 2048,
  reported: 8192,
  'lease/request': 2048,
  'lease/release': 2048,
  desired: 0,
  'lease/grant': 0,
  'lease/deny': 0,
};
const RETAINED: readonly TopicKind[] = ['state', 'reported'];
const SUBSCRIPTIONS = 16;
const NO_CREDENTIAL = new Uint8Array(32);

/** CONNACK code and reason, or null where aedes may go on. 1 protocol, 2 identifier, 5 not authorised [3.2.2.3]. */
export function judgeConnect(connect: ConnectHead): { code: number; reason: GateRefusal } | null {
  if (connect.version !== 3 && connect.version !== 4) return { code: 1, reason: 'PROTOCOL_VERSION' };
  if (!isId(connect.clientId)) return { code: 2, reason: 'CLIENT_ID' }; // an empty one too [MQTT-3.1.3-8]
  const { will } = connect;
  const ownState = !will || (will.topic === topicOf(connect.clientId, 'state') && will.payloadBytes <= SIZES.state);
  return ownState ? null : { code: 5, reason: 'WILL' };
}

/** True when the token's SHA-256 is the one that the registry keeps. Takes the same time whether the probe exists or not. */
export function tokenFits(registry: Pick<RegistryState, 'credential'>, probe: string, token: Uint8Array): boolean {
  const kept = isId(probe) ? registry.credential(probe) : null;
  const given = createHash('sha256').update(token).digest();
  return timingSafeEqual(given, kept?.length === given.length ? kept : NO_CREDENTIAL) && kept !== null;
}

export function createAccess(deps: AccessDeps): Hooks {
  const { registry, wal, refused } = deps;
  /** Filters that a connection has asked for, whether or not it still has them. */
  const subscribed = new WeakMap<Client, Set<string>>();

  function judgePublish(
    client: Client | null,
    topic: string,
    bytes: number,
    retain: boolean,
  ): AccessRefusal | 'frames' | 'message' {
    const target = parseTopic(topic);
    if (!client || !target || target.probe !== client.id || TOPIC_KINDS[target.kind] !== 'probe')
      return 'PUBLISH_FORBIDDEN';
    if (retain && !RETAINED.includes(target.kind)) return 'PUBLISH_RETAINED';
    if (bytes > SIZES[target.kind]) return 'PUBLISH_TOO_LARGE';
    return target.kind === 'frames' ? 'frames' : 'message';
  }

  /** The slow way into the wal, for QoS 2: the answer waits until the frame is durable. */
  function store(probe: string, payload: Buffer, done: (error?: Error | null) => void): void {
    const position = wal.append(deps.clock.wallMs(), probe, payload);
    if (position === null) {
      refused('WAL_UNWRITABLE');
      done(new Error('the log takes nothing now'));
      return;
    }
    const stop = wal.onChange(() => {
      if (wal.durableEnd() <= position) return;
      stop();
      deps.accepted(1);
      done(null);
    });
  }

  return {
    preConnect(_client, packet, done) {
      packet.clean = true; // sessions that live for ever in memory are nobody's need here; probes spool by themselves
      packet.keepalive = 0; // the gate counts, since frames never reach aedes
      done(null, true);
    },
    authenticate(client, username, password, done) {
      if (username === client.id && password && tokenFits(registry, client.id, password)) {
        deps.admitted(client);
        return done(null, true);
      }
      refused('AUTH_FAILED');
      const answer = setTimeout(
        () => done(Object.assign(new Error('bad user name or password'), { returnCode: 4 }), false),
        deps.loginFailed(client),
      );
      client.conn.once('close', () => clearTimeout(answer));
    },
    authorizePublish(client, packet, done) {
      const payload = Buffer.from(packet.payload);
      const verdict = judgePublish(client, packet.topic, payload.length, packet.retain);
      if (verdict === 'frames' && client) return store(client.id, payload, done);
      if (verdict === 'message' || verdict === 'frames') return done(null);
      refused(verdict);
      done(new Error(verdict));
    },
    authorizeSubscribe(client, subscription, done) {
      const ownOnly = subscription.topic.startsWith(`${TOPIC_ROOT}/${client.id}/`);
      const filters = subscribed.get(client) ?? new Set();
      subscribed.set(client, filters.add(subscription.topic));
      if (!ownOnly || filters.size > SUBSCRIPTIONS) {
        refused(ownOnly ? 'SUBSCRIBE_TOO_MANY' : 'SUBSCRIBE_FORBIDDEN');
        return done(null, null);
      }
      done(null, subscription);
    },
    authorizeForward(client, packet) {
      if (deps.unsentBytes(client) <= deps.unsentLimit) return packet;
      refused('FORWARD_DROPPED');
      return null;
    },
  };
}
