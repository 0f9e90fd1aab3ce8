/**
 * Why: Microsoft Teams by a Workflows webhook, which takes an Adaptive Card of about 28 kB. It answers 202 before its flow has run, also
 * when the flow fails: "sent" is said with that remark. Connectors of Office 365 were retired in 2026.
 */
import { httpChannel, httpUrl, JSON_TYPE, type Post, secret } from '../channel.ts';
import { cut, escapeMarkdown } from '../escape.ts';
import { outcomeOfAnswer } from '../http-post.ts';

const CARD_BYTES = 28 * 1024;

export const teams = httpChannel({
  kind: 'teams',
  fields: [secret('url', 'https://prod-00.westeurope.logic.azure.com/workflows/xxxx', httpUrl)],
  address: null,
  // Four requests a second are the documented limit of incoming webhooks.
  rate: { perS: 4, burst: 4 },
  dropsRepeats: false,
  digests: true,
  request: (post, { secrets }) => ({
    url: secrets['url'] ?? '',
    headers: { ...JSON_TYPE, 'idempotency-key': post.key },
    body: teamsBody(post),
  }),
  judge(answer) {
    const outcome = outcomeOfAnswer(answer);
    return outcome.kind === 'sent' ? { ...outcome, remark: { code: 'trouble.teams' } } : outcome;
  },
});

/** Sections are shortened until the card fits. */
export function teamsBody({ message }: Pick<Post, 'message'>): string {
  for (let lines = 30; ; lines = Math.floor(lines / 2)) {
    const text = JSON.stringify(cardOf(message, lines));
    if (Buffer.byteLength(text) <= CARD_BYTES || lines === 0) return text;
  }
}

function cardOf(message: Post['message'], limit: number): object {
  const block = (text: string, more: object = {}) => ({
    type: 'TextBlock',
    wrap: true,
    text: cut(text, 2000),
    ...more,
  });
  const actions = [message.act, message.link].flatMap((one) =>
    one ? [{ type: 'Action.OpenUrl', title: cut(one.label, 100), url: one.url }] : [],
  );
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            block(escapeMarkdown(message.title), { size: 'large', weight: 'bolder' }),
            ...message.remarks.map((remark) => block(escapeMarkdown(remark))),
            {
              type: 'FactSet',
              facts: message.facts.map(([title, value]) => ({ title, value: cut(escapeMarkdown(value), 1000) })),
            },
            ...message.sections.flatMap(({ heading, lines }) => [
              block(escapeMarkdown(heading), { weight: 'bolder' }),
              block(
                lines
                  .slice(0, limit)
                  .map((line) => `- ${cut(escapeMarkdown(line), 500)}`)
                  .join('\n'),
              ),
            ]),
          ],
          actions,
        },
      },
    ],
  };
}
