/** Why: docs/guides/metrics.md is made from the contract's table, which is also what validates and stores. */
import { METRICS, type Metric } from '#contract';

const KINDS: Readonly<Record<Metric['type'], string>> = {
  gauge: 'value at the slot',
  counter: 'amount since the previous slot',
  flag: '0 or 1',
  code: 'a small enumeration',
};

/** docs/guides/metrics.md. */
export function metricsGuide(): string {
  const rows: readonly [string, Metric][] = Object.entries(METRICS);
  const table = (reserved: boolean): string =>
    rows
      .filter(([, metric]) => (metric.reserved ?? false) === reserved)
      .map(
        ([name, m]) => `| \`${name}\` | ${m.unit} | ${m.type} | ${m.min} to ${m.max} | ${m.step} | ${m.description} |`,
      )
      .join('\n');
  const kinds = Object.entries(KINDS)
    .map(([type, meaning]) => `- **${type}**: ${meaning}`)
    .join('\n');
  return `# Metrics

Made by \`npm run docs\` from \`broker/contract/metrics.ts\`; do not edit by hand.

A sample holds one value per metric. Unknown is \`null\`, never 0. Values outside the bounds are rejected by name, the rest of the
frame stands. Counters are differenced on the probe: a counter that falls is a new baseline, never traffic.

${kinds}

${HEAD}
${table(false)}

## Reserved

Named for later; no sensor fills them yet.

${HEAD}
${table(true)}
`;
}

const HEAD = '| metric | unit | type | bounds | step | what it is |\n|---|---|---|---|---|---|';
