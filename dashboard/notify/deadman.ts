/** Why: a server that is gone cannot say so. It pings somebody else every minute, and only while a canary comes through all of it. */
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { type Notice, type Said, troubleOf } from '../said/said.ts';
import { inEnglish } from '../said/say.ts';
import { type Every, systemEvery } from '../timing.ts';
import { createAddressGuard } from './address-guard.ts';
import { type HttpCall, post } from './http-post.ts';

export interface DeadmanDeps {
  /** Any address of the healthchecks kind: POST tells "well", `/fail` after it tells "not well". */
  url: string;
  /** Private addresses that are meant, as in CARREL_WEBHOOK_ALLOW. */
  allow: readonly string[];
  /** Goes through all that must work. @throws where it does not */
  canary(signal: AbortSignal): Promise<void>;
  clock: Clock;
  log: Logger;
  every?: Every;
}
export interface Deadman {
  stop(): Promise<void>;
  notices(): Notice[];
}

const PING_MS = 60_000;

export function startDeadman({ url, allow, canary, clock, log, every = systemEvery }: DeadmanDeps): Deadman {
  const guard = createAddressGuard(allow);
  const stopping = new AbortController();
  let round: Promise<void> | null = null;
  let trouble: { text: string; notice: Notice } | null = null;

  const note = (code: 'CANARY_DEAD' | 'DEADMAN_UNREACHABLE', said: Said): void => {
    const text = inEnglish(said);
    if (trouble?.text !== text) log.error({ code, reason: text }, 'the ping that others watch is not well');
    const since = trouble?.notice.since ?? clock.wallMs();
    trouble = { text, notice: { code, severity: 'critical', said, since } };
  };

  async function ping(): Promise<void> {
    const started = clock.monoMs();
    const why = await canary(stopping.signal).then(() => null, messageOf);
    if (stopping.signal.aborted) return;
    const ms = Math.round(clock.monoMs() - started);
    if (why !== null) note('CANARY_DEAD', { code: 'notice.canary_dead', error: why });
    const outcome = await post(callOf(why === null ? url : failUrl(url), why ?? `canary ${ms} ms`), { guard });
    if (outcome.kind !== 'sent')
      note('DEADMAN_UNREACHABLE', { code: 'notice.deadman_unreachable', error: troubleOf(outcome.error) });
    else if (why === null) {
      if (trouble) log.info({ ms }, 'the ping that others watch is well again');
      trouble = null;
    }
  }

  const run = (): void => {
    round ??= ping().finally(() => (round = null));
  };
  const end = every(PING_MS, run);
  run();
  return {
    async stop() {
      end();
      stopping.abort();
      await round;
    },
    notices: () => (trouble ? [trouble.notice] : []),
  };
}

function callOf(url: string, body: string): HttpCall {
  return { url, body, headers: { 'content-type': 'text/plain; charset=utf-8' } };
}

/** `https://hc.example/ping/UUID` -> `.../UUID/fail`. */
function failUrl(url: string): string {
  const parsed = new URL(url);
  parsed.pathname = `${parsed.pathname.replace(/\/+$/, '')}/fail`;
  return parsed.href;
}
