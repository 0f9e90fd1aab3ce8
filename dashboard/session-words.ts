/** Why: what cookies and tokens are called and how they are kept, for people and for screens alike. */
import { createHash } from 'node:crypto';

/** Tokens are random and long: a fast hash is enough, a slow one would turn a reconnect storm into an outage. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** `__Host-` binds a cookie to this host and to https; browsers refuse it on plain http. */
export const cookieNamed = (name: string, https: boolean): string => (https ? `__Host-${name}` : name);
