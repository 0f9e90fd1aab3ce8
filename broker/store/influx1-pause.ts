/**
 * Why: an InfluxDB that is overloaded says with its 503 how long to wait, and the package `influx` keeps of a 5xx only the status text. What the
 * server said is heard on Node's own channel of client responses instead.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest, IncomingMessage } from 'node:http';
import { isObject, own } from '#contract';
import { retryAfterOf } from './send-lines.ts';

export interface AskedPause {
  /** What the newest 503 of the server asked for, ms; null where there was none since the last question. */
  take(): number | null;
  stop(): void;
}

const RESPONSES = 'http.client.response.finish';

/** Of writes only: what a question is told is no business of the next write. @param authority `host:port` of the server */
export function hearPauses(authority: string, nowMs: () => number): AskedPause {
  const server = hostOf(authority);
  let pauseMs: number | null = null;
  const hear = (message: unknown): void => {
    if (!isObject(message)) return;
    const [request, response] = [own(message, 'request'), own(message, 'response')];
    if (!(request instanceof ClientRequest) || !(response instanceof IncomingMessage)) return;
    const of = request.getHeader('host');
    if (
      response.statusCode === 503 &&
      request.path.startsWith('/write') &&
      typeof of === 'string' &&
      hostOf(of) === server
    )
      pauseMs = retryAfterOf(response.headers['retry-after'], nowMs());
  };
  subscribe(RESPONSES, hear);
  return {
    take() {
      const taken = pauseMs;
      pauseMs = null;
      return taken;
    },
    stop: () => void unsubscribe(RESPONSES, hear),
  };
}

/** Requests leave out a port that is the usual one. */
function hostOf(authority: string): string {
  const found = URL.canParse(`http://${authority}`) ? new URL(`http://${authority}`).host : authority;
  return found.replace(/:443$/, '');
}
