/** Why: what routes may use, in one place, so that each route file says only what it does with it. */

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Broker } from '#broker';
import type {
  AlertCounts,
  AlertExplanation,
  AlertRule,
  AlertView,
  BackupView,
  ClockSource,
  Language,
  LiveFirst,
  LivePoll,
  LiveRow,
  LiveSnapshot,
  Page,
  Role,
  RosterColumns,
  RulesView,
  SiteScope,
  StateHistory,
  TailFilter,
} from '#contract';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';
import type { State } from '#state';
import type { OpenFilter } from './alert/open-list.ts';
import type { DashboardSettings } from './config.ts';
import type { LiveChannel } from './live/channel-name.ts';
import type { Passwords } from './password.ts';
import type { SequenceProof } from './proof/keeper.ts';
import type { Notice } from './said/said.ts';

export interface DashboardDeps {
  settings: DashboardSettings;
  state: State;
  broker: Broker;
  alerts: AlertEngine;
  live: LiveHub;
  proof: Pick<SequenceProof, 'of'>;
  /** Made by infra/backup/desk.ts; a server without one has no backup over HTTP. */
  backup?: { start(dir: string): BackupView; view(): BackupView | null };
  /** One queue for all who hash and check. */
  passwords: Passwords;
  clock: Clock;
  log: Logger;
  /** Version of the agent that this server hands out. */
  agentVersion?: string;
  /** Base of links, without a trailing slash. */
  publicUrl(): string;
}

/** Made by dashboard/alert/engine.ts. */
export interface AlertEngine {
  start(): void;
  stop(): Promise<void>;
  /** Open incident per access point, worst first. */
  openOf(ap: string): { id: number; rule: AlertRule; since: number } | null;
  /**
   * Open incidents that nobody has taken on and nothing silences, each cause once. Of who sees only some sites (`sees`) those of these sites, as the
   * incident of many is not theirs to see.
   */
  needAction?(sees: ((site: string) => boolean) | null): number;
  /** How far the clock of a probe that judges is ahead of the server's, ms (negative: behind), and whether the rule *clock* says wrong; null while it cannot be told. */
  clockOf?(probe: string): { skew_ms: number; wrong: boolean } | null;
  /** It is at most so far behind, ms, by the frames of this run of the server; null where it is ahead or no frame came. */
  clockBehindMost?(probe: string): number | null;
  /** Words are in `lang`; English where none is asked for, and in what listeners get. */
  explain(ap: string, lang?: Language): AlertExplanation;
  view(id: number, lang?: Language): AlertView | null;
  list(filter: {
    lang?: Language;
    condition?: 'firing' | 'resolved';
    acknowledged?: boolean;
    before?: number;
    limit: number;
  }): AlertView[];
  /** Those that are firing, in pages. */
  open(filter: OpenFilter & { lang?: Language }): Page<AlertView>;
  counts(sees: ((site: string) => boolean) | null): AlertCounts;
  /** @throws CarrelError ALERT_UNKNOWN, ALERT_CLOSED */
  acknowledge(id: number, who: string, untilMs: number): AlertView;
  /** Somebody declares it over; only newer evidence opens it again. @throws CarrelError ALERT_UNKNOWN, ALERT_CLOSED */
  resolve(id: number, who: string): AlertView;
  /** Every parameter of every rule, and what was changed. */
  rules(): RulesView;
  /** Replaces what was changed on the page. @throws CarrelError RULES_INVALID */
  editRules(edits: unknown, who: string): void;
  /** After every change of an incident (fired, resolved, acknowledged). Returns the unsubscriber. */
  onChange(listener: (alert: AlertView) => void): () => void;
  /** What keeps alerts from being judged or stored. */
  notices?(): Notice[];
}

/** Made by dashboard/live/hub.ts. */
export interface LiveHub {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The rows of all access points as viewers know them. */
  now(): { at: number; rows: readonly LiveRow[] };
  /** What a probe that judges last told of itself in its frames; null where it judges nothing. */
  heard(probe: string): Heard | null;
  /** As it travels, for who may see everything (undefined) or some sites. */
  snapshot(scope?: SiteScope, lang?: Language, part?: LiveChannel): LiveSnapshot;
  /** The first screen of the table of sites. */
  first(scope?: SiteScope): LiveFirst;
  roster(scope?: SiteScope, part?: LiveChannel): RosterColumns;
  /** The last day in states. */
  history(scope?: SiteScope): StateHistory;
  /** What a stream would have told since `<epoch>-<seq>`. */
  poll(since: string, scope?: SiteScope, lang?: Language, part?: LiveChannel): LivePoll;
  /** Somebody edited the registry. */
  rosterChanged(): void;
  /** A session, token, person or screen is another one or gone: streams end that would not be let in any more. */
  recheck(): void;
  /** Takes over the reply as an SSE stream; ends when the client goes or when it no longer may see it. */
  stream(request: FastifyRequest, reply: FastifyReply, viewer: StreamViewer): void;
  /** The same for raw samples and events. */
  tail(reply: FastifyReply, viewer: Omit<StreamViewer, 'lastEventId' | 'part'>, filter: TailFilter): void;
}
export interface Heard {
  /** Time of its newest sample, ms. */
  sampleAt: number | null;
  clock: ClockSource | null;
  /** Frames that waited on it then. */
  waiting: number | null;
}
export interface StreamViewer {
  /** Whose stream it is; null where nobody signs in. */
  who: string | null;
  lastEventId: string | null;
  scope?: SiteScope | undefined;
  /** All of it, where nothing is said. */
  part?: LiveChannel;
  lang?: Language;
  /** The shared gzip stream; otherwise plain text. */
  packed: boolean;
  stillAllowed(): boolean;
}

/** Who asks. Set on the request by dashboard/session.ts. */
export interface Who {
  name: string;
  role: Role;
  via: 'session' | 'token' | 'screen';
  /** Undefined: everything. */
  scope?: SiteScope;
}
