/** Why: the time of a TCP handshake is the round-trip time (within 0.5 ms of ping) and needs no root, no raw socket and no `ping`. */
import { connect } from 'node:net';
import { errnoOf } from '#lib/errors';

/** `open`: accepted. `refused`: the host answered with a reset, which is an answer all the same. `silent`: neither in time. */
export type Connection =
  | { readonly outcome: 'open' | 'refused'; readonly ms: number }
  | { readonly outcome: 'silent'; readonly why: string };

/** Connects once to an address (not a name: resolving is measured apart) and resets the connection at once. Never rejects. */
export function timeConnect(to: {
  address: string;
  port: number;
  timeoutMs: number;
  signal: AbortSignal;
}): Promise<Connection> {
  return new Promise((resolve) => {
    const started = process.hrtime.bigint();
    const elapsedMs = (): number => Number(process.hrtime.bigint() - started) / 1e6;
    const socket = connect({ host: to.address, port: to.port });
    const finish = (connection: Connection): void => {
      to.signal.removeEventListener('abort', onAbort);
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => {}); // whatever comes after the answer is of no interest
      socket.resetAndDestroy(); // a reset costs one packet, a polite goodbye four
      resolve(connection);
    };
    const onAbort = (): void => finish({ outcome: 'silent', why: 'ABORTED' });
    const timer = setTimeout(() => finish({ outcome: 'silent', why: 'ETIMEDOUT' }), to.timeoutMs);
    if (to.signal.aborted) return onAbort();
    to.signal.addEventListener('abort', onAbort);
    socket.once('connect', () => finish({ outcome: 'open', ms: elapsedMs() }));
    socket.once('error', (error) => {
      const code = errnoOf(error) ?? 'UNKNOWN';
      finish(
        code === 'ECONNREFUSED' || code === 'ECONNRESET'
          ? { outcome: 'refused', ms: elapsedMs() }
          : { outcome: 'silent', why: code },
      );
    });
  });
}
