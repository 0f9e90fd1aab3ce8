/** Why: administrators say by which channels alerts leave, try each, and see how each fared. Secrets go in and never come out. */
import type { FastifyInstance } from 'fastify';
import {
  type ChannelKind,
  type ChannelTestResult,
  type ChannelView,
  LANGUAGES,
  type Language,
  SEVERITIES,
  type Severity,
} from '#contract';
import { CarrelError } from '#lib/errors';
import type { Channel } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { channelKinds, channelProblems, channelType, SETUP_KINDS } from '../notify/channels.ts';
import { createReceivers, type Receiver } from '../notify/receivers.ts';
import { sendTest } from '../notify/send-test.ts';
import { troubleOf } from '../said/said.ts';
import { say } from '../said/say.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';
import { refuseProblems } from './refuse.ts';
import { numberPath } from './schemas.ts';

type ChannelDeps = Pick<DashboardDeps, 'state' | 'clock' | 'settings' | 'log' | 'publicUrl'>;
interface ChannelBody {
  name: string;
  kind: ChannelKind;
  config?: Record<string, string>;
  secrets?: Record<string, string>;
  gets?: Severity[];
  lang?: Language;
  enabled?: boolean;
}

const texts = (summary: string) =>
  ({
    type: 'object',
    maxProperties: 12,
    additionalProperties: { type: 'string', maxLength: 4000 },
    description: summary,
  }) as const;
const fields = {
  name: { type: 'string', minLength: 1, maxLength: 60, pattern: '^[^\\u0000-\\u001f]*$' },
  config: texts('Settings that are shown; see /channels/kinds'),
  secrets: texts('Settings that are never shown; an empty one keeps what is stored'),
  gets: {
    type: 'array',
    maxItems: 3,
    items: { type: 'string', enum: SEVERITIES },
    description: 'Severities that it gets without being named by a policy',
  },
  lang: { type: 'string', enum: LANGUAGES },
  enabled: { type: 'boolean' },
} as const;
const newSchema = {
  summary: 'Set up a channel',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'kind'],
    properties: { ...fields, kind: { type: 'string', enum: SETUP_KINDS } },
  },
};
const changeSchema = {
  summary: 'Change a channel; where an address changes, its secrets are given anew',
  params: numberPath,
  body: { type: 'object', additionalProperties: false, minProperties: 1, properties: fields },
};
const testSchema = {
  summary: 'Send a test message now; the answer is what the receiver answered',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['route'],
    properties: { route: { type: 'string', minLength: 1, maxLength: 400 } },
  },
};

export function registerChannelRoutes(app: FastifyInstance, deps: ChannelDeps, allow: Allow): void {
  const { state, clock, settings } = deps;
  const receivers = createReceivers(settings, state);
  const administrators = { onRequest: allow('administrator') };

  app.get(
    '/api/v1/channels',
    { ...administrators, schema: { summary: 'Channels, and how each fared last' } },
    async (request) => ({
      items: [
        ...receivers.ofSettings().map((receiver) => viewOf(deps, receiver, null, languageOf(request))),
        ...state.channels
          .list()
          .map((channel) => viewOf(deps, receivers.ofChannel(channel), channel, languageOf(request))),
      ],
      next: null,
    }),
  );

  app.get(
    '/api/v1/channels/kinds',
    { ...administrators, schema: { summary: 'What each kind of channel needs' } },
    async () => ({ items: channelKinds(), next: null }),
  );

  app.post<{ Body: ChannelBody }>(
    '/api/v1/channels',
    { ...administrators, schema: newSchema },
    async (request, reply) => {
      const {
        name,
        kind,
        config = {},
        secrets = {},
        gets = [],
        lang = settings.CARREL_LANGUAGE,
        enabled = true,
      } = request.body;
      const draft = {
        name,
        kind,
        config: filled(config),
        secrets: filled(secrets),
        gets,
        lang,
        enabled,
        createdAt: clock.wallMs(),
      };
      const channel = state.transaction(() => {
        refuseTaken(deps, name, null);
        refuseWrong(draft);
        const id = state.channels.add(draft);
        state.audit(clock.wallMs(), whoOf(request), 'channel created', { name, kind });
        return { ...draft, id };
      });
      return reply.code(201).send(viewOf(deps, receivers.ofChannel(channel), channel, languageOf(request)));
    },
  );

  app.put<{ Params: { id: number }; Body: Partial<Omit<ChannelBody, 'kind'>> }>(
    '/api/v1/channels/:id',
    { ...administrators, schema: changeSchema },
    async (request) =>
      state.transaction(() => {
        const before = channelOrThrow(deps, request.params.id);
        const { config = before.config, secrets = {}, ...rest } = request.body;
        const given = filled(secrets);
        const moved = addressChanged(before, filled(config));
        const channel: Channel = {
          ...before,
          ...rest,
          config: filled(config),
          secrets: moved ? given : { ...before.secrets, ...given },
        };
        refuseTaken(deps, channel.name, channel.id);
        refuseWrong(channel);
        state.channels.update(channel);
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'channel changed', { name: channel.name, fields });
        return viewOf(deps, receivers.ofChannel(channel), channel, languageOf(request));
      }),
  );

  app.delete<{ Params: { id: number } }>(
    '/api/v1/channels/:id',
    { ...administrators, schema: { summary: 'Remove a channel; what waits for it is given up', params: numberPath } },
    async (request, reply) => {
      state.transaction(() => {
        const channel = channelOrThrow(deps, request.params.id);
        state.channels.drop(channel.id);
        state.audit(clock.wallMs(), whoOf(request), 'channel removed', { name: channel.name });
      });
      return reply.code(204).send();
    },
  );

  app.post<{ Body: { route: string } }>(
    '/api/v1/channels/test',
    { ...administrators, schema: testSchema, config: { rateLimit: { max: 20, timeWindow: '1 minute' } } },
    async (request): Promise<ChannelTestResult> => {
      const receiver = receivers.byRoute(request.body.route);
      if (!receiver) throw new CarrelError('CHANNEL_UNKNOWN', 'There is no such receiver, or it is switched off.', {});
      state.audit(clock.wallMs(), whoOf(request), 'channel tested', { name: receiver.label });
      return sendTest(deps, receiver, languageOf(request));
    },
  );
}

function viewOf(
  { state, settings }: ChannelDeps,
  receiver: Receiver,
  channel: Channel | null,
  lang: Language,
): ChannelView {
  const { route, kind, label } = receiver;
  const health = state.channels.health(route);
  return {
    id: channel?.id ?? null,
    route,
    name: label,
    kind,
    config: channel?.config ?? {},
    secrets: Object.keys(channel?.secrets ?? {}),
    gets: channel?.gets ?? [...SEVERITIES],
    lang: channel?.lang ?? settings.CARREL_LANGUAGE,
    enabled: channel?.enabled ?? true,
    ok_at: health?.okAt ?? null,
    failed_at: health?.failedAt ?? null,
    error: health && health.error !== null ? say(troubleOf(health.error), lang, 'UTC') : null,
    failing_since: health?.failingSince ?? null,
    waiting: state.outbox.waitingOf(route),
  };
}

/** Whoever may change where a channel goes must not get its stored secrets sent there. */
function addressChanged({ kind, config }: Channel, next: Record<string, string>): boolean {
  return channelType(kind).fields.some(
    ({ name, example, secret }) => !secret && URL.canParse(example) && (config[name] ?? '') !== (next[name] ?? ''),
  );
}

function filled(values: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([name, text]): [string, string] => [name, text.trim()])
      .filter(([, text]) => text !== ''),
  );
}

function refuseWrong({ kind, config, secrets }: Pick<Channel, 'kind' | 'config' | 'secrets'>): void {
  const { fields: known } = channelType(kind);
  const misplaced = Object.keys(config).filter((name) => known.some((field) => field.name === name && field.secret));
  refuseProblems('CHANNEL_INVALID', {
    ...channelProblems(kind, { ...config, ...secrets }),
    ...Object.fromEntries(misplaced.map((name) => [name, 'is a secret; give it in secrets'])),
  });
}

function refuseTaken({ state }: ChannelDeps, name: string, id: number | null): void {
  if (state.channels.list().some((channel) => channel.name === name && channel.id !== id))
    throw new CarrelError('CHANNEL_EXISTS', `There is a channel ${name} already.`, { name });
}

function channelOrThrow({ state }: ChannelDeps, id: number): Channel {
  const channel = state.channels.get(id);
  if (!channel) throw new CarrelError('CHANNEL_UNKNOWN', `There is no channel ${id}.`, { id });
  return channel;
}
