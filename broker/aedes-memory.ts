/**
 * Why: what aedes keeps of retained messages, wills and subscriptions, in memory. At each CONNECT it asks for a stream of what waited
 * for the client, as it comes by way of five stream objects that live until a full collection: 9 KB a connection, which made one of
 * 11 KB cost 20. Sessions are clean here, so nothing waits unless a message of QoS 1 or 2 is on its way.
 */
import MemoryPersistence from 'aedes-persistence/asyncPersistence.js';

export function createAedesMemory(): MemoryPersistence {
  const memory = new MemoryPersistence();
  const { outgoingEnqueue, outgoingEnqueueCombi, outgoingStream } = memory;
  /** Clients to whom such a message was ever sent. */
  const served = new Set<string>();
  return Object.assign(memory, {
    outgoingEnqueue(...[sub, packet]: Parameters<typeof outgoingEnqueue>) {
      served.add(sub.clientId);
      return outgoingEnqueue.call(memory, sub, packet);
    },
    outgoingEnqueueCombi(...[subs, packet]: Parameters<typeof outgoingEnqueueCombi>) {
      for (const { clientId } of subs) served.add(clientId);
      return outgoingEnqueueCombi.call(memory, subs, packet);
    },
    /** For `pipeline`, which takes a list as well. */
    outgoingStream: (...[client]: Parameters<typeof outgoingStream>) =>
      served.has(client.id) ? outgoingStream.call(memory, client) : [],
  });
}
