import { afterEach, describe, expect, test } from 'vitest';
import { createMailer, type Mailer } from '../../dashboard/notify/email/mailer.ts';
import { type Mailbox, openMailbox, postOf } from './cases.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});
async function open(verdict?: (n: number) => number | null): Promise<{ mailbox: Mailbox; mailer: Mailer }> {
  const mailbox = await openMailbox(verdict);
  const mailer = createMailer({ smtpUrl: mailbox.url, from: 'carrel@library.example' });
  ends.push(
    () => mailer.close(),
    () => mailbox.close(),
  );
  return { mailbox, mailer };
}
const { message } = postOf();
const said = (key: string, thread: string, more = message) => ({ message: more, key, thread });

describe('mail', () => {
  test('arrives as text and HTML that a person can read', async () => {
    const { mailbox, mailer } = await open();
    expect(await mailer.send('night@library.example', said('carrel-x-7-firing-a', 'carrel-x-7'))).toEqual({
      kind: 'sent',
    });
    const [mail] = mailbox.mails;
    expect(mail?.to).toEqual(['night@library.example']);
    expect(mail?.text).toContain('Site: Zarasų r. Antazavės biblioteka, Utena');
    expect(mail?.text).toContain('<h1>Below 30 Mb/s: Zarasų r. Antazavės biblioteka, 11.5 Mb/s</h1>');
    expect(mail?.raw).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail?.raw).toContain('Auto-Submitted: auto-generated');
    expect(mail?.raw).toMatch(/^List-ID: .*<alerts\.library\.example>/im);
  });
  test('of one incident makes one thread, and a repeat has the same id', async () => {
    const { mailbox, mailer } = await open();
    for (const key of ['carrel-x-7-firing-a', 'carrel-x-7-firing-a', 'carrel-x-7-resolved-a'])
      await mailer.send('night@library.example', said(key, 'carrel-x-7'));
    const header = (name: string): (string | undefined)[] =>
      mailbox.mails.map(({ raw }) => new RegExp(`^${name}: (.*)\\r$`, 'm').exec(raw)?.[1]);
    expect(header('Message-ID')).toEqual([
      '<carrel-x-7-firing-a@library.example>',
      '<carrel-x-7-firing-a@library.example>',
      '<carrel-x-7-resolved-a@library.example>',
    ]);
    expect(new Set(header('References'))).toEqual(new Set(['<carrel-x-7@library.example>']));
  });
  test('a line break smuggled into address or title makes no further header or receiver', async () => {
    const { mailbox, mailer } = await open();
    const evil = { ...message, title: 'x\r\nBcc: all@library.example' };
    await mailer.send('night@library.example\r\nBcc: all@library.example', said('k', 't', evil));
    await mailer.send('night@library.example', said('k', 't', evil));
    expect(mailbox.mails.flatMap((mail) => mail.to)).not.toContain('all@library.example');
    for (const { raw } of mailbox.mails) expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
    expect(mailbox.mails.length).toBeGreaterThan(0);
  });
  test.each([
    [451, 'retry'],
    [452, 'retry'],
    [550, 'refused'],
    [554, 'refused'],
  ])('answered with %d is to %s', async (code, kind) => {
    const { mailer } = await open(() => code);
    expect(await mailer.send('night@library.example', said('k', 't'))).toMatchObject({ kind });
  });
  test('to a server that is not there is tried again', async () => {
    const { mailbox, mailer } = await open();
    await mailbox.close();
    expect(await mailer.send('night@library.example', said('k', 't'))).toMatchObject({ kind: 'retry' });
  });
});
