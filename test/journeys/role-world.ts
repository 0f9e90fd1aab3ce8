/** Why: a real server over a database with two regions, somebody of each role signed in, and a screen that was paired long ago. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROLES, type Role, SCOPED } from '#contract';
import { openState, type State } from '#state';
import { createScreens } from '../../dashboard/screens.ts';
import { sha256 } from '../../dashboard/session-words.ts';
import { storedIncident } from '../notify/cases.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { accessPoint, site } from '../support/state.ts';

export type Asker = Role | 'screen';
export interface RoleWorld {
  server: RunningServer;
  /** `name=value`, as the browser of this one sends it. */
  cookieOf(asker: Asker): string;
  close(): Promise<void>;
}

/** In every id and name of the library that librarian and coordinator must not see. */
export const ELSEWHERE = 'suderve';

/** Library `a` in the north, with the access points a and b, is that of librarian and coordinator. */
export async function roleWorld(): Promise<RoleWorld> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-roles-'));
  const dataDir = join(dir, 'data');
  mkdirSync(dataDir);
  const state = openState({ path: join(dataDir, 'carrel.db') });
  fleetOf(state);
  const cookies = new Map<Asker, string>(ROLES.map((role) => [role, signedIn(state, role)]));
  const screens = createScreens(state);
  const { token } = screens.pair(screens.add('Hall', 'test', Date.now()).code, Date.now());
  cookies.set('screen', `carrel-screen=${token}`);
  state.close();
  const server = await startServer(dataDir);
  return {
    server,
    cookieOf: (asker) => cookies.get(asker) ?? '',
    async close() {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function fleetOf(state: State): void {
  const now = Date.now();
  for (const [id, region] of [
    ['a', 'north'],
    [ELSEWHERE, 'south'],
  ] as const) {
    state.registry.putSite(site(id, { region, isp: `provider of ${id}` }));
    state.registry.putAccessPoint(accessPoint(id, id));
    state.registry.addProbe(`p-${id}`, id, 1000);
    const incident = state.alerts.add(
      storedIncident({ rule: 'dark', ap: id, title: `Offline: ${id}`, since: now, fired_at: now, evidence: '[]' }),
    );
    state.escalations.addNote(incident, { at: now, by: 'somebody', text: `The switch of ${id}` });
  }
  state.registry.putAccessPoint(accessPoint('b', 'a'));
}

function signedIn(state: State, role: Role): string {
  const now = Date.now();
  const limit = SCOPED[role];
  const scope = limit ? { sites: [], regions: [], [limit]: [limit === 'sites' ? 'a' : 'north'] } : null;
  state.people.putUser({ name: role, role, passwordHash: '', email: null, createdAt: now, scope });
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 86_400_000 };
  state.people.addSession({ idSha256: sha256(`session of ${role}`), user: role, csrf: `csrf of ${role}`, ...times });
  return `carrel=${encodeURIComponent(`session of ${role}`)}`;
}
