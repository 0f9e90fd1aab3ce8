/**
 * Why: what stands in the outbox leaves, whatever happens. An item counts as sent only after the receiver's answer, so a crash
 * repeats it with the same key; a receiver that is down is tried again for a day; one that is slow makes nobody else wait.
 */
import type { AlertView, HealthNotice } from '#contract';
import type { Clock } from '#lib/clock';
import { messageOf as errorText } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { OutboxItem, State } from '#state';
import { silenceOver } from '../alert/commit.ts';
import type { DashboardSettings } from '../config.ts';
import type { AlertEngine } from '../deps.ts';
import { type Every, onceAfter, pause, systemEvery } from '../timing.ts';
import { createAddressGuard } from './address-guard.ts';
import { createMailer } from './email.ts';
import { type MessageInput, messageOf, webhookBody } from './message.ts';
import type { Outcome } from './outcome.ts';
import { missingChannels, type NotifySettings, type Target, targetsOf } from './targets.ts';
import { sendWebhook } from './webhook.ts';

export interface DeliveryDeps {
  settings: NotifySettings & Pick<DashboardSettings, 'CARREL_PUBLIC_URL' | 'CARREL_HTTP'>;
  state: Pick<State, 'alerts' | 'outbox' | 'registry'>;
  alerts: Pick<AlertEngine, 'view' | 'onChange'>;
  clock: Clock;
  log: Logger;
  /** Base of links; by default the settings' address. */
  publicUrl?: () => string;
  random?: () => number;
  every?: Every;
}
export interface Delivery {
  start(): void;
  /** Waits for answers that are on their way, at most 5 s; what is left goes out after the next start. */
  stop(): Promise<void>;
  /** Missing and failing channels, in words for the page. */
  notices(): HealthNotice[];
}

const LOOK_MS = 1000;
const DUE_LIMIT = 500;
const EXPIRE_MS = 24 * 3_600_000;
const STOP_WAIT_MS = 5000;
const RETRY_BASE_MS = 1000;
const RETRY_CAP_MS = 5 * 60_000;

/** One receiver's state in this run. */
interface Lane {
  busy: Promise<void> | null;
  failures: number;
  notBefore: number;
  failing: { since: number; error: string; final: boolean } | null;
}

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { settings, state, alerts, clock, log, random = Math.random, every = systemEvery } = deps;
  const publicUrl =
    deps.publicUrl ??
    (() => settings.CARREL_PUBLIC_URL ?? `http://${settings.CARREL_HTTP.host}:${settings.CARREL_HTTP.port}`);
  const targets = new Map(targetsOf(settings).map((target) => [keyOf(target.channel, target.label), target]));
  const send = createSender(settings, clock);
  const lanes = new Map<string, Lane>();
  let ends: (() => void)[] = [];
  let stopped = false;
  let broken: { since: number; error: string } | null = null;

  /** Starts a lane for every receiver with something due. Nothing here waits. */
  function look(): void {
    if (stopped) return;
    const now = clock.wallMs();
    try {
      const silences = state.alerts.silences(now);
      for (const [key, items] of grouped(state.outbox.due(now, DUE_LIMIT))) {
        const lane = laneOf(lanes, key);
        if (lane.busy || now < lane.notBefore) continue;
        const free = items.filter((item) => !held(item, silences));
        if (free.length > 0) lane.busy = runLane(lane, free).finally(() => (lane.busy = null));
      }
      broken = null;
    } catch (error) {
      noteBroken(error);
    }
  }

  function held(item: OutboxItem, silences: ReturnType<State['alerts']['silences']>): boolean {
    const incident = state.alerts.get(item.incident);
    if (!incident) return false;
    const site = state.registry.accessPoint(incident.ap)?.site ?? null;
    return silenceOver(silences, incident.ap, site, clock.wallMs()) !== null;
  }

  async function runLane(lane: Lane, items: OutboxItem[]): Promise<void> {
    for (const item of items) {
      if (stopped) return;
      try {
        if (!(await deliver(lane, item))) return;
      } catch (error) {
        return noteBroken(error); // the state database refused; the item is still waiting
      }
    }
  }

  /** False when the receiver should be left alone for a while. */
  async function deliver(lane: Lane, item: OutboxItem): Promise<boolean> {
    const now = clock.wallMs();
    const why = whyNever(item, now);
    if (why !== null) {
      state.outbox.markExpired(item.id, now, why);
      return true;
    }
    const input = inputOf(item);
    const target = targets.get(keyOf(item.channel, item.target));
    const outcome: Outcome =
      input && target
        ? await send(target, input, item)
        : { kind: 'refused', error: target ? 'the alert no longer exists' : 'this receiver is no longer configured' };
    return settle(lane, item, outcome);
  }

  function whyNever(item: OutboxItem, now: number): string | null {
    if (now - item.createdAt > EXPIRE_MS)
      return `it could not be delivered within 24 h${item.error ? ` (${item.error})` : ''}`;
    if (item.kind === 'firing') return null;
    const told = state.outbox
      .ofIncident(item.incident)
      .some(
        (one) =>
          one.kind === 'firing' && one.state === 'sent' && one.channel === item.channel && one.target === item.target,
      );
    return told ? null : 'this receiver was never told that it began, so there is nothing to take back';
  }

  function settle(lane: Lane, item: OutboxItem, outcome: Outcome): boolean {
    const now = clock.wallMs();
    const fields = {
      alert: item.incident,
      channel: item.channel,
      target: item.target,
      kind: item.kind,
      attempt: item.attempts + 1,
    };
    if (outcome.kind === 'sent') {
      state.outbox.markSent(item.id, now);
      Object.assign(lane, { failures: 0, notBefore: 0, failing: null });
      log.info(fields, 'alert delivered');
      return true;
    }
    lane.failing = { since: lane.failing?.since ?? now, error: outcome.error, final: outcome.kind === 'refused' };
    log.warn(
      { ...fields, error: outcome.error },
      outcome.kind === 'retry' ? 'alert not delivered yet' : 'alert refused by its receiver',
    );
    if (outcome.kind === 'refused') {
      state.outbox.markFailed(item.id, now, outcome.error);
      return true;
    }
    lane.failures += 1;
    // The receiver is left alone as a whole: what waits behind this item would fail the same way.
    lane.notBefore = now + retryWaitMs(Math.max(lane.failures, item.attempts + 1), outcome.afterMs, random);
    state.outbox.markRetry(item.id, lane.notBefore, outcome.error);
    return false;
  }

  function inputOf(item: OutboxItem): (MessageInput & { alert: AlertView }) | null {
    const alert = alerts.view(item.incident);
    if (!alert) return null;
    const ap = state.registry.accessPoint(alert.ap);
    return {
      kind: item.kind,
      alert,
      site: ap ? state.registry.site(ap.site) : null,
      targetMbps: ap?.target_mbps ?? alert.evidence.at(-1)?.target_mbps ?? 0,
      publicUrl: publicUrl(),
    };
  }

  function noteBroken(error: unknown): void {
    if (!broken) log.error({ error: errorText(error) }, 'the outbox cannot be read or written');
    broken = { since: broken?.since ?? clock.wallMs(), error: errorText(error) };
  }

  return {
    start() {
      ends = [every(LOOK_MS, look), alerts.onChange(onceAfter(look))];
      look();
    },
    async stop() {
      stopped = true;
      for (const end of ends.splice(0)) end();
      const limit = new AbortController();
      await Promise.race([
        Promise.all([...lanes.values()].map((lane) => lane.busy)),
        pause(STOP_WAIT_MS, limit.signal),
      ]);
      limit.abort();
      send.close();
    },
    notices() {
      const outbox: HealthNotice[] = broken
        ? [
            {
              code: 'OUTBOX_STUCK',
              severity: 'critical',
              text: `Alerts cannot leave: ${broken.error}.`,
              since: broken.since,
            },
          ]
        : [];
      return [
        ...missingChannels(settings),
        ...outbox,
        ...[...lanes].flatMap(([key, { failing }]) => (failing ? [failingNotice(targets.get(key), failing)] : [])),
      ];
    },
  };
}

/** Full jitter from 1 s to 5 min, and never before the receiver asked to be asked again. */
export function retryWaitMs(attempt: number, afterMs: number | null, random: () => number): number {
  const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(attempt, 20));
  return Math.max(Math.round(random() * ceiling), afterMs ?? 0, RETRY_BASE_MS / 2);
}

function createSender(
  settings: NotifySettings,
  clock: Clock,
): ((target: Target, input: MessageInput, item: OutboxItem) => Promise<Outcome>) & { close(): void } {
  const guard = createAddressGuard(settings.CARREL_WEBHOOK_ALLOW);
  const mailer =
    settings.CARREL_SMTP === undefined
      ? null
      : createMailer({ smtpUrl: settings.CARREL_SMTP, from: settings.CARREL_MAIL_FROM });
  const send = async (target: Target, input: MessageInput, item: OutboxItem): Promise<Outcome> => {
    const message = messageOf(input);
    if (target.channel === 'email') {
      const thread = item.idempotencyKey.replace(/-(firing|resolved)-/, '-');
      return mailer
        ? mailer.send(target.address, message, item.idempotencyKey, thread)
        : { kind: 'refused', error: 'no mail server is configured' };
    }
    return sendWebhook(
      {
        url: target.address,
        body: JSON.stringify(webhookBody(input, message)),
        key: item.idempotencyKey,
        now: clock.wallMs(),
      },
      { secret: settings.CARREL_WEBHOOK_SECRET, guard },
    );
  };
  return Object.assign(send, { close: () => mailer?.close() });
}

function failingNotice(target: Target | undefined, failing: NonNullable<Lane['failing']>): HealthNotice {
  const who = target
    ? target.channel === 'email'
      ? `Mail to ${target.label}`
      : `Webhook ${target.label}`
    : 'A receiver of alerts';
  return {
    code: 'CHANNEL_FAILING',
    severity: failing.final ? 'critical' : 'warning',
    text: `${who} ${failing.final ? 'refuses alerts' : 'does not get alerts yet'}: ${failing.error}.`,
    since: failing.since,
  };
}

function keyOf(channel: string, label: string): string {
  return `${channel} ${label}`;
}

function grouped(items: OutboxItem[]): Map<string, OutboxItem[]> {
  return Map.groupBy(items, (item) => keyOf(item.channel, item.target));
}

function laneOf(lanes: Map<string, Lane>, key: string): Lane {
  const known = lanes.get(key);
  if (known) return known;
  const made: Lane = { busy: null, failures: 0, notBefore: 0, failing: null };
  lanes.set(key, made);
  return made;
}
