/** Why: `npm run docs` writes the guides, and the description of the API, that are made from code. test/infra/docs.test.ts fails while they are out of date. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { agentSettings } from '../agent/settings.ts';
import { apiSchemas } from './api-schemas.ts';
import { channelsGuide } from './channels-doc.ts';
import { settingGroups } from './config.ts';
import { metricsGuide } from './metrics-doc.ts';
import { settingsGuide } from './settings-doc.ts';

/** Text of each guide by its path in the repository. */
export function guides(): Record<string, string> {
  return {
    'docs/guides/settings.md': settingsGuide({ ...settingGroups, agent: agentSettings }),
    'docs/guides/metrics.md': metricsGuide(),
    'docs/guides/channels.md': channelsGuide(),
    'dashboard/api/schemas.json': apiSchemas(),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(guides()))
    writeFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), text);
}
