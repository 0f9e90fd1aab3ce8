/** Why: what can go wrong on the way to a receiver, in English. No full stop: it stands within sentences. */
import type { Catalogue } from '../say.ts';
import type { TroubleSayings } from '../sayings-trouble.ts';

export const enTrouble: Catalogue<TroubleSayings> = {
  'trouble.words': ({ text }) => text,
  'trouble.no_url': () => 'its address is not a URL',
  'trouble.private': ({ address }) => `${address} is a private address; name it in CARREL_WEBHOOK_ALLOW if it is meant`,
  'trouble.no_address': ({ name }) => `${name} has no address`,
  'trouble.redirects': ({ status }) => `the receiver redirects (${status}); give the final address`,
  'trouble.answered': ({ status, words }) => `the receiver answered ${status}${words === null ? '' : `: ${words}`}`,
  'trouble.no_answer': ({ s }) => `no answer within ${s} s`,
  'trouble.hung_up': () => 'the receiver hung up (ECONNRESET)',
  'trouble.nobody': () => 'there is nobody to write to',
  'trouble.no_alert': () => 'the alert no longer exists',
  'trouble.no_receiver': () => 'this receiver is no longer configured',
  'trouble.too_much': () => 'too much waited for this receiver',
  'trouble.too_late': ({ error }, s) =>
    `it could not be delivered within 24 h${error === null ? '' : ` (${s.told(error)})`}`,
  'trouble.over': () => 'it is over',
  'trouble.never_told': () => 'this receiver was never told that it began, so there is nothing to take back',
  'trouble.over_long': () => 'it was over for more than 24 h before it could be told',
  'trouble.over_long_perhaps_told': () => 'it was over for more than 24 h; an attempt may have arrived',
  'trouble.told_together': () => 'over before it could be told; one message tells both',
  'trouble.no_device': () => 'no device is left that can be pushed to',
  'trouble.unsubscribed': () => 'this device has unsubscribed',
  'trouble.push_address': () => 'the address of its push service is not one',
  'trouble.push_plain': () => 'its push service is not reached by https',
  'trouble.push_host': ({ host }) => `${host} is no push service that is known; CARREL_PUSH_HOSTS can name it`,
  'trouble.teams': () => 'accepted; Teams does not say whether its flow ran',
};
