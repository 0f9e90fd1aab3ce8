/** Why: Alertmanager keeps alerts in memory and forgets what is not repeated; each minute it gets all that it should know. */
import type { AlertView, ChannelKind, Language } from '#contract';
import type { Clock } from '#lib/clock';
import type { State } from '#state';
import { storedTrouble } from '../../said/said.ts';
import type { Every } from '../../timing.ts';
import type { ChannelIo } from '../channel.ts';
import type { Outcome } from '../outcome.ts';
import type { Receiver, Receivers } from '../receivers.ts';
import type { Telling } from '../telling.ts';
import { type PostableAlert, postable, RESEND_MS, RESOLVED_RESEND_MS, sendAlerts, watchdog } from './alertmanager.ts';

export interface ResendDeps {
  state: State;
  view(id: number, lang?: Language): AlertView | null;
  receivers: Receivers;
  telling: Telling;
  io: ChannelIo;
  clock: Clock;
  publicUrl(): string;
  every: Every;
}

const KIND: ChannelKind = 'alertmanager';
/** A fleet of 1,200 in one incident is some 600 kB; Alertmanager reads more, but not in one breath. */
const BATCH = 500;
const RECENT = 500;

/** Answers with its end. The first round leaves at once. */
export function startResend(deps: ResendDeps): () => Promise<void> {
  let round: Promise<unknown> = Promise.resolve();
  const run = (): void => {
    round = round.then(() => resendAll(deps));
  };
  const end = deps.every(RESEND_MS, run);
  run();
  return async () => {
    end();
    await round;
  };
}

async function resendAll(deps: ResendDeps): Promise<void> {
  for (const channel of deps.state.channels.list()) {
    if (channel.kind !== KIND || !channel.enabled) continue;
    const alerts = alertsFor(deps, new Set(channel.gets), channel.lang);
    const receiver = deps.receivers.ofChannel(channel);
    for (let from = 0; from < alerts.length; from += BATCH) {
      const outcome = await sendAlerts(alerts.slice(from, from + BATCH), receiver.settings, deps.io);
      note(deps, receiver, outcome);
      if (outcome.kind !== 'sent') break;
    }
  }
}

function note({ state, telling, clock }: ResendDeps, receiver: Receiver, outcome: Outcome): void {
  const now = clock.wallMs();
  state.transaction(() => {
    if (outcome.kind === 'sent') telling.worked(receiver, now);
    else telling.failed(receiver, now, storedTrouble(outcome.error), outcome.kind === 'refused');
  });
}

/** What fires, what ended a short while ago, and the watchdog. What a larger incident covers is told by that one. */
function alertsFor(
  { state, view, clock, publicUrl }: ResendDeps,
  gets: ReadonlySet<string>,
  lang: Language,
): PostableAlert[] {
  const now = clock.wallMs();
  const ended = state.alerts
    .list({ condition: 'resolved', limit: RECENT })
    .filter((one) => (one.resolved_at ?? 0) > now - RESOLVED_RESEND_MS);
  const told = [...state.alerts.open(), ...ended]
    .filter((one) => one.parent === null && gets.has(one.severity))
    .flatMap(({ id }) => {
      const alert = view(id, lang);
      return alert ? [postable(alert, alert.title, `${publicUrl()}/alerts/${id}`, now)] : [];
    });
  return [watchdog(now, publicUrl()), ...told];
}
