/** The part that we touch of aedes' memory; its package describes the one with callbacks only. */
declare module 'aedes-persistence/asyncPersistence.js' {
  export default class MemoryPersistence {
    outgoingEnqueue(sub: { clientId: string }, packet: object): Promise<void>;
    outgoingEnqueueCombi(subs: { clientId: string }[], packet: object): Promise<void>;
    outgoingStream(client: { id: string }): AsyncIterable<object>;
  }
}
