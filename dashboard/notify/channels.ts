/** Why: every kind of channel by name, and the one check of what somebody wants to store for it. */
import { CHANNEL_KINDS, type ChannelKind, type ChannelKindView } from '#contract';
import { alertmanager } from './alertmanager/alertmanager.ts';
import type { ChannelType } from './channel.ts';
import { email } from './email/email.ts';
import { gotify } from './gotify/gotify.ts';
import { mattermost } from './mattermost/mattermost.ts';
import { ntfy } from './ntfy/ntfy.ts';
import { pagerduty } from './pagerduty/pagerduty.ts';
import { push } from './push/push.ts';
import { slack } from './slack/slack.ts';
import { sms } from './sms/sms.ts';
import { teams } from './teams/teams.ts';
import { telegram } from './telegram/telegram.ts';
import { webhook } from './webhook/webhook.ts';

const TYPES: Readonly<Record<ChannelKind, ChannelType>> = {
  email,
  webhook,
  slack,
  mattermost,
  teams,
  ntfy,
  gotify,
  pagerduty,
  telegram,
  sms,
  alertmanager,
  push,
};

export function channelType(kind: ChannelKind): ChannelType {
  return TYPES[kind];
}

/** Kinds that an administrator sets up. */
export const SETUP_KINDS = CHANNEL_KINDS.filter((kind) => !TYPES[kind].personal);

export function channelKinds(): ChannelKindView[] {
  return SETUP_KINDS.map((kind) => TYPES[kind]).map(({ kind, fields, address }) => ({
    kind,
    fields: fields.map(({ name, secret, required, example }) => ({ name, secret, required, example })),
    address: address?.example ?? null,
  }));
}

/** What is wrong by field name; empty when all is well. The answer never holds a secret. */
export function channelProblems(kind: ChannelKind, given: Readonly<Record<string, string>>): Record<string, string> {
  const { fields } = TYPES[kind];
  const known = new Set(fields.map(({ name }) => name));
  const problems: Record<string, string> = {};
  for (const name of Object.keys(given)) if (!known.has(name)) problems[name] = `is not a setting of ${kind}`;
  for (const { name, required, wrong, example } of fields) {
    const text = given[name] ?? '';
    if (text === '') {
      if (required) problems[name] = `is missing; for example ${example}`;
      continue;
    }
    const accepted = wrong(text);
    if (accepted !== null) problems[name] = `must be ${accepted}`;
  }
  return problems;
}
