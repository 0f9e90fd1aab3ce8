/**
 * Why: a Slack room by its incoming webhook. https://api.slack.com/reference/block-kit/blocks: header 150 signs, section text 3,000,
 * 50 blocks; `&`, `<` and `>` are the only signs with power in mrkdwn, and names must not call a whole room.
 */
import { httpChannel, httpUrl, JSON_TYPE, type Post, secret } from '../channel.ts';
import { cut, quietMentions } from '../escape.ts';
import type { HttpAnswer } from '../http-post.ts';
import { outcomeOfAnswer } from '../http-post.ts';
import type { Message } from '../message.ts';
import type { Outcome } from '../outcome.ts';

const HEADER = 150;
const SECTION = 3000;
const FALLBACK = 1024;

export const slack = httpChannel({
  kind: 'slack',
  fields: [secret('url', 'https://hooks.slack.com/services/T000/B000/XXXX', httpUrl)],
  address: null,
  // https://api.slack.com/docs/rate-limits: one message a second per webhook.
  rate: { perS: 1, burst: 3 },
  dropsRepeats: false,
  digests: true,
  request: (post, { secrets }) => ({
    url: secrets['url'] ?? '',
    headers: { ...JSON_TYPE, 'idempotency-key': post.key },
    body: JSON.stringify(slackBody(post)),
  }),
  judge: judgeSlack,
});

export function slackBody({ message }: Pick<Post, 'message'>): object {
  const sections = [
    message.remarks.join('\n'),
    message.facts.map(([name, value]) => `*${mrkdwn(name)}*: ${mrkdwn(value)}`).join('\n'),
    ...message.sections.map(({ heading, lines }) =>
      [`*${mrkdwn(heading)}*`, ...lines.map((line) => `• ${mrkdwn(line)}`)].join('\n'),
    ),
    linksOf(message),
  ].filter((text) => text !== '');
  return {
    text: cut(mrkdwn(message.title), FALLBACK),
    unfurl_links: false,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cut(mrkdwn(message.title), HEADER), emoji: false } },
      ...sections.map((text) => ({
        type: 'section',
        text: { type: 'mrkdwn', text: cut(text, SECTION), verbatim: true },
      })),
    ],
  };
}

function mrkdwn(text: string): string {
  return quietMentions(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function linksOf({ act, link }: Message): string {
  return [act, link].flatMap((one) => (one ? [`<${one.url}|${mrkdwn(one.label)}>`] : [])).join('  ·  ');
}

/** Slack answers 200 `ok`; 403 and 404 mean that the webhook is gone. */
function judgeSlack(answer: HttpAnswer): Outcome {
  const outcome = outcomeOfAnswer(answer);
  if (outcome.kind === 'sent' || !/^[a-z_]{1,60}$/.test(answer.body)) return outcome;
  return { ...outcome, error: { code: 'trouble.answered', status: answer.status, words: answer.body } };
}
