/** Why: docs/guides/channels.md is made from what the server checks, so that an example there is one that is accepted. */
import { channelKinds, channelType } from '../dashboard/notify/channels.ts';

/** docs/guides/channels.md. */
export function channelsGuide(): string {
  const sections = channelKinds().map(({ kind, fields, address }) => {
    const { rate, dropsRepeats, digests } = channelType(kind);
    const rows = fields.map(
      ({ name, secret, required, example }) =>
        `| \`${name}\` | ${secret ? 'secret' : 'shown'} | ${required ? 'yes' : 'no'} | \`${example.replaceAll('|', '\\|')}\` |`,
    );
    const facts = [
      `At most ${Math.round(rate.perS * 60)} a minute, ${rate.burst} at once.`,
      dropsRepeats ? 'Repeats are dropped by their key.' : 'A possible repeat says so in words.',
      digests ? '' : 'Each incident is an object of its own there: no digests.',
      address === null ? '' : `Persons have an address of their own on it, such as \`${address}\`.`,
    ].filter((fact) => fact !== '');
    return [
      `## ${kind}`,
      '',
      facts.join(' '),
      '',
      '| field | | required | example |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `# Channels

Made by \`npm run docs\` from \`dashboard/notify/\`; do not edit by hand.

A channel is set up on the page (Settings, Channels) or by \`POST /api/v1/channels\`:

\`\`\`
{"name": "Night room", "kind": "slack", "secrets": {"url": "https://hooks.slack.com/services/T000/B000/XXXX"}, "gets": ["page"], "lang": "lt"}
\`\`\`

\`gets\` names the severities that it gets by itself; without any it gets only what a policy sends it. Secrets are never answered, shown or
logged; where an address changes, they are given anew. \`POST /api/v1/channels/test\` with \`{"route": "channel:1"}\` sends a test message and
answers with what the receiver said. Private addresses are reached only where \`CARREL_WEBHOOK_ALLOW\` names them.

A webhook's body is signed: \`carrel-signature: t=SECONDS,v1=HEX\`, where HEX is the HMAC-SHA256 of \`SECONDS.BODY\` under the key. Take a call
only when the two agree and the time is near; drop what has an \`idempotency-key\` that was there before.

In Alertmanager, alert on the absence of \`CarrelWatchdog\`: it always fires while Carrel can reach it.

${sections.join('\n\n')}
`;
}
