/** Why: which certificates must not run out unnoticed: the one that was given, and the authority that every probe trusts. */
import { readFileSync } from 'node:fs';
import type { NamedCertificate } from '../dashboard/notify/cert-watch.ts';

/** Read anew each time: a renewed file counts at once. One that cannot be read is told by the listener. */
export function watchedCertificates(file: string | undefined, authority: string | null): NamedCertificate[] {
  const own = authority === null ? [] : [{ name: "of Carrel's own authority", pem: authority }];
  if (file === undefined) return own;
  try {
    return [...own, { name: 'CARREL_TLS_CERT', pem: readFileSync(file, 'utf8') }];
  } catch {
    return own;
  }
}
