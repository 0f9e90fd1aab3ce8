/** Why: the dashboard's settings, with what people need to know about each. */
import { LANGUAGES } from '#contract';
import {
  anyText,
  decimal,
  list,
  listenAddress,
  oneOf,
  onOff,
  type Setting,
  type SettingValues,
  wholeNumber,
} from '#lib/settings';

export const dashboardSettings = {
  CARREL_HTTP: {
    description: 'Where the page and the API listen',
    default: '127.0.0.1:8080',
    example: '0.0.0.0:8080',
    parse: listenAddress,
  },
  CARREL_PUBLIC_URL: {
    description: 'Address that people use; goes into links of alerts',
    default: null,
    example: 'https://carrel.library.example',
    parse: webUrl,
  },
  CARREL_PUBLIC_STATUS: {
    description:
      'Shows everybody, without signing in, how the internet of each library is: /status, /status/SITE and /badge/SITE.svg (names and words only)',
    default: 'off',
    example: 'on',
    parse: onOff,
  },
  CARREL_ACCESSIBILITY_CONTACT: {
    description:
      'E-mail or web address for whoever cannot use a page; stands in the accessibility statement (/accessibility)',
    default: null,
    example: 'accessibility@library.example',
    parse: mailOrWeb,
  },
  CARREL_TARGET_MBPS: {
    description: 'Download target of an access point that has none of its own, until another is entered on the page',
    default: '30',
    unit: 'Mb/s',
    example: '30',
    parse: decimal(0.1, 100_000),
  },
  CARREL_ADMIN_PASSWORD: {
    description: 'Password of the user admin on first start, for unattended installs (12 characters or more)',
    default: null,
    example: 'correct-horse-battery',
    secret: true,
    parse: password,
  },
  CARREL_SMTP: {
    description: 'Mail server for alerts',
    default: null,
    example: 'smtp://user:pass@mail.example:587',
    secret: true,
    parse: smtpUrl,
  },
  CARREL_MAIL_FROM: {
    description: 'Sender of alert mail',
    default: 'carrel@localhost',
    example: 'carrel@library.example',
    parse: anyText,
  },
  CARREL_ONCALL: {
    description: 'Addresses that get alerts, comma separated',
    default: '',
    example: 'oncall@library.example',
    parse: list,
  },
  CARREL_REPORT_TO: {
    description: 'Addresses that get word of each closed month and of revisions that change a verdict, comma separated',
    default: '',
    example: 'director@library.example',
    parse: list,
  },
  CARREL_WEBHOOKS: {
    description: 'URLs that get alerts, comma separated',
    default: '',
    example: 'https://hooks.example/carrel',
    secret: true,
    parse: (text) => list(text).map(webUrl),
  },
  CARREL_WEBHOOK_SECRET: {
    description: 'Key of the HMAC-SHA256 signature on webhooks',
    default: null,
    example: 'a-long-random-text',
    secret: true,
    parse: anyText,
  },
  CARREL_WEBHOOK_ALLOW: {
    description: 'Hosts or networks (CIDR) that are private and yet may get webhooks',
    default: '',
    example: '127.0.0.1,10.0.0.0/8,hooks.internal',
    parse: list,
  },
  CARREL_PUSH_HOSTS: {
    description:
      'Hosts of push services beyond those of Google, Mozilla, Microsoft and Apple that phones may be pushed through, comma separated',
    default: '',
    example: 'push.library.example',
    parse: list,
  },
  CARREL_DEADMAN_URL: {
    description:
      'Address that is pinged every minute while everything works end to end (healthchecks style; /fail after it when not)',
    default: null,
    example: 'https://hc-ping.com/11111111-2222-3333-4444-555555555555',
    secret: true,
    parse: webUrl,
  },
  CARREL_LANGUAGE: {
    description: 'Language of alerts for who has none of their own: en, lt or ru',
    default: 'en',
    example: 'lt',
    parse: oneOf(LANGUAGES),
  },
  CARREL_RULES: {
    description: 'File with values of alert rules (JSON: all, metered, sites); it wins over what is edited on the page',
    default: null,
    example: '/etc/carrel/rules.json',
    parse: anyText,
  },
  CARREL_DARK_AFTER_S: {
    description: 'Silence in opening hours after which an access point counts as dark',
    default: '300',
    unit: 's',
    example: '300',
    parse: wholeNumber(5, 86_400),
  },
  CARREL_VIEWERS: {
    description: 'Pages that are shown live at the same time by a stream; others ask every few seconds',
    default: '500',
    example: '500',
    parse: wholeNumber(1, 20_000),
  },
  CARREL_VIEWERS_EACH: {
    description: 'Of these, pages of one user on all devices together; the same for raw samples',
    default: '20',
    example: '20',
    parse: wholeNumber(1, 20_000),
  },
} as const satisfies Record<string, Setting<unknown>>;

export type DashboardSettings = SettingValues<typeof dashboardSettings>;

function webUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new Error('an http or https address');
  return text.replace(/\/+$/, '');
}
function mailOrWeb(text: string): string {
  if (/^[^\s@:/]+@[^\s@/]+\.[^\s@/]+$/.test(text)) return text;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new Error('an e-mail address, or an http or https address');
}
function smtpUrl(text: string): string {
  if (!URL.canParse(text) || !/^smtps?:$/.test(new URL(text).protocol))
    throw new Error('smtp://user:pass@host:587 or smtps://user:pass@host:465');
  return text;
}
function password(text: string): string {
  if (text.length < 12) throw new Error('12 characters or more');
  return text;
}
