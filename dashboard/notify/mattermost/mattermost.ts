/** Why: a Mattermost (or Rocket.Chat) room by its incoming webhook. At most 16,383 signs; there `@channel` works as plain text. */
import { httpChannel, httpUrl, JSON_TYPE, type Post, secret } from '../channel.ts';
import { cut, escapeMarkdown } from '../escape.ts';

const TEXT = 16_383;

export const mattermost = httpChannel({
  kind: 'mattermost',
  fields: [secret('url', 'https://chat.library.example/hooks/xxxx', httpUrl)],
  address: null,
  rate: { perS: 5, burst: 10 },
  dropsRepeats: false,
  digests: true,
  request: (post, { secrets }) => ({
    url: secrets['url'] ?? '',
    headers: { ...JSON_TYPE, 'idempotency-key': post.key },
    body: JSON.stringify(mattermostBody(post)),
  }),
});

export function mattermostBody({ message }: Pick<Post, 'message'>): object {
  const links = [message.act, message.link].flatMap((one) =>
    one ? [`[${escapeMarkdown(one.label)}](${one.url})`] : [],
  );
  const above = [
    `#### ${escapeMarkdown(message.title)}`,
    ...message.remarks.map(escapeMarkdown),
    links.join(' · '),
    message.facts.map(([name, value]) => `**${escapeMarkdown(name)}**: ${escapeMarkdown(value)}`).join('\n'),
    ...message.sections.map(({ heading, lines }) =>
      [`**${escapeMarkdown(heading)}**`, ...lines.map((line) => `- ${escapeMarkdown(line)}`)].join('\n'),
    ),
  ];
  return { username: 'Carrel', text: cut(above.filter((part) => part !== '').join('\n\n'), TEXT) };
}
