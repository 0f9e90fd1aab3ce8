/**
 * Why: what to do when an InfluxDB does not take a request, decided in one place for all of them. The client libraries retry blindly or
 * drop (store.md 1); here a batch is either stored, or held with a coded reason, or a single bad line is set aside with the server's words.
 */
import { type QuarantinedLine, StoreError } from './store.ts';

/** The server's answer where it was not "stored". */
export interface Refusal {
  /** HTTP status; null when there was no answer. */
  status: number | null;
  message: string;
  retryAfterMs: number | null;
  /** The answer had the form that InfluxDB 2 gives its errors. */
  coded?: boolean;
}
/** Sends lines as one request; null when they are stored. Never throws for what a server or network does. */
export type SendLines = (lines: readonly string[]) => Promise<Refusal | null>;

/** Measured on InfluxDB 1.6: 1,000 lines 32 k rows/s, 5,000 51 k, 10,000 53 k. */
export const LINES_PER_REQUEST = 5000;
const REQUESTS_AT_ONCE = 2;
/** This many lines refused one by one, and none taken: the fault is not in the lines. */
const REFUSED_ALL_AFTER = 8;

/**
 * Stores all lines, or throws. Lines that the server refuses by themselves come back with its reason.
 * @throws StoreError for everything that is not the fault of a line; the same lines may be sent again.
 */
export function sendAll(
  lines: readonly string[],
  send: SendLines,
  options: SendOptions = {},
): Promise<QuarantinedLine[]> {
  return sendParts(partsOf(lines), send, options);
}
interface SendOptions {
  suspectAfter?: number;
}

/** The same for requests that are made one by one, each when it is its turn: the server works on one while the next is made. */
export async function sendParts(
  parts: Iterator<readonly string[]>,
  send: SendLines,
  { suspectAfter = REFUSED_ALL_AFTER }: SendOptions = {},
): Promise<QuarantinedLine[]> {
  const quarantined: QuarantinedLine[] = [];
  let failed = false;
  const lane = async (): Promise<void> => {
    for (let part = parts.next(); !part.done && !failed; part = parts.next())
      quarantined.push(...(await sendPart(part.value, send, suspectAfter)));
  };
  const guarded = (): Promise<void> =>
    lane().catch((error: unknown) => {
      failed = true;
      throw error;
    });
  const outcomes = await Promise.allSettled(Array.from({ length: REQUESTS_AT_ONCE }, guarded));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return quarantined;
}

function* partsOf(lines: readonly string[]): Generator<readonly string[]> {
  for (let i = 0; i < lines.length; i += LINES_PER_REQUEST) yield lines.slice(i, i + LINES_PER_REQUEST);
}

/** Lines of a quarantine once more. They were refused before, so that it is no surprise when all of them are. @throws StoreError */
export function sendAgain(lines: readonly string[], send: SendLines): Promise<QuarantinedLine[]> {
  return sendAll(lines, send, { suspectAfter: Number.POSITIVE_INFINITY });
}

async function sendPart(lines: readonly string[], send: SendLines, suspectAfter: number): Promise<QuarantinedLine[]> {
  const quarantined: QuarantinedLine[] = [];
  let stored = 0;
  const attempt = async (part: readonly string[]): Promise<void> => {
    const refusal = await send(part);
    if (!refusal) {
      stored += part.length;
      return;
    }
    const failure = failureOf(refusal);
    if (failure) throw failure;
    const [line] = part;
    if (part.length > 1) {
      await attempt(part.slice(0, part.length >> 1));
      await attempt(part.slice(part.length >> 1));
    } else if (line !== undefined) {
      quarantined.push({ line, reason: refusal.message });
      if (stored === 0 && quarantined.length >= suspectAfter)
        throw new StoreError('broken', `refuses every line: ${refusal.message}`);
    }
  };
  await attempt(lines);
  return quarantined;
}

/** The table of store.md 3.3; null where smaller requests find the guilty line (400, 413, 422). */
function failureOf({ status, message, retryAfterMs }: Refusal): StoreError | null {
  if (status === null || status === 502 || status === 504) return new StoreError('unreachable', message, retryAfterMs);
  if (status === 429 || status === 503) return new StoreError('overloaded', message, retryAfterMs);
  if (status === 401 || status === 403) return new StoreError('refused_credentials', message);
  if (status === 404) return new StoreError('missing_database', message);
  if (status === 400 || status === 413 || status === 422) return null;
  return new StoreError('broken', `${status}: ${message}`, retryAfterMs);
}

/** `Retry-After` in ms: seconds by the standard, or a date; null where there is none. */
export function retryAfterOf(header: string | string[] | undefined | null, nowMs: number): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (!text) return null;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
