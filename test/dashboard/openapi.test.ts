/** openapi.json is true: every route is in it with what it takes and answers, and answers are as it says, refusals too. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../dashboard/session.ts';
import { PASSWORD } from '../support/dashboard.ts';
import { openPushService } from '../support/push-service.ts';
import { GETS, STREAMS } from './api-gets.ts';
import { MADE, pushed, REMOVED, type Step, walker } from './api-steps.ts';
import { type ApiWorld, apiWorld } from './api-world.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
const asker =
  ({ dashboard, faultsOf }: ApiWorld, signedIn = true) =>
  async (method: Method, url: string, body?: object) => {
    const answer = await dashboard.as(signedIn ? 'administrator' : null, method, url, body);
    return { status: answer.statusCode, faults: faultsOf(method, url, answer), text: answer.body };
  };

describe('the description of the API', () => {
  it('has of every route a summary, the parts of its path, what it answers and how it refuses', async () => {
    const world = await apiWorld();
    const wanting = world.routes.flatMap(({ method, path, summary, parameters = [], responses }) => {
      const parts = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const named = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      const done = Object.entries(responses).filter(([status]) => /^2/.test(status));
      const whole = summary && `${parts}` === `${named}` && done.length > 0 && responses['4XX'] && responses['5XX'];
      return whole ? [] : [`${method} ${path}`];
    });
    expect(wanting).toEqual([]);
    expect(world.routes.length).toBeGreaterThan(95);
  });

  it('is asked at every address that GET has', async () => {
    const world = await apiWorld();
    const asked = new Set(GETS.map((url) => url.replace(/\?.*/, '')));
    const left = world.routes.filter(
      ({ method, path }) =>
        method === 'GET' &&
        !STREAMS.includes(path) &&
        ![...asked].some((one) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`).test(one)),
    );
    expect(left.map(({ path }) => path)).toEqual([]);
  });

  it('every GET answers as described', async () => {
    const ask = asker(await apiWorld());
    for (const url of GETS) expect((await ask('GET', url)).faults, url).toEqual([]);
  });
  it('every GET refuses who is not signed in, as described', async () => {
    const ask = asker(await apiWorld(), false);
    for (const url of GETS.filter((one) => one !== '/me' && one !== '/setup')) {
      const { status, faults } = await ask('GET', url);
      expect([url, status, faults]).toEqual([url, 401, []]);
    }
  });

  it('every route answers for what is not there: its schemas can be compiled', async () => {
    const world = await apiWorld();
    const ask = asker(world);
    const found: string[] = [];
    for (const { method, path } of world.routes.filter((one) => !STREAMS.includes(one.path))) {
      const { status } = await ask(method as Method, path.replace(/\{\w+\}/g, 'no-such-9'));
      if (status >= 500) found.push(`${method} ${path}: ${status}`);
    }
    expect(found).toEqual([]);
  });
  it('every route has an answer of success, and it is as described', async () => {
    const push = await openPushService();
    onTestFinished(() => push.close());
    const world = await apiWorld({ CARREL_PUSH_HOSTS: push.host });
    const walk = walker(world);
    const done = new Set<string>();
    const take = async (steps: readonly Step[]) => {
      for (const step of steps) {
        const { url, answer } = await walk(step);
        expect([url, answer.statusCode, world.faultsOf(step[0], url, answer)], answer.body).toEqual([url, step[3], []]);
        done.add(world.routeOf(step[0], url));
      }
    };
    await take([...MADE, ...pushed(push.subscribe('phone'), push.subscribe('later'))]);
    const ask = asker(world);
    for (const url of GETS) {
      const { status, faults } = await ask('GET', url);
      expect(faults, url).toEqual([]);
      if (status < 300) done.add(world.routeOf('GET', url));
    }
    await take(REMOVED);
    const left = world.routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !done.has(route));
    // Where somebody is, nobody is the first: below. Streams do not end.
    expect(left.sort()).toEqual([...STREAMS.map((path) => `GET ${path}`), 'POST /setup']);
  });
  it('setting up the first administrator answers as described', async () => {
    const { dashboard, faultsOf } = await apiWorld();
    for (const { name } of dashboard.state.people.users()) dashboard.state.people.dropUser(name);
    dashboard.state.keep.set('setup.token', sha256('the link'));
    const answer = await dashboard.as(null, 'POST', '/setup', { token: 'the link', password: PASSWORD });
    expect([answer.statusCode, faultsOf('POST', '/setup', answer)], answer.body).toEqual([200, []]);
  });
  it('bad input is refused as described, by every route that takes some', async () => {
    const world = await apiWorld();
    const ask = asker(world);
    const bad = world.routes.filter(
      ({ method, path }) => (method === 'POST' || method === 'PUT') && path !== '/logout',
    );
    const found: string[] = [];
    for (const { method, path } of bad) {
      const url = path.replace(/\{\w+\}/g, 'no-such-9');
      const { status, faults } = await ask(method === 'PUT' ? 'PUT' : 'POST', url, { 'no such field': 1 });
      if (status >= 500 || status < 300) found.push(`${method} ${path}: ${status}`);
      found.push(...faults);
    }
    expect(found).toEqual([]);
  });
});
