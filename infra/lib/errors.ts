/** Why: one error shape for people. A code to look up, what happened, what was got, what to do. */
export class CarrelError extends Error {
  readonly code: string;
  readonly detail: Readonly<Record<string, string | number | boolean | null>>;
  constructor(
    code: string,
    message: string,
    detail: Record<string, string | number | boolean | null> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'CarrelError';
    this.code = code;
    this.detail = detail;
  }
}

/** True for an error of ours; with `code`, only for that one. */
export function isCarrelError(error: unknown, code?: string): error is CarrelError {
  return error instanceof CarrelError && (code === undefined || error.code === code);
}

/** The system's errno name (`ENOSPC`, `EADDRINUSE`, ...), or null where the error has none. */
export function errnoOf(error: unknown): string | null {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return null;
}

/** A short sentence for logs and pages, never a stack. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
