/** Why: the dashboard's front door: the web server with every group of routes. */
import { ROUTES } from './routes.ts';
import { type Dashboard, type StartDeps, startServer } from './start.ts';

/** Answers when it listens. @throws CarrelError PORT_IN_USE, ADDRESS_UNUSABLE, DATA_UNWRITABLE */
export function startDashboard(deps: StartDeps): Promise<Dashboard> {
  return startServer(deps, ROUTES);
}
