/** Why: a channel is known to work when a message went through it, and the person who set it up sees what its receiver answered. */
import { randomUUID } from 'node:crypto';
import type { ChannelTestResult, Language } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { storedTrouble, troubleOf } from '../said/said.ts';
import { inEnglish, say } from '../said/say.ts';
import { createAddressGuard } from './address-guard.ts';
import { channelType } from './channels.ts';
import { noticeMessage } from './message-other.ts';
import { createPushDesk } from './push/desk.ts';
import type { Receiver } from './receivers.ts';

/** Waits for the receiver's answer, 10 s at most (mail 20 s). `reader`: who pressed the button. */
export async function sendTest(
  { state, clock, settings, log, publicUrl }: Pick<DashboardDeps, 'state' | 'clock' | 'settings' | 'log' | 'publicUrl'>,
  receiver: Receiver,
  reader: Language,
): Promise<ChannelTestResult> {
  const started = clock.monoMs();
  const { lang, address, route } = receiver;
  const frame = { lang, severity: 'ticket', publicUrl: publicUrl(), uncertain: false } as const;
  const key = `carrel-test-${randomUUID()}`;
  const outcome = await channelType(receiver.kind).send(
    { ...noticeMessage({ code: 'test' }, frame), key, thread: key, now: clock.wallMs(), address },
    receiver.settings,
    {
      guard: createAddressGuard(settings.CARREL_WEBHOOK_ALLOW),
      webhookSecret: settings.CARREL_WEBHOOK_SECRET,
      push: createPushDesk(settings, state),
    },
  );
  const now = clock.wallMs();
  const trouble = outcome.kind === 'sent' ? (outcome.remark ?? null) : outcome.error;
  if (outcome.kind === 'sent') state.channels.noteOk(route, now);
  else state.channels.noteFailed(route, now, storedTrouble(outcome.error));
  log.info(
    {
      channel: receiver.kind,
      target: receiver.label,
      ok: outcome.kind === 'sent',
      error: trouble && inEnglish(trouble),
    },
    'channel tested',
  );
  const error = trouble && say(troubleOf(trouble), reader, 'UTC');
  return { ok: outcome.kind === 'sent', error, ms: Math.round(clock.monoMs() - started) };
}
