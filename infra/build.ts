/** Why: `dist/` holds the two things that do not run from source: the agent as one file for Node 18, and the page for browsers. */
import { buildAgent } from './build-agent.ts';
import { buildWeb } from './build-web.ts';

await Promise.all([buildAgent(), buildWeb()]);
