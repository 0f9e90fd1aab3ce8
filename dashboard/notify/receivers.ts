/** Why: a route in the outbox becomes somebody who can be sent to, now: by the settings, by a channel of an administrator, by a person's contact. */
import type { ChannelKind, Language, Severity } from '#contract';
import type { Channel, State } from '#state';
import type { Notice } from '../said/said.ts';
import type { ChannelSettings } from './channel.ts';
import { type NotifySettings, webhookLabel } from './targets.ts';

export interface Receiver {
  /** For ever the same; see OutboxItem. */
  route: string;
  kind: ChannelKind;
  /** For people. No secret. */
  label: string;
  lang: Language;
  settings: ChannelSettings;
  /** Of a person, on a channel with addresses. */
  address: string | null;
}
export interface Receivers {
  byRoute(route: string): Receiver | null;
  /** By the settings: the webhooks and the addresses on call. */
  ofSettings(): Receiver[];
  /** Who answers for the network and gets the month's report; no alerts. */
  ofReports(): Receiver[];
  /** Channels that get every alert of this severity. */
  ofSeverity(severity: Severity): Receiver[];
  ofChannel(channel: Channel): Receiver;
  /** The ways to a person, in order: own devices, then what is set; the address of the user where nothing is. */
  ofPerson(user: string): Receiver[];
  /** Whose route it is; null where it is nobody's own. */
  personOf(route: string): string | null;
  /** What is missing so that anybody is told at all, in words for the page. */
  missing(): Notice[];
}

export function createReceivers(
  settings: NotifySettings,
  state: Pick<State, 'channels' | 'oncall' | 'people' | 'push'>,
): Receivers {
  const fixed = settingsReceivers(settings);
  const reports = mailReceivers('report', settings.CARREL_REPORT_TO, settings);
  const byRoute = new Map([...fixed, ...reports].map((receiver) => [receiver.route, receiver]));
  const langOf = (user: string): Language => state.oncall.callee(user)?.lang ?? settings.CARREL_LANGUAGE;

  /** Null where its channel is gone or switched off, and for mail without a mail server. */
  function contactReceiver(contact: {
    id: number;
    user: string;
    channel: number | null;
    address: string;
  }): Receiver | null {
    const { id, user, address } = contact;
    const own = { route: `contact:${id}`, lang: langOf(user), address };
    if (contact.channel === null) return mailReceiver(own, `${user}, mail`);
    const channel = state.channels.get(contact.channel);
    return channel?.enabled ? { ...channelReceiver(channel), ...own, label: `${user}, ${channel.name}` } : null;
  }

  function userReceiver(name: string): Receiver | null {
    const address = state.people.user(name)?.email ?? null;
    return address === null
      ? null
      : mailReceiver({ route: `person:${name}`, lang: langOf(name), address }, `${name}, mail`);
  }

  /** All devices of one person. */
  function pushReceiver(user: string): Receiver | null {
    if (state.push.ofUser(user).length === 0) return null;
    const settings = { config: {}, secrets: {} };
    return { route: `push:${user}`, kind: 'push', label: `${user}, push`, lang: langOf(user), address: user, settings };
  }

  function mailReceiver(own: Pick<Receiver, 'route' | 'lang' | 'address'>, label: string): Receiver | null {
    const { CARREL_SMTP: server, CARREL_MAIL_FROM: from } = settings;
    return server === undefined
      ? null
      : { ...own, kind: 'email', label, settings: { config: { server, from }, secrets: {} } };
  }

  const receivers: Receivers = {
    byRoute(route) {
      const known = byRoute.get(route);
      if (known) return known;
      const [kind, id = ''] = splitRoute(route);
      if (kind === 'contact') {
        const contact = state.oncall.contact(Number(id));
        return contact && contactReceiver(contact);
      }
      if (kind === 'person') return userReceiver(id);
      if (kind === 'push') return pushReceiver(id);
      const channel = kind === 'channel' ? state.channels.get(Number(id)) : null;
      return channel?.enabled ? channelReceiver(channel) : null;
    },
    ofPerson(user) {
      const ways = (state.oncall.callee(user)?.contacts ?? [])
        .map((contact) => contactReceiver({ ...contact, user }))
        .filter((receiver) => receiver !== null);
      const own = ways.length > 0 ? null : userReceiver(user);
      // A push costs nothing and is there at once; what it does not wake, the next way does.
      return [pushReceiver(user), ...ways, own].filter((receiver) => receiver !== null);
    },
    personOf(route) {
      const [kind, id = ''] = splitRoute(route);
      if (kind === 'person' || kind === 'push') return id;
      return kind === 'contact' ? (state.oncall.contact(Number(id))?.user ?? null) : null;
    },
    ofSettings: () => fixed,
    ofReports: () => reports,
    ofSeverity: (severity) =>
      state.channels
        .list()
        .filter((channel) => channel.enabled && channel.gets.includes(severity))
        .map(channelReceiver),
    ofChannel: channelReceiver,
    missing() {
      if (fixed.length > 0 || state.channels.list().some(({ enabled }) => enabled)) return [];
      const said = { code: 'notice.no_channel', nobody: settings.CARREL_SMTP !== undefined } as const;
      return [{ code: 'NO_CHANNEL', severity: 'warning', said, since: null }];
    },
  };
  return receivers;
}

/** None without a mail server. */
function mailReceivers(name: 'email' | 'report', addresses: readonly string[], settings: NotifySettings): Receiver[] {
  const { CARREL_SMTP: server, CARREL_MAIL_FROM: from, CARREL_LANGUAGE: lang } = settings;
  if (server === undefined) return [];
  return addresses.map((address) => ({
    ...{ route: `settings:${name}:${address}`, kind: 'email', label: address, lang, address },
    settings: { config: { server, from }, secrets: {} },
  }));
}

function settingsReceivers(settings: NotifySettings): Receiver[] {
  const { CARREL_LANGUAGE: lang } = settings;
  const mail = mailReceivers('email', settings.CARREL_ONCALL, settings);
  const hooks = settings.CARREL_WEBHOOKS.map((url): Receiver => {
    const label = webhookLabel(url);
    return {
      route: `settings:webhook:${label}`,
      kind: 'webhook',
      label,
      lang,
      address: null,
      settings: { config: {}, secrets: { url } },
    };
  });
  return [...mail, ...hooks];
}

function channelReceiver({ id, kind, name, lang, config, secrets }: Channel): Receiver {
  return { route: `channel:${id}`, kind, label: name, lang, settings: { config, secrets }, address: null };
}

/** Only the first colon parts: a user's name may hold none, an address may. */
function splitRoute(route: string): [kind: string, id: string] {
  const at = route.indexOf(':');
  return [route.slice(0, at), route.slice(at + 1)];
}
