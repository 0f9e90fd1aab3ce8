/**
 * Why: the first line protocol of the TCP throughput test, which agents spoke before ndt7 (speed-ndt7.ts) and UDP (speed-udp.ts).
 * The client connects and sends one line, `CARREL-SPEED 1 <token>\n`; the server answers with incompressible bytes until
 * the lease's max_bytes or max_ms, no faster than the grant's pace_mbps, or with one line `CARREL-ERROR <CODE>\n`, and closes.
 * A stream never starts with the text of an error line, so the first bytes tell which it is.
 */

export const SPEED_LIMITS = {
  /** The greeting, line feed included; the server reads no more than this. */
  greetingBytes: 512,
  /** The greeting must be complete within this time, ms. */
  greetingMs: 5_000,
  /** Most bytes that one lease grants. */
  leaseBytes: 40_000_000,
  /** Longest stream that one lease grants, ms. */
  leaseMs: 10_000,
  /** An error line, line feed included. */
  errorBytes: 64,
} as const;

export const SPEED_ERRORS = ['BAD_GREETING', 'BAD_TOKEN', 'EXPIRED', 'USED', 'BUSY', 'TIMEOUT'] as const;
/** Why the server refuses a stream. `BUSY`: too many connections; everything else is about the greeting or the token. */
export type SpeedError = (typeof SPEED_ERRORS)[number];

const GREETING = 'CARREL-SPEED 1 ';
const ERROR = 'CARREL-ERROR ';
const TOKEN = /^[\w.~-]{1,200}$/;

/** The line that opens a test; `token` is `LeaseGrant.token` as it came. */
export function speedGreeting(token: string): string {
  return `${GREETING}${token}\n`;
}

/** The token of a greeting line (without or with its line feed); undefined where the line is not one. */
export function parseSpeedGreeting(line: string): string | undefined {
  const text = line.replace(/\r?\n$/, '');
  if (!text.startsWith(GREETING)) return undefined;
  const token = text.slice(GREETING.length);
  return TOKEN.test(token) ? token : undefined;
}

/** The line that refuses a test. */
export function speedErrorLine(code: SpeedError): string {
  return `${ERROR}${code}\n`;
}

/**
 * What the first bytes that came are: `stream` when they are test data, a code when they are an error line,
 * `more` while too few have come to tell (call again with all bytes so far; at most 64 are needed).
 */
export function readSpeedAnswer(first: Uint8Array): 'stream' | 'more' | SpeedError {
  for (let i = 0; i < Math.min(first.length, ERROR.length); i++) if (first[i] !== ERROR.charCodeAt(i)) return 'stream';
  if (first.length === 0) return 'more';
  const end = first.indexOf(0x0a);
  if (end < 0 && first.length < SPEED_LIMITS.errorBytes) return 'more';
  if (end < 0 || end >= SPEED_LIMITS.errorBytes) return 'stream';
  const code = String.fromCharCode(...first.subarray(ERROR.length, end));
  return SPEED_ERRORS.find((known) => known === code) ?? 'BAD_GREETING';
}
