/** Why: mail is the channel that every library has. One thread per incident, a text that reads well anywhere, and HTML beside it. */
import { anything, type ChannelType, matching, plain, secret } from '../channel.ts';
import { createMailer } from './mailer.ts';

export const mailAddress = matching(/^[^\s@<>"]{1,64}@[^\s@<>"]{1,189}$/, 'an address such as night@library.example');
const server = (text: string): string | null =>
  URL.canParse(text) && /^smtps?:$/.test(new URL(text).protocol) && new URL(text).password === ''
    ? null
    : 'smtp://user@host:587 or smtps://user@host:465, the password apart';

export const email: ChannelType = {
  kind: 'email',
  fields: [
    plain('server', 'smtp://carrel@mail.library.example:587', server),
    secret('password', 'xxxx', anything(500), false),
    plain('from', 'carrel@library.example', mailAddress),
    plain('to', 'night@library.example', mailAddress, false),
  ],
  address: { example: 'jonas@library.example', wrong: mailAddress },
  rate: { perS: 5, burst: 10 },
  // Mail programs show two mails of one Message-ID once, but not all of them.
  dropsRepeats: false,
  digests: true,
  async send(post, { config, secrets }) {
    const to = post.address ?? config['to'];
    if (!to) return { kind: 'refused', error: { code: 'trouble.nobody' } };
    const mailer = createMailer({
      smtpUrl: withPassword(config['server'] ?? '', secrets['password']),
      from: config['from'] ?? '',
    });
    try {
      return await mailer.send(to, post);
    } finally {
      mailer.close();
    }
  },
};

function withPassword(smtpUrl: string, password: string | undefined): string {
  const url = new URL(smtpUrl);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}
