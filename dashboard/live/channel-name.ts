/** Why: which part of the live view somebody asks for (`ch=`), as a value. What one may see narrows it further (channel.ts). */
import type { SiteScope } from '#contract';
import { CarrelError } from '#lib/errors';

/** `alerts`: no rows, only alerts, how many need action, and how Carrel itself is. */
export type LiveChannel =
  | { kind: 'all' }
  | { kind: 'alerts' }
  | { kind: 'region'; region: string }
  | { kind: 'site'; site: string };

export const ALL: LiveChannel = { kind: 'all' };

/** Of the address. @throws CarrelError LIVE_CHANNEL_INVALID */
export function channelNamed(text: string): LiveChannel {
  if (text === 'all' || text === 'alerts') return { kind: text };
  const [, kind, name = ''] = /^(region|site):(.+)$/s.exec(text) ?? [];
  if (kind === 'region') return { kind, region: name };
  if (kind === 'site') return { kind, site: name };
  const channel = text.slice(0, 40);
  throw new CarrelError(
    'LIVE_CHANNEL_INVALID',
    `There is no channel ${channel}; there are all, alerts, region:NAME and site:ID`,
    { channel },
  );
}

/** Equal for who sees the same of the same; empty: everything. */
export const keyOf = (scope: SiteScope | undefined, channel: LiveChannel = ALL): string =>
  scope || channel.kind !== 'all'
    ? JSON.stringify([channel, scope ? [[...scope.sites].sort(), [...scope.regions].sort()] : null])
    : '';
