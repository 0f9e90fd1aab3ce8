/** A wall screen is paired once, sees the live view and nothing else, over restarts, until it is revoked. */
import { describe, expect, test } from 'vitest';
import type { Problem, ScreenView } from '#contract';
import { registerAlertRoutes } from '../../dashboard/routes/alerts.ts';
import { registerLiveRoutes } from '../../dashboard/routes/live.ts';
import { registerScreenRoutes } from '../../dashboard/routes/screens.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';

const DAY = 86_400_000;
const dashboard = () => testDashboard({ routes: [registerScreenRoutes, registerLiveRoutes, registerAlertRoutes] });
const added = async (it: TestDashboard) =>
  (await it.as('administrator', 'POST', '/screens', { name: 'Hall' })).json<{
    code: string;
    link: string;
    screen: ScreenView;
  }>();
const pair = (it: TestDashboard, code: string) =>
  it.app.inject({ method: 'POST', url: '/api/v1/screens/pair', payload: { code } });
async function paired(it: TestDashboard): Promise<{ cookie: string; id: string }> {
  const { code, screen } = await added(it);
  const [cookie] = (await pair(it, code)).cookies;
  return { cookie: `${cookie?.name}=${cookie?.value}`, id: screen.id };
}
const ask = (it: TestDashboard, cookie: string, path: string, method: 'GET' | 'POST' | 'DELETE' = 'GET') =>
  it.app.inject({ method, url: `/api/v1${path}`, headers: { cookie } });

describe('a wall screen', () => {
  test('is paired by a code in a link that no server on the way sees, once', async () => {
    const it = await dashboard();
    const { code, link } = await added(it);
    expect(link).toContain(`/wall#pair=${code}`);
    const answer = await pair(it, code.toLowerCase());
    expect(answer.cookies[0]).toMatchObject({ name: 'carrel-screen', httpOnly: true, sameSite: 'Strict', path: '/' });
    const again = await pair(it, code);
    expect([again.statusCode, again.json<Problem>().code]).toEqual([404, 'SCREEN_CODE_UNKNOWN']);
  });
  test('whose code is older than 15 minutes is not paired', async () => {
    const it = await dashboard();
    const { code } = await added(it);
    it.clock.nowMs += 15 * 60_000;
    expect((await pair(it, code)).statusCode).toBe(404);
  });
  test('sees the live view a year later, without anybody signed in', async () => {
    const it = await dashboard();
    const { cookie } = await paired(it);
    it.clock.nowMs += 365 * DAY;
    for (const path of ['/me', '/roster', '/live/snapshot', '/live/history', '/live/delta?since=e-1', '/alerts'])
      expect((await ask(it, cookie, path)).statusCode, path).toBe(200);
    expect((await ask(it, cookie, '/me')).json()).toEqual({ name: 'Hall', role: 'viewer', csrf: '' });
  });
  test('sees nothing else and changes nothing', async () => {
    const it = await dashboard();
    const { cookie } = await paired(it);
    for (const path of ['/sites', '/probes', '/tokens', '/users', '/screens'])
      expect((await ask(it, cookie, path)).statusCode, path).toBe(401);
    expect((await ask(it, cookie, '/alerts/1/ack', 'POST')).statusCode).toBe(401);
    expect((await ask(it, cookie, '/screens/0123456789ab', 'DELETE')).statusCode).toBe(401);
  });
  test('that was revoked sees nothing any more', async () => {
    const it = await dashboard();
    const { cookie, id } = await paired(it);
    expect((await it.as('administrator', 'DELETE', `/screens/${id}`)).statusCode).toBe(204);
    expect((await ask(it, cookie, '/live/snapshot')).statusCode).toBe(401);
    expect((await ask(it, cookie, '/me')).statusCode).toBe(204);
  });
  test('is kept as a hash, and only administrators add one', async () => {
    const it = await dashboard();
    const { cookie } = await paired(it);
    expect(it.state.keep.get('screens')).not.toContain(cookie.split('=')[1]);
    expect((await it.as('operator', 'POST', '/screens', { name: 'x' })).statusCode).toBe(403);
    const list = (await it.as('administrator', 'GET', '/screens')).json<{ items: ScreenView[] }>();
    expect(list.items).toMatchObject([{ name: 'Hall', state: 'paired' }]);
  });
  test('guesses ten codes a minute and no more', async () => {
    const it = await dashboard();
    const answers = [];
    for (let i = 0; i < 12; i++) answers.push((await pair(it, `WRONG${i}`)).statusCode);
    expect(answers.slice(-2)).toEqual([429, 429]);
  });
});
