/** Why: one mail by SMTP; the receiver's server has accepted it before it counts as sent. */
import { createTransport } from 'nodemailer';
import { errnoOf, messageOf as errorText } from '#lib/errors';
import type { Post } from '../channel.ts';
import { htmlOf, textOf } from '../message.ts';
import type { Outcome } from '../outcome.ts';

export interface Mailer {
  send(to: string, post: Pick<Post, 'message' | 'key' | 'thread'>): Promise<Outcome>;
  close(): void;
}

/** `smtpUrl` as in CARREL_SMTP. Connects on use only. */
export function createMailer({ smtpUrl, from }: { smtpUrl: string; from: string }): Mailer {
  const transport = createTransport({
    ...optionsOf(smtpUrl),
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 20_000,
    dnsTimeout: 10_000,
  });
  const domain = domainOf(from);
  return {
    async send(to, { message, key, thread }) {
      const root = `<${thread}@${domain}>`;
      try {
        await transport.sendMail({
          from: from.includes('<') ? from : { name: 'Carrel', address: from },
          to: { name: '', address: to },
          subject: message.title,
          text: textOf(message),
          html: htmlOf(message),
          // Quoted-printable keeps Lithuanian mail readable in any client and log; nodemailer would choose base64.
          textEncoding: 'quoted-printable',
          // Repeats carry the same id for ever; the thread's root need not exist (RFC 5322 3.6.4).
          messageId: `<${key}@${domain}>`,
          references: root,
          inReplyTo: root,
          list: { id: { url: `alerts.${domain}`, comment: 'Carrel' } },
          headers: {
            'Auto-Submitted': 'auto-generated',
            'X-Auto-Response-Suppress': 'All',
            'X-Carrel-Key': key,
            ...(message.severity === 'page' && message.kind === 'firing' ? { Importance: 'high' } : {}),
          },
          disableFileAccess: true,
          disableUrlAccess: true,
        });
        return { kind: 'sent' };
      } catch (error) {
        return outcomeOf(error);
      }
    },
    close: () => transport.close(),
  };
}

function domainOf(from: string): string {
  const domain = from.replace(/>.*$/, '').split('@').at(-1);
  return domain?.replace(/[^\w.-]/g, '') || 'localhost';
}

function optionsOf(smtpUrl: string) {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const user = decodeURIComponent(url.username);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 465 : 587),
    secure,
    ...(user
      ? { auth: { user, pass: decodeURIComponent(url.password) }, requireTLS: !secure && !isLoopback(url.hostname) }
      : {}),
  };
}

/** A password never goes over a network in clear; a relay on this machine may have no TLS. */
function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host);
}

/** SMTP 5yz says never (RFC 5321 4.2.1), except for the sign-in, which people mend; everything else may pass. */
function outcomeOf(error: unknown): Outcome {
  const code =
    error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
      ? error.responseCode
      : null;
  const auth = errnoOf(error) === 'EAUTH';
  const text = errorText(error).replace(/\s+/g, ' ').slice(0, 200);
  if (code !== null && code >= 500 && !auth) return { kind: 'refused', error: text };
  // Without an answer after the text had left, the server may have taken it.
  const uncertain =
    code === null &&
    ['ETIMEDOUT', 'ESOCKET', 'ECONNECTION'].includes(errnoOf(error) ?? '') &&
    /DATA|greeting/i.test(text);
  return { kind: 'retry', error: text, afterMs: null, ...(uncertain ? { uncertain: true as const } : {}) };
}
