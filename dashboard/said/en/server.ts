/** Why: what is said of Carrel itself in English. */
import type { ChannelKind } from '#contract';
import type { Catalogue } from '../say.ts';
import type { GapWhy, ServerSayings } from '../sayings-server.ts';

export const enServer: Catalogue<ServerSayings> = {
  'notice.no_hours': ({ n }) =>
    `${n === 1 ? 'One site has' : `${n} sites have`} no opening hours: nothing is judged there and nobody is alerted.`,
  'notice.wal_unwritable': ({ error }) =>
    `The log of accepted frames cannot be written${because(error)}. Probes keep their data until it can.`,
  'notice.wal_80': () =>
    'The log of accepted frames is more than 80 % full: a database must take its backlog soon, or probes will have to wait.',
  'notice.wal_50': () => 'The log of accepted frames is more than half full: a database does not keep up.',
  'notice.store_down': ({ name, error, primary }) =>
    `The database ${name} is down${because(error)}. ${primary ? 'Charts and reports wait; live values and alerts go on' : 'Charts come from the first database'}; frames wait in the log, nothing is lost.`,
  'notice.store_refused': ({ name, error }) =>
    `The database ${name} refuses what Carrel writes${because(error)}; somebody must mend it. Frames wait in the log, nothing is lost.`,
  'notice.store_filling': ({ name, from, percent }) =>
    `The database ${name} is new and is being filled from ${from}: ${percent} % of the time is in it.`,
  'notice.store_quarantine': ({ name }) =>
    `The database ${name} did not accept some rows; they lie in the quarantine, under Settings.`,
  'notice.live_incomplete': () =>
    'The database has not answered since this start: older values are not shown yet, new ones are.',
  'notice.no_channel': ({ nobody }) =>
    `Alerts are shown here only: ${nobody ? 'a mail server is set, but nobody to write to (CARREL_ONCALL)' : 'no channel is set up, no mail server (CARREL_SMTP) and no webhook (CARREL_WEBHOOKS) is set'}.`,
  'notice.channel_failing': ({ kind, label, final, error }, s) =>
    `${nameOf(kind, label)} ${final ? 'refuses alerts' : 'does not get alerts yet'}: ${error ? s.told(error) : 'no reason given'}.`,
  'notice.outbox_stuck': ({ error }) => `Alerts cannot leave: ${error}.`,
  'notice.alerts_stuck': ({ error }) => `Alerts cannot be judged or stored: ${error}.`,
  'notice.rules_file': ({ error }) => `The file of rules is not used as it is now: ${error}`,
  'notice.gap': ({ rotation, from, to, zone, why }, s) =>
    `No one is on call in ${rotation} from ${s.dateTimeIn(from, zone)} to ${s.dateTimeIn(to, zone)}: ${gapWhy(why)}.`,
  'notice.certificate': ({ name, at }, s) => `The certificate ${name} ends ${s.dateTimeIn(at, 'UTC')} UTC.`,
  'notice.canary_dead': ({ error }) => `Carrel does not work end to end: ${error}.`,
  'notice.deadman_unreachable': ({ error }, s) => `The ping that others watch does not arrive: ${s.told(error)}.`,
  'notice.cloned': ({ names, n }) =>
    `Two devices use the credential of ${n === 1 ? 'probe' : 'each of these probes:'} ${names.join(', ')}${n > names.length ? ` and ${n - names.length} more` : ''}. Their values are mixed; issue a credential for each device.`,
  'gap.why': ({ why }) => gapWhy(why),
};

function nameOf(kind: ChannelKind, label: string): string {
  return kind === 'email' ? `Mail to ${label}` : kind === 'webhook' ? `Webhook ${label}` : label;
}

function because(error: string | null): string {
  return error === null ? '' : ` (${error})`;
}

function gapWhy(why: GapWhy): string {
  switch (why.kind) {
    case 'nobody':
      return 'no one is on call';
    case 'no_user':
      return `there is no user ${why.user}`;
    case 'unreachable':
      return `${why.user} has no way to be reached`;
  }
}
