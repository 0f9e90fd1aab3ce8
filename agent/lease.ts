/** Why: the server says who may test when, so that tests never share its uplink. Booking goes by QoS 0, so silence is asked again. */
import { randomBytes } from 'node:crypto';
import { type Denial, type LeaseGrant, type LeaseRequest, parseLeaseDeny, parseLeaseGrant } from '#contract';
import type { Uplink } from './uplink.ts';

export type Booking =
  | { granted: true; grant: LeaseGrant }
  | { granted: false; why: Denial | 'silent' | 'offline' | 'aborted' };

export interface Want extends Pick<LeaseRequest, 'kinds' | 'dir' | 'reason' | 'avoid'> {
  mbps: number;
  maxBytes: number;
}

export interface LeaseDesk {
  /** Asks until granted and the lease's turn has come, until the attempts are used up, or until aborted. */
  book(want: Want, signal: AbortSignal): Promise<Booking>;
  /** Whatever came of it: the next probe need not wait for its end. */
  release(id: string): void;
  answer(kind: 'lease/grant' | 'lease/deny', text: string): void;
}

const ANSWER_MS = 5000;
const SILENT_ATTEMPTS = 3;
const DENIED_ATTEMPTS = 6;
const MAX_RETRY_S = 600;

type Answer = { kind: 'grant'; grant: LeaseGrant } | { kind: 'deny'; retryS: number; why: Denial } | { kind: 'silent' };

export function createLeaseDesk(deps: { uplink: Pick<Uplink, 'tell'>; serverTime(ms: number): void }): LeaseDesk {
  const { uplink, serverTime } = deps;
  const open = new Map<string, (answer: Answer) => void>();

  function ask(request: LeaseRequest, signal: AbortSignal): Promise<Answer | 'offline'> {
    if (!uplink.tell('lease/request', JSON.stringify(request))) return Promise.resolve('offline');
    return new Promise((resolve) => {
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        open.delete(request.id);
        resolve(answer);
      };
      const onAbort = (): void => settle({ kind: 'silent' });
      const timer = setTimeout(() => settle({ kind: 'silent' }), ANSWER_MS);
      signal.addEventListener('abort', onAbort);
      open.set(request.id, settle);
    });
  }
  return {
    async book(want, signal) {
      let silent = 0;
      for (let denied = 0; denied < DENIED_ATTEMPTS; ) {
        const id = randomBytes(12).toString('hex');
        const answer = await ask(
          {
            ...{ id, kinds: want.kinds, dir: want.dir, reason: want.reason, avoid: want.avoid },
            ...{ want_mbps: want.mbps, max_bytes: want.maxBytes },
          },
          signal,
        );
        if (signal.aborted) return { granted: false, why: 'aborted' };
        if (answer === 'offline') return { granted: false, why: 'offline' };
        if (answer.kind === 'grant') {
          const { grant } = answer;
          const turnMs = grant.not_before - (grant.now ?? grant.not_before);
          if (turnMs > 0) await pause(Math.min(MAX_RETRY_S * 1000, turnMs), signal);
          return { granted: true, grant };
        }
        if (answer.kind === 'silent' && ++silent >= SILENT_ATTEMPTS) return { granted: false, why: 'silent' };
        if (answer.kind === 'silent') continue;
        denied += 1;
        // Nothing that waiting would change.
        if (answer.why === 'invalid' || answer.why === 'budget' || denied >= DENIED_ATTEMPTS)
          return { granted: false, why: answer.why };
        await pause(Math.min(answer.retryS, MAX_RETRY_S) * 1000, signal);
      }
      return { granted: false, why: 'busy' };
    },
    release: (id) => void uplink.tell('lease/release', JSON.stringify({ id })),
    answer(kind, text) {
      const message = kind === 'lease/grant' ? parseLeaseGrant(text) : parseLeaseDeny(text);
      if (!message) return;
      if (message.now !== undefined) serverTime(message.now);
      const settle = open.get(message.id);
      if ('token' in message) settle?.({ kind: 'grant', grant: message });
      else settle?.({ kind: 'deny', retryS: message.retry_after_s, why: message.why });
    },
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });
}
