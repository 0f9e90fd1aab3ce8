/** Why: a channel that fails cannot say so itself: the page says it, and another channel tells it, once per failure. */
import type { Clock } from '#lib/clock';
import type { State } from '#state';
import { type Notice, troubleOf } from '../said/said.ts';
import { addNoticeTo, shortHash } from './outbox-message.ts';
import type { Receiver, Receivers } from './receivers.ts';

/** A receiver that only restarts is not worth a message. */
const TELL_AFTER_MS = 5 * 60_000;

export interface Telling {
  worked(receiver: Receiver, now: number): void;
  /** `error`: as it is stored. */
  failed(receiver: Receiver, now: number, error: string, final: boolean): void;
  notices(): Notice[];
}

/**
 * A word about Carrel itself, to everybody who gets pages by themselves and works (else to the administrators), but not by `about`. Told once
 * per key. Inside the caller's transaction. False when there is nobody.
 */
export function addNotice(
  state: State,
  receivers: Receivers,
  about: Receiver | null,
  detail: object,
  key: string,
  now: number,
): boolean {
  const failing = new Set(
    state.channels
      .healths()
      .filter(({ failingSince }) => failingSince !== null)
      .map(({ route }) => route),
  );
  const usable = (all: Receiver[]): Receiver[] =>
    all.filter(({ route }) => route !== about?.route && !failing.has(route));
  const direct = usable([...receivers.ofSettings(), ...receivers.ofSeverity('page')]);
  const administrators = state.people.users().filter(({ role }) => role === 'administrator');
  const others =
    direct.length > 0 ? direct : administrators.flatMap(({ name }) => usable(receivers.ofPerson(name)).slice(0, 1));
  addNoticeTo(state, others, { detail, key, now });
  return others.length > 0;
}

/** `worked` and `failed` are called inside the transaction that settles the message. */
export function createTelling({
  state,
  receivers,
  clock,
}: {
  state: State;
  receivers: Receivers;
  clock: Clock;
}): Telling {
  const finals = new Set<string>();

  function tellOthers(about: Receiver, code: 'failing' | 'works', since: number, more: object, now: number): boolean {
    const detail = { code, receiver: about.label, ...more };
    return addNotice(state, receivers, about, detail, `${code}-${shortHash(about.route)}-${since}`, now);
  }

  return {
    worked(receiver, now) {
      finals.delete(receiver.route);
      const before = state.channels.health(receiver.route);
      if (before && before.failingSince !== null && before.toldAt !== null) {
        tellOthers(receiver, 'works', before.failingSince, { ms: now - before.failingSince }, now);
        state.channels.noteTold(receiver.route, null);
      }
      state.channels.noteOk(receiver.route, now);
    },
    failed(receiver, now, error, final) {
      if (final) finals.add(receiver.route);
      state.channels.noteFailed(receiver.route, now, error);
      const health = state.channels.health(receiver.route);
      if (!health || health.failingSince === null || health.toldAt !== null) return;
      if (!final && now - health.failingSince < TELL_AFTER_MS) return;
      if (
        tellOthers(
          receiver,
          'failing',
          health.failingSince,
          { error: troubleOf(error), since: health.failingSince },
          now,
        )
      )
        state.channels.noteTold(receiver.route, now);
    },
    notices: () =>
      state.channels.healths().flatMap((health) => {
        const receiver = health.failingSince === null ? null : receivers.byRoute(health.route);
        if (!receiver) return [];
        const final = finals.has(health.route);
        return [
          {
            code: 'CHANNEL_FAILING',
            severity: final ? ('critical' as const) : ('warning' as const),
            said: {
              code: 'notice.channel_failing' as const,
              kind: receiver.kind,
              label: receiver.label,
              final,
              error: health.error === null ? null : troubleOf(health.error),
            },
            since: health.failingSince ?? clock.wallMs(),
          },
        ];
      }),
  };
}
