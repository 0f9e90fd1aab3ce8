/** Why: a certificate that runs out cuts off every probe at once; it is told 30, 7 and 1 days before, on the page and to those who can mend it. */
import { X509Certificate } from 'node:crypto';
import type { State } from '#state';
import type { Notice } from '../said/said.ts';
import type { Receivers } from './receivers.ts';
import { addNotice } from './telling.ts';

export interface NamedCertificate {
  /** For people: the setting or the file. */
  name: string;
  pem: string;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 3_600_000;
const TELL_DAYS = [30, 7, 1] as const;

/** Looks once an hour; each of the three times is told once. What cannot be read is the listener's matter, which says so at the start. */
export function createCertWatch({
  state,
  receivers,
  certificates,
}: {
  state: State;
  receivers: Receivers;
  certificates: () => readonly NamedCertificate[];
}) {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let ending: { name: string; at: number; days: number }[] = [];
  return {
    tick(now: number): void {
      if (now - lookedAt < LOOK_MS) return;
      lookedAt = now;
      ending = certificates().flatMap((one) => endOf(one, now));
      state.transaction(() => {
        for (const { name, at, days } of ending)
          addNotice(state, receivers, null, { code: 'certificate', name, at }, `certificate-${at}-${days}`, now);
      });
    },
    notices: (): Notice[] =>
      ending.map(({ name, at, days }) => ({
        code: 'CERTIFICATE_ENDS',
        severity: days > 7 ? 'warning' : 'critical',
        said: { code: 'notice.certificate', name, at },
        since: null,
      })),
  };
}

/** The smallest of the three that has come; nothing before. */
function endOf({ name, pem }: NamedCertificate, now: number): { name: string; at: number; days: number }[] {
  let at: number;
  try {
    at = Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return [];
  }
  const days = TELL_DAYS.findLast((limit) => at - now <= limit * DAY_MS);
  return days === undefined ? [] : [{ name, at, days }];
}
