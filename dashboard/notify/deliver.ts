/**
 * Why: what stands in the outbox leaves, whatever happens. An item counts as sent only after the receiver's answer, so a crash
 * repeats it with the same key; a receiver that is down is tried until what is said is too old; one that is slow makes nobody else wait.
 */
import type { ChannelKind } from '#contract';
import type { Clock } from '#lib/clock';
import { messageOf as errorText } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { OutboxItem, State } from '#state';
import type { DashboardSettings } from '../config.ts';
import type { AlertEngine } from '../deps.ts';
import { type Notice, storedTrouble } from '../said/said.ts';
import { inEnglish } from '../said/say.ts';
import { type Every, onceAfter, pause, systemEvery } from '../timing.ts';
import { createAddressGuard } from './address-guard.ts';
import { startResend } from './alertmanager/resend.ts';
import { createCalling } from './calling.ts';
import { createCertWatch, type NamedCertificate } from './cert-watch.ts';
import type { ChannelIo } from './channel.ts';
import { channelType } from './channels.ts';
import { type ComposeDeps, compose } from './compose.ts';
import { createGapWatch } from './gaps.ts';
import { afterFailure, afterSuccess, type Lane, newLane, taken } from './lane.ts';
import { createActLinks } from './links.ts';
import { createNextItem } from './next-item.ts';
import type { Outcome } from './outcome.ts';
import { createPushDesk } from './push/desk.ts';
import { createReceivers, type Receiver } from './receivers.ts';
import type { NotifySettings } from './targets.ts';
import { createTelling } from './telling.ts';

export interface DeliveryDeps {
  settings: NotifySettings & Pick<DashboardSettings, 'CARREL_PUBLIC_URL' | 'CARREL_HTTP' | 'CARREL_PUSH_HOSTS'>;
  state: State;
  alerts: Pick<AlertEngine, 'view' | 'onChange'>;
  clock: Clock;
  log: Logger;
  /** Base of links; by default the settings' address. */
  publicUrl?: () => string;
  /** The canary's receiver in this process, which no setting names. */
  loopback?: () => Receiver | null;
  /** Those that must not run out unnoticed. */
  certificates?: () => readonly NamedCertificate[];
  random?: () => number;
  every?: Every;
}
export interface Delivery {
  start(): void;
  /** Waits for answers that are on their way, at most 5 s; what is left goes out after the next start. */
  stop(): Promise<void>;
  /** Sends what has become due now, without waiting for the next second. */
  look(): void;
  /** Missing and failing channels, in words for the page. */
  notices(): Notice[];
  /** Something else about telling people that the page should say. */
  alsoNotice(more: () => Notice[]): void;
}

const LOOK_MS = 1000;
const STOP_WAIT_MS = 5000;
const CLOCK_JUMP_MS = 60_000;
/** They act by themselves: a link for people would only lie in their logs. */
const PROGRAMS: ReadonlySet<ChannelKind> = new Set(['webhook', 'alertmanager', 'pagerduty']);

export function createDelivery(deps: DeliveryDeps): Delivery {
  const { settings, state, alerts, clock, log, random = Math.random, every = systemEvery } = deps;
  const publicUrl =
    deps.publicUrl ??
    (() => settings.CARREL_PUBLIC_URL ?? `http://${settings.CARREL_HTTP.host}:${settings.CARREL_HTTP.port}`);
  const receivers = createReceivers(settings, state);
  const links = createActLinks(state);
  const composing: ComposeDeps = {
    state,
    view: alerts.view,
    publicUrl,
    actUrl(item, now) {
      const token = PROGRAMS.has(item.channel) ? null : links.forItem(item, now);
      return token === null ? null : `${publicUrl()}/a/${token}`;
    },
  };
  const io: ChannelIo = {
    guard: createAddressGuard(settings.CARREL_WEBHOOK_ALLOW),
    webhookSecret: settings.CARREL_WEBHOOK_SECRET,
    push: createPushDesk(settings, state),
  };
  const nextItem = createNextItem({ state });
  const telling = createTelling({ state, receivers, clock });
  const calling = createCalling({ state, receivers });
  const gaps = createGapWatch({ state, receivers });
  const certs = createCertWatch({ state, receivers, certificates: deps.certificates ?? (() => []) });
  const lanes = new Map<string, Lane>();
  const busy = new Map<string, Promise<void>>();
  let ends: (() => Promise<void> | void)[] = [];
  let stopped = false;
  let seen = { wall: clock.wallMs(), mono: clock.monoMs() };
  let moreNotices: () => Notice[] = () => [];
  let broken: { since: number; error: string } | null = null;

  /** Starts a lane for every receiver with something due. Nothing here waits. */
  function look(): void {
    if (stopped) return;
    try {
      const now = clock.wallMs();
      followClock(now);
      calling.tick(now);
      gaps.tick(now);
      certs.tick(now);
      for (const route of state.outbox.dueRoutes(now))
        if (!busy.has(route))
          busy.set(
            route,
            runLane(route).finally(() => busy.delete(route)),
          );
      broken = null;
    } catch (error) {
      noteBroken(error);
    }
  }

  /** A clock that is set back must not put off for hours what was to be tried again in seconds. */
  function followClock(now: number): void {
    const mono = clock.monoMs();
    const jump = now - seen.wall - (mono - seen.mono);
    seen = { wall: now, mono };
    if (jump > -CLOCK_JUMP_MS) return;
    log.warn({ jump }, 'the clock was set back; what waits is tried at its time all the same');
    state.transaction(() => {
      state.outbox.shift(jump);
      state.escalations.shift(jump);
    });
    for (const [route, lane] of lanes)
      lanes.set(route, { ...lane, notBefore: lane.notBefore + jump, filledAt: lane.filledAt + jump });
  }

  const wake = onceAfter(look);

  async function runLane(route: string): Promise<void> {
    try {
      while (!stopped && (await step(route)));
    } catch (error) {
      noteBroken(error); // the state database refused; the item is still waiting
    }
  }

  /** False when nothing is left to do for this receiver now. */
  async function step(route: string): Promise<boolean> {
    const now = clock.wallMs();
    const canary = deps.loopback?.() ?? null;
    const toCanary = canary?.route === route;
    const receiver = toCanary ? canary : receivers.byRoute(route);
    const rate = receiver ? channelType(receiver.kind).rate : { perS: 100, burst: 100 };
    const lane = taken(lanes.get(route) ?? newLane(rate, now), rate, now);
    if (!lane) return false;
    const item = nextItem(route, receiver, now);
    if (!item) return false;
    lanes.set(route, lane);
    const post = receiver && compose(composing, item, receiver, now);
    if (!receiver || !post) {
      const why = { code: receiver ? 'trouble.no_alert' : 'trouble.no_receiver' } as const;
      state.outbox.markFailed(item.id, now, storedTrouble(why));
      return true;
    }
    // A crash between here and the answer leaves the item marked: it is repeated, and said to be a possible repeat.
    state.outbox.markSending(item.id, now);
    const way = toCanary ? { ...io, guard: createAddressGuard(['127.0.0.1']) } : io;
    return settle(item, receiver, lane, await channelType(receiver.kind).send(post, receiver.settings, way));
  }

  function settle(item: OutboxItem, receiver: Receiver, lane: Lane, outcome: Outcome): boolean {
    const now = clock.wallMs();
    const { incident, channel, target, kind, attempts } = item;
    const fields = { alert: incident, channel, target, kind, attempt: attempts + 1 };
    if (outcome.kind === 'sent') {
      lanes.set(item.route, afterSuccess(lane));
      state.transaction(() => {
        state.outbox.markSent(item.id, now, outcome.remark ? storedTrouble(outcome.remark) : null);
        telling.worked(receiver, now);
      });
      if (item.route === deps.loopback?.()?.route) log.debug(fields, 'canary delivered');
      else log.info(fields, 'alert delivered');
      return true;
    }
    const error = storedTrouble(outcome.error);
    const words = inEnglish(outcome.error);
    if (outcome.kind === 'refused') {
      state.transaction(() => {
        state.outbox.markFailed(item.id, now, error);
        telling.failed(receiver, now, error, true);
        calling.fallBack(item, now);
      });
      wake(); // another way, or a word to others, may be due now
      log.warn({ ...fields, error: words }, 'alert refused by its receiver');
      return true;
    }
    const next = afterFailure(lane, now, { attempts: attempts + 1, afterMs: outcome.afterMs, random });
    lanes.set(item.route, next);
    state.transaction(() => {
      state.outbox.markRetry(item.id, next.notBefore, error, outcome.uncertain === true);
      telling.failed(receiver, now, error, false);
    });
    log.warn({ ...fields, error: words }, 'alert not delivered yet');
    return false;
  }

  function noteBroken(error: unknown): void {
    if (!broken) log.error({ error: errorText(error) }, 'the outbox cannot be read or written');
    broken = { since: broken?.since ?? clock.wallMs(), error: errorText(error) };
  }

  return {
    look,
    alsoNotice(more) {
      moreNotices = more;
    },
    start() {
      const interrupted = state.outbox.markInterrupted();
      if (interrupted > 0)
        log.warn({ interrupted }, 'alerts were on their way when the server ended; they are repeated');
      ends = [
        every(LOOK_MS, look),
        alerts.onChange(wake),
        startResend({ state, view: alerts.view, receivers, telling, io, clock, publicUrl, every }),
      ];
      look();
    },
    async stop() {
      stopped = true;
      const ended = ends.splice(0).map((end) => end());
      const limit = new AbortController();
      await Promise.race([Promise.all([...busy.values(), ...ended]), pause(STOP_WAIT_MS, limit.signal)]);
      limit.abort();
    },
    notices: () => [
      ...receivers.missing(),
      ...(broken
        ? [
            {
              code: 'OUTBOX_STUCK',
              severity: 'critical' as const,
              said: { code: 'notice.outbox_stuck' as const, error: broken.error },
              since: broken.since,
            },
          ]
        : []),
      ...telling.notices(),
      ...gaps.notices(),
      ...certs.notices(),
      ...moreNotices(),
    ],
  };
}
