/** Why: what people read about settings (`--help`, docs/guides/settings.md) is made from the tables that read them, so it is true. */
import type { Setting, SettingTable } from '#lib/settings';

export type SettingGroups = Readonly<Record<string, SettingTable>>;

/** Text of `npm start -- --help`. */
export function settingsHelp(groups: SettingGroups): string {
  const lines = [
    'Carrel watches the internet that public libraries give to their visitors.',
    '',
    'Usage: npm start, with settings in the environment or in carrel.json (same names; the environment wins).',
  ];
  for (const [group, table] of Object.entries(groups)) {
    lines.push('', `${titleOf(group)}:`);
    for (const [name, setting] of Object.entries(table))
      lines.push(`  ${name}`, `      ${setting.description}. ${factsOf(setting)}`);
  }
  return `${lines.join('\n')}\n`;
}

function factsOf(setting: Setting<unknown>): string {
  return `Default: ${defaultOf(setting)}. Example: ${setting.example}`;
}

function defaultOf({ default: value, unit }: Setting<unknown>): string {
  if (value === null) return 'unset';
  if (value === '') return 'none';
  return unit ? `${value} ${unit}` : value;
}

const TITLES: Readonly<Record<string, string>> = {
  server: 'Server',
  broker: 'Broker, stores and throughput test server',
  dashboard: 'Dashboard and alerts',
  agent: 'Agent',
};

function titleOf(group: string): string {
  return TITLES[group] ?? group;
}

/** docs/guides/settings.md. */
export function settingsGuide(groups: SettingGroups): string {
  const sections = Object.entries(groups).map(([group, table]) => {
    const rows = Object.entries(table).map(([name, setting]) => {
      const what = setting.secret ? `${setting.description}. Never logged` : setting.description;
      return `| \`${name}\` | ${cell(what)} | ${cell(defaultOf(setting))} | \`${cell(setting.example)}\` |`;
    });
    return [
      `## ${titleOf(group)}`,
      '',
      '| setting | what it is | default | example |',
      '|---|---|---|---|',
      ...rows,
    ].join('\n');
  });
  return `${[GUIDE_HEAD, ...sections].join('\n\n')}\n`;
}

const GUIDE_HEAD = `# Settings

Made by \`npm run docs\` from the tables in the source; do not edit by hand.

The server reads the environment and \`carrel.json\` in the folder where it is started (same names; the environment wins).
A wrong value ends the start with what was got, what is accepted and an example; so does a name in the file that is no setting.
Such a name in the environment is told in the log. \`npm start -- --help\` prints this list.

The agent reads the environment, then \`/etc/carrel/agent.json\` (on OpenWrt \`/etc/config/carrel\`), then the credential file
that the server issued. In files, \`CARREL_AGENT_SAMPLE_S\` may be written \`sample_s\`, and so on.`;

/** A pipe or a line break would end the table's cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
