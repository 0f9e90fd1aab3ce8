/** Why: the bundle is one file without a package.json beside it, so it carries its version itself. A test holds it equal to package.json's. */
export const AGENT_VERSION = '0.1.0';

/** No device that runs this agent can truthfully have an older clock, ms since 1970. */
export const RELEASED_MS = Date.UTC(2026, 10, 1);
