/** Why: every channel over HTTP leaves by this one door: guarded addresses, no redirects, short answers, in time. */
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { errnoOf, messageOf as errorText } from '#lib/errors';
import type { Trouble } from '../said/said.ts';
import { type AddressGuard, RefusedAddress } from './address-guard.ts';
import type { Outcome } from './outcome.ts';

export interface HttpCall {
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
  method?: 'POST' | 'GET';
}
export interface HttpAnswer {
  status: number;
  retryAfter: string | undefined;
  /** At most 64 KiB of it. */
  body: string;
}
export interface HttpOptions {
  guard: AddressGuard;
  timeoutMs?: number;
}
/** What a channel makes of an answer; `outcomeOfAnswer` unless the receiver has a way of its own. */
export type Judge = (answer: HttpAnswer) => Outcome;

const TIMEOUT_MS = 10_000;
const ANSWER_BYTES = 64 * 1024;

/** Sends one call and waits for the answer's end. Never throws. No error holds the address: it may hold a secret. */
export async function post(
  call: HttpCall,
  { guard, timeoutMs = TIMEOUT_MS }: HttpOptions,
  judge: Judge = outcomeOfAnswer,
): Promise<Outcome> {
  if (!URL.canParse(call.url)) return { kind: 'refused', error: { code: 'trouble.no_url' } };
  const url = new URL(call.url);
  const refused = guard.refusedHost(url.hostname);
  if (refused !== null) return { kind: 'refused', error: refused };
  const sent = { connected: false };
  try {
    return judge(await exchange(url, call, guard, AbortSignal.timeout(timeoutMs), sent));
  } catch (error) {
    if (error instanceof RefusedAddress) return { kind: 'refused', error: error.why };
    const timedOut = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
    return {
      kind: 'retry',
      error: timedOut ? { code: 'trouble.no_answer', s: timeoutMs / 1000 } : troubleWith(error),
      afterMs: null,
      ...(sent.connected ? { uncertain: true as const } : {}),
    };
  }
}

/** Node's own words name host and port at most; those of TLS may quote certificates at length. */
function troubleWith(error: unknown): Trouble {
  const code = errnoOf(error);
  return code === 'ECONNRESET' ? { code: 'trouble.hung_up' } : errorText(error).slice(0, 200);
}

function exchange(
  url: URL,
  call: HttpCall,
  guard: AddressGuard,
  signal: AbortSignal,
  sent: { connected: boolean },
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    // A connection of its own (no agent): a pooled one could have been opened under another answer of the resolver.
    const request = send(url, {
      method: call.method ?? 'POST',
      agent: false,
      headers: {
        'content-length': String(Buffer.byteLength(call.body)),
        'user-agent': 'Carrel',
        connection: 'close',
        ...call.headers,
      },
      lookup: guard.lookupFor(url.hostname),
      signal,
    });
    request.on('error', reject);
    request.on('socket', (socket) =>
      socket.once('connect', () => {
        const refused = guard.refusedAddress(url.hostname.replace(/^\[|\]$/g, ''), socket.remoteAddress ?? '');
        if (refused !== null) request.destroy(new RefusedAddress(refused));
        else sent.connected = true;
      }),
    );
    request.on('response', (response) => readAnswer(request, response, resolve, reject));
    request.end(call.body);
  });
}

function readAnswer(
  request: ClientRequest,
  response: IncomingMessage,
  resolve: (answer: HttpAnswer) => void,
  reject: (error: Error) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const done = (): void =>
    resolve({
      status: response.statusCode ?? 0,
      retryAfter: response.headers['retry-after'],
      body: Buffer.concat(chunks).toString('utf8'),
    });
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ANSWER_BYTES) return void chunks.push(chunk);
    done(); // the status is known; the rest is nobody's business
    request.destroy();
  });
  response.on('end', done);
  response.on('error', reject);
}

/** 2xx is delivered; 408, 425, 429 and 5xx may pass; everything else is final. */
export function outcomeOfAnswer({ status, retryAfter }: HttpAnswer): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status >= 300 && status < 400) return { kind: 'refused', error: { code: 'trouble.redirects', status } };
  const error = { code: 'trouble.answered', status, words: null } as const;
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return { kind: 'retry', error, afterMs: retryAfterMs(retryAfter) };
  return { kind: 'refused', error };
}

/** Seconds or a date (RFC 9110 10.2.3), at most an hour; null where there is none. */
export function retryAfterMs(value: string | undefined, now = Date.now()): number | null {
  if (value === undefined) return null;
  const wait = /^\d{1,9}$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(wait) ? Math.min(Math.max(wait, 0), 3_600_000) : null;
}
