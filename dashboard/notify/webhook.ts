/** Why: programs get alerts as signed JSON. No redirects, short answers, and only to where a webhook may go. */
import { createHmac } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { messageOf as errorText } from '#lib/errors';
import { type AddressGuard, RefusedAddress } from './address-guard.ts';
import type { Outcome } from './outcome.ts';

export interface WebhookCall {
  url: string;
  body: string;
  /** The same for every attempt. */
  key: string;
  /** Wall ms; part of what is signed, so that a recorded call cannot be replayed later. */
  now: number;
}
export interface WebhookOptions {
  secret: string | undefined;
  guard: AddressGuard;
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** Nobody reads the answer; it only has to end. */
const ANSWER_BYTES = 64 * 1024;

/** Sends one call and waits for the answer's end. Never throws. */
export async function sendWebhook(
  call: WebhookCall,
  { secret, guard, timeoutMs = TIMEOUT_MS }: WebhookOptions,
): Promise<Outcome> {
  const url = new URL(call.url);
  const refused = guard.refusedHost(url.hostname);
  if (refused !== null) return { kind: 'refused', error: refused };
  try {
    return await exchange(url, call, secret, guard, AbortSignal.timeout(timeoutMs));
  } catch (error) {
    if (error instanceof RefusedAddress) return { kind: 'refused', error: error.message };
    const timedOut = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
    return {
      kind: 'retry',
      error: timedOut ? `no answer within ${timeoutMs / 1000} s` : errorText(error).slice(0, 200),
      afterMs: null,
    };
  }
}

/** `sha256=` and the hex HMAC over `timestamp.body`; receivers compute the same with the shared secret. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  return `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;
}

function exchange(
  url: URL,
  call: WebhookCall,
  secret: string | undefined,
  guard: AddressGuard,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    // A connection of its own (no agent): a pooled one could have been opened under another answer of the resolver.
    const request = send(url, {
      method: 'POST',
      agent: false,
      headers: headersOf(call, secret),
      lookup: guard.lookupFor(url.hostname),
      signal,
    });
    request.on('error', reject);
    request.on('socket', (socket) =>
      socket.once('connect', () => {
        const refused = guard.refusedAddress(url.hostname.replace(/^\[|\]$/g, ''), socket.remoteAddress ?? '');
        if (refused !== null) request.destroy(new RefusedAddress(refused));
      }),
    );
    request.on('response', (response) => readAnswer(request, response, resolve, reject));
    request.end(call.body);
  });
}

function headersOf({ body, key, now }: WebhookCall, secret: string | undefined): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000));
  return {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Carrel',
    connection: 'close',
    'idempotency-key': key,
    'x-carrel-timestamp': timestamp,
    ...(secret === undefined ? {} : { 'x-carrel-signature': signatureOf(secret, timestamp, body) }),
  };
}

function readAnswer(
  request: ClientRequest,
  response: IncomingMessage,
  resolve: (outcome: Outcome) => void,
  reject: (error: Error) => void,
): void {
  let bytes = 0;
  const done = (): void => resolve(outcomeOf(response.statusCode ?? 0, response.headers['retry-after']));
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= ANSWER_BYTES) return;
    done(); // the status is known; the rest is nobody's business
    request.destroy();
  });
  response.on('end', done);
  response.on('error', reject);
}

function outcomeOf(status: number, retryAfter: string | undefined): Outcome {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status >= 300 && status < 400)
    return { kind: 'refused', error: `the receiver redirects (${status}); give the final address` };
  const error = `the receiver answered ${status}`;
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
