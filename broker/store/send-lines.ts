/**
 * Why: what to do when an InfluxDB does not take a request, decided in one place for all of them. The client libraries retry blindly or
 * drop (store.md 1); here a batch is either stored, or held with a coded reason, or a single bad line is set aside with the server's words.
 */
import { linePartsOf } from './line-protocol.ts';
import { bytesOf, type Lines, partsOfTexts } from './lines.ts';
import { type Batch, type QuarantinedLine, StoreError } from './store.ts';

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
export type SendLines = (lines: Lines) => Promise<Refusal | null>;

/** Measured on InfluxDB 1.6: 1,000 lines 32 k rows/s, 5,000 51 k, 10,000 53 k. */
const LINES_PER_REQUEST = 5000;
const REQUESTS_AT_ONCE = 2;
/** So many lines refused one by one, and none taken: before more go to the quarantine, a line without fault tells whose the fault is. */
const REFUSED_ALL_AFTER = 8;
/** Of no probe. The server gives it its own time: no retention can refuse it. */
const FAULTLESS = 'carrel_check taken=1i';

/**
 * Stores all rows, or throws. Lines that the server refuses by themselves come back with its reason. Each request is made when it is its
 * turn: the server works on one while the next is made.
 * @throws StoreError for everything that is not the fault of a line; the same rows may be sent again.
 */
export function sendBatch(batch: Batch, send: SendLines): Promise<QuarantinedLine[]> {
  const lanes = REQUESTS_AT_ONCE;
  return sendLanes(
    Array.from({ length: lanes }, (_, lane) => linePartsOf(batch, { rows: LINES_PER_REQUEST, lane, lanes })),
    send,
    REFUSED_ALL_AFTER,
  );
}

/** The same of lines of which none overwrites another. */
export function sendAll(parts: Iterator<Lines>, send: SendLines): Promise<QuarantinedLine[]> {
  return sendLanes(Array<Iterator<Lines>>(REQUESTS_AT_ONCE).fill(parts), send, REFUSED_ALL_AFTER);
}

/** Lines of a quarantine once more, in their order. They were refused before, so that it is no surprise when all of them are. @throws StoreError */
export function sendAgain(lines: readonly string[], send: SendLines): Promise<QuarantinedLine[]> {
  return sendLanes([partsOfTexts(lines, LINES_PER_REQUEST)], send, Number.POSITIVE_INFINITY);
}

/** At most two requests of a driver are under way, whatever they are for: samples and rollups share them. */
export function twoAtOnce(send: SendLines): SendLines {
  const waiting: (() => void)[] = [];
  let free = REQUESTS_AT_ONCE;
  return async (lines) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await send(lines);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}

/** A request of each lane at a time. When one fails, the others end with what they have begun. */
async function sendLanes(
  lanes: readonly Iterator<Lines>[],
  send: SendLines,
  suspectAfter: number,
): Promise<QuarantinedLine[]> {
  const quarantined: QuarantinedLine[] = [];
  let failed = false;
  const run = async (parts: Iterator<Lines>): Promise<void> => {
    for (let part = parts.next(); !part.done && !failed; part = parts.next())
      quarantined.push(...(await sendPart(part.value, send, suspectAfter)));
  };
  const guarded = (parts: Iterator<Lines>): Promise<void> =>
    run(parts).catch((error: unknown) => {
      failed = true;
      throw error;
    });
  const outcomes = await Promise.allSettled(lanes.map(guarded));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return quarantined;
}

async function sendPart(lines: Lines, send: SendLines, suspectAfter: number): Promise<QuarantinedLine[]> {
  const quarantined: QuarantinedLine[] = [];
  let stored = 0;
  const attempt = async (part: Lines): Promise<void> => {
    const refusal = await send(part);
    const count = part.to - part.from;
    if (!refusal) {
      stored += count;
      return;
    }
    const failure = failureOf(refusal);
    if (failure) throw failure;
    if (count > 1) {
      const middle = part.from + (count >> 1);
      await attempt({ ...part, to: middle });
      await attempt({ ...part, from: middle });
    } else {
      quarantined.push({ line: bytesOf(part).toString(), reason: refusal.message });
      if (stored > 0 || quarantined.length < suspectAfter) return;
      await mustTakeFaultless(send);
      stored += 1; // it takes lines: those that it refuses have a fault, however many they are
    }
  };
  await attempt(lines);
  return quarantined;
}

/** @throws StoreError when not even that is taken: the fault is not in the lines, and they wait. */
async function mustTakeFaultless(send: SendLines): Promise<void> {
  for (const line of partsOfTexts([FAULTLESS], 1)) {
    const refusal = await send(line);
    if (refusal) throw failureOf(refusal) ?? new StoreError('broken', `refuses every line: ${refusal.message}`);
  }
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
