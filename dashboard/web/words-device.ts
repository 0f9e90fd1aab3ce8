/** Why: every word about being woken on a phone or browser; a part of the catalogue of its own, since few open it. */
import { plural } from './format.ts';

export const device = {
  title: 'Pushes to your devices',
  text: 'A push wakes this phone or browser when you are called, also while no page is open and after you signed out.',
  enable: 'Push to this device',
  enabled: 'This device gets pushes.',
  test: 'Send a test',
  testing: 'Sent. Waiting for this device to show it…',
  arrived: (seconds: number) => plural(seconds, { one: 'It arrived within {n} s.', other: 'It arrived within {n} s.' }),
  silent: 'Sent, and not shown within 15 s. Is the phone set to do not disturb, or saving power?',
  gone: 'The push service of this browser no longer knows it. Switch pushes on again.',
  remove: 'Remove',
  removeOne: (label: string) => `Remove ${label}`,
  removeSure: (label: string) => `Remove ${label}? It gets no pushes until it is turned on there again.`,
  none: 'No device yet.',
  here: 'this device',
  shown: (at: string) => `last shown ${at}`,
  sentOnly: (at: string) => `sent ${at}, not confirmed`,
  never: 'nothing pushed yet',
  failed: (error: string) => `Last time it failed: ${error}.`,
  denied: 'This browser does not let Carrel notify you. Allow notifications for this site in its settings.',
  insecure: 'Pushes need this page by https.',
  missing:
    'This browser knows no pushes. On an iPhone or iPad, put Carrel on the home screen first (Share, Add to Home Screen) and open it there.',
  unreachable: 'The push service of this browser did not answer. Try again.',
  on: (browser: string, system: string) => `${browser}, ${system}`,
};
