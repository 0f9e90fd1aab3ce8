/** Why: who did what is asked long afterwards; a change that left no line cannot be asked about. */
import { expect, it, onTestFinished } from 'vitest';
import { openRules } from '../../dashboard/alert/rule-store.ts';
import { sha256 } from '../../dashboard/session.ts';
import { audit as words } from '../../dashboard/web/words-audit.ts';
import { PASSWORD } from '../support/dashboard.ts';
import { openPushService } from '../support/push-service.ts';
import { MADE, pushed, REMOVED, walker } from './api-steps.ts';
import { apiWorld } from './api-world.ts';

/** They take what GET could not carry, or belong to one person's own screen, and change nothing for anybody else. */
const WITHOUT_A_LINE: Readonly<Record<string, string>> = {
  'PUT /me/views': 'how a person arranges their own list',
  'POST /push/test': 'a message to one’s own devices',
  'POST /push/receipts': 'a device says what it showed',
};

it('every route that changes something leaves a line of who did what', async () => {
  const push = await openPushService();
  onTestFinished(() => push.close());
  const world = await apiWorld({ CARREL_PUSH_HOSTS: push.host });
  const { state, clock } = world.dashboard;
  const rules = openRules({ CARREL_DARK_AFTER_S: 300 }, state);
  const editRules = (edits: unknown, who: string): void => rules.edit(edits, who, clock.nowMs);
  Object.assign(world.dashboard.deps.alerts, { editRules });
  const walk = walker(world);
  const newest = (): number => state.auditTrail({ limit: 1 })[0]?.id ?? 0;
  const [left, silent] = [new Set<string>(['POST /setup']), new Set<string>()];
  for (const step of [...MADE, ...pushed(push.subscribe('phone'), push.subscribe('later')), ...REMOVED]) {
    const before = newest();
    const { url } = await walk(step);
    if (step[0] !== 'GET') (newest() > before ? left : silent).add(world.routeOf(step[0], url));
  }
  expect([...silent].sort()).toEqual(Object.keys(WITHOUT_A_LINE).sort());
  const changing = world.routes.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  expect(changing.filter((route) => !left.has(route) && !silent.has(route))).toEqual([]);
});

it('the first administrator leaves a line, too', async () => {
  const { dashboard } = await apiWorld();
  for (const { name } of dashboard.state.people.users()) dashboard.state.people.dropUser(name);
  dashboard.state.keep.set('setup.token', sha256('the link'));
  await dashboard.as(null, 'POST', '/setup', { token: 'the link', password: PASSWORD });
  expect(dashboard.state.auditTrail({ limit: 1 })).toMatchObject([{ action: 'setup', facts: { by: 'link' } }]);
});

it('a token that is made while signing in is told, with whom and what it may do', async () => {
  const { dashboard } = await apiWorld();
  const body = { name: 'viewer', password: PASSWORD, token: true };
  expect((await dashboard.as(null, 'POST', '/login', body)).statusCode).toBe(200);
  expect(dashboard.state.auditTrail({ limit: 2 })).toMatchObject([
    { who: 'viewer', action: 'token created', facts: { name: 'login', role: 'viewer', by: 'login' } },
    { who: 'viewer', action: 'login' },
  ]);
});

it('every field that a change can name has words', async () => {
  const { dashboard } = await apiWorld();
  const { paths } = (await dashboard.app.inject('/api/v1/openapi.json')).json<Document>();
  const fields = CHANGES.flatMap((path) =>
    Object.keys(
      paths[`/api/v1${path}`]?.put?.requestBody.content['application/json'].schema.properties ?? {
        [path]: 'is missing',
      },
    ),
  );
  expect(fields.filter((field) => !Object.hasOwn(words.fields, field))).toEqual([]);
});

const CHANGES = [
  ...['/sites/{site}', '/access-points/{ap}', '/users/{name}', '/channels/{id}'],
  ...['/on-call/people/{user}', '/on-call/rotations/{id}', '/on-call/policies/{id}'],
];
interface Document {
  paths: Record<
    string,
    { put?: { requestBody: { content: { 'application/json': { schema: { properties?: object } } } } } }
  >;
}
