/** Why: one alert as the engine hands it to delivery, and receivers on loopback that misbehave on purpose. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { type AlertView, openSpans, type Site } from '#contract';
import type { Incident, State } from '#state';
import type { Post } from '../../dashboard/notify/channel.ts';
import type { DeliveryDeps } from '../../dashboard/notify/deliver.ts';
import { type MessageInput, messageOf, webhookBody } from '../../dashboard/notify/message.ts';
import { type Said, toldList } from '../../dashboard/said/said.ts';
import { sayAll } from '../../dashboard/said/say.ts';
import { MINUTE, NOON, testAt } from '../alert/tests.ts';

export const site: Site = {
  id: 'antazave',
  name: 'Zarasų r. Antazavės biblioteka',
  region: 'Utena',
  isp: 'Ryšys Plius',
  zone: 'Europe/Vilnius',
  opening: Array.from({ length: 7 }, () => [[600, 1080]] as const),
  contract_mbps: 50,
  metered: false,
  lat: null,
  lon: null,
  notes: '',
};
/** Why `slowAlert` says so, as the engine stores it. */
const slowReasons: Said[] = [
  {
    code: 'slow.tests',
    lows: 4,
    tests: [
      { mbps: 11.2, at: NOON },
      { mbps: 12, at: NOON + 10 * MINUTE },
      { mbps: 11.96, at: NOON + 20 * MINUTE },
      { mbps: 11.5, at: NOON + 23 * MINUTE },
    ],
    target: 30,
    median: 11.5,
    best: 12,
  },
  { code: 'slow.sighted' },
];
export const slowAlert: AlertView = {
  id: 7,
  rule: 'slow',
  ap: 'antazave',
  site: 'antazave',
  site_name: site.name,
  condition: 'firing',
  severity: 'ticket',
  title: `Below 30 Mb/s: ${site.name}, 11.5 Mb/s`,
  reasons: sayAll(slowReasons, 'en', site.zone),
  evidence: [
    testAt(0, 11.2),
    testAt(10, 12, { other_mbps: null }),
    testAt(20, 11.96),
    testAt(23, 11.5, { reason: 'confirm' }),
  ],
  since: NOON,
  fired_at: NOON + 23 * 60_000,
  resolved_at: null,
  acknowledged_by: null,
  acknowledged_at: null,
  acknowledged_until: null,
  deliveries: [],
  parent: null,
  members: [],
  cause: null,
  ended: null,
  retro: false,
};

export const darkAlert: AlertView = {
  ...slowAlert,
  rule: 'dark',
  severity: 'page',
  title: `Offline: ${site.name}`,
  evidence: [],
  reasons: ['No sign of life for 5 min in opening hours; the limit is 5 min.'],
};

/** As the engine stores it. */
export function storedIncident(more: Partial<Omit<Incident, 'id'>> = {}): Omit<Incident, 'id'> {
  const { rule, ap, condition, since, fired_at, resolved_at, title, severity, parent, evidence } = slowAlert;
  return {
    rule,
    ap,
    condition,
    since,
    fired_at,
    resolved_at,
    title,
    reasons: slowReasons,
    severity,
    parent,
    detail: '{}',
    evidence: JSON.stringify(evidence),
    acknowledged_by: null,
    acknowledged_at: null,
    acknowledged_until: null,
    ...more,
  };
}

/** Incidents of this state as the engine would show them. */
export function viewIn(state: Pick<State, 'alerts'>): (id: number) => AlertView | null {
  return (id) => {
    const incident = state.alerts.get(id);
    const base = incident?.rule === 'dark' ? darkAlert : slowAlert;
    const nothing = { deliveries: [], members: [], cause: null, ended: null };
    const reasons = sayAll(toldList(incident?.reasons), 'en', site.zone);
    return incident && { ...base, ...incident, reasons, evidence: base.evidence, ...nothing };
  };
}

/** Nobody by the settings, unless said. */
export function settingsWith(more: Partial<DeliveryDeps['settings']> = {}): DeliveryDeps['settings'] {
  return {
    CARREL_SMTP: undefined,
    CARREL_MAIL_FROM: 'carrel@library.example',
    CARREL_REPORT_TO: [],
    CARREL_ONCALL: [],
    CARREL_WEBHOOKS: [],
    CARREL_WEBHOOK_SECRET: 'key',
    CARREL_WEBHOOK_ALLOW: ['127.0.0.1'],
    CARREL_PUSH_HOSTS: [],
    CARREL_LANGUAGE: 'en',
    CARREL_PUBLIC_URL: 'https://carrel.example',
    CARREL_HTTP: { host: '127.0.0.1', port: 0 },
    ...more,
  };
}

const NOW = NOON + 29 * MINUTE;
/** Six minutes after the confirmation, while the library is open until 18:00. */
export function inputOf({ alert = slowAlert, lang = 'en', ...more }: Partial<MessageInput> = {}): MessageInput {
  const reasons = alert.reasons === slowAlert.reasons ? sayAll(slowReasons, lang, site.zone) : alert.reasons;
  return {
    kind: 'firing',
    alert: { ...alert, reasons },
    site,
    place: site.name,
    targetMbps: 30,
    publicUrl: 'https://carrel.example',
    openNext: openSpans(site, more.now ?? NOW, NOW + 7 * 86_400_000)[0] ?? null,
    lang,
    now: NOW,
    others: 0,
    ...more,
  };
}
/** The same as a channel gets it. */
export function postOf(more: Partial<MessageInput> = {}): Post {
  const input = inputOf(more);
  const message = messageOf(input);
  return {
    message,
    data: webhookBody(input, message),
    key: 'carrel-x-7-firing-a',
    thread: 'carrel-x-7',
    now: input.now,
    address: null,
  };
}

export interface Call {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  at: number;
}
export interface Receiver {
  url: string;
  calls: Call[];
  close(): Promise<void>;
}

/** An HTTP receiver; `answer` decides what happens to the n-th call (0-based). */
export async function openReceiver(answer: (n: number, response: ServerResponse) => void): Promise<Receiver> {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      calls.push({
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString('utf8'),
        at: Date.now(),
      });
      answer(calls.length - 1, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface Mail {
  from: string;
  to: string[];
  raw: string;
  text: string;
}
export interface Mailbox {
  url: string;
  mails: Mail[];
  close(): Promise<void>;
}

/** A real SMTP server; `verdict` may refuse the n-th mail with a code. */
export async function openMailbox(verdict: (n: number) => number | null = () => null): Promise<Mailbox> {
  const mails: Mail[] = [];
  let n = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const code = verdict(n++);
        if (code !== null) return done(Object.assign(new Error('not now'), { responseCode: code }));
        const raw = Buffer.concat(chunks).toString('latin1');
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map((one) => one.address),
          raw,
          text: plainOf(raw),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `smtp://127.0.0.1:${(server.server.address() as AddressInfo).port}`,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Quoted-printable undone: what the person reads. */
function plainOf(raw: string): string {
  const bytes = raw
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

export async function until(done: () => boolean, what: string, limitMs = 15_000): Promise<void> {
  const end = Date.now() + limitMs;
  while (!done()) {
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
