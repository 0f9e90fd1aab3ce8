/** Why: `agent`, `broker` and `dashboard` log the same way without knowing who writes (pino on the server, lines on a probe). */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Swallows everything: for tests and for libraries that insist on a logger. */
export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };
