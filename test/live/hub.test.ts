import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { type AlertView, type LiveDelta, type SiteScope, unpackRoster } from '#contract';
import { silentLogger } from '#lib/logger';
import type { State } from '#state';
import type { LiveHub } from '../../dashboard/deps.ts';
import { ALL, channelNamed, keyOf } from '../../dashboard/live/channel-name.ts';
import { createChannels } from '../../dashboard/live/channels.ts';
import { createLiveHub } from '../../dashboard/live/hub.ts';
import { createSlots } from '../../dashboard/live/slots.ts';
import type { Notice } from '../../dashboard/said/said.ts';
import { wordNotice } from '../../dashboard/said/say.ts';
import { EMPTY, type LiveEvent, type LiveState, position, reduce } from '../../dashboard/web/live.ts';
import { stepOf } from '../../dashboard/web/live-delta.ts';
import { NOON, testAt } from '../alert/tests.ts';
import { type FakeBroker, fakeBroker, frameOf, handTime, settings, stateWith } from '../alert/world.ts';
import { slowAlert, until } from '../notify/cases.ts';
import { rowsOf } from '../support/live-rows.ts';
import { knownFrom, knownOf } from '../web/known.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface World {
  hub: LiveHub;
  state: State;
  broker: FakeBroker;
  time: ReturnType<typeof handTime>;
  app: FastifyInstance;
  port: number;
  allowed: boolean;
  scope: SiteScope | undefined;
  /** Another process with the same database: another epoch. */
  restart(): Promise<void>;
  notices: Notice[];
  /** Sites of the incidents that need action. */
  waiting: string[];
  alert(view: AlertView): void;
  frame(ap: string, rtt: number, rate?: number): Promise<void>;
}

async function world(sites: readonly string[] = ['antazave', 'debeikiai'], places = {}): Promise<World> {
  const state = stateWith(':memory:', sites);
  const broker = fakeBroker();
  const time = handTime();
  const listeners = new Set<(alert: AlertView) => void>();
  const alerts = {
    openOf: () => null,
    needAction: (sees: ((site: string) => boolean) | null) => it.waiting.filter((site) => sees?.(site) ?? true).length,
    view: (_id: number, lang = 'en') => ({ ...slowAlert, title: `told in ${lang}` }),
    onChange(listener: (alert: AlertView) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const it: Pick<World, 'allowed' | 'waiting' | 'notices' | 'scope' | 'hub'> = {
    allowed: true,
    waiting: [],
    notices: [],
    scope: undefined,
    hub: makeHub(),
  };
  function makeHub(): LiveHub {
    return createLiveHub({
      settings: { ...settings, ...places },
      state,
      broker,
      alerts,
      delivery: { notices: () => it.notices },
      clock: time.clock,
      every: time.every,
      log: silentLogger,
    });
  }
  await it.hub.start();
  const app = fastify({ forceCloseConnections: true }); // as the server is made
  app.get<{ Querystring: { ch?: string } }>('/live', (request, reply) => {
    const lastEventId = request.headers['last-event-id'];
    it.hub.stream(request, reply, {
      lastEventId: typeof lastEventId === 'string' ? lastEventId : null,
      who: String(request.headers['x-who'] ?? 'rasa'),
      scope: it.scope,
      part: channelNamed(request.query.ch ?? 'all'),
      lang: request.headers['accept-language'] === 'lt' ? 'lt' : 'en',
      packed: request.headers['accept-encoding'] === 'gzip',
      stillAllowed: () => it.allowed,
    });
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  ends.push(
    () => state.close(),
    () => app.close(), // waits for streams, which the hub ends: so after it
    () => it.hub.stop(),
  );
  let n = 0;
  return Object.assign(it, {
    state,
    broker,
    time,
    app,
    port: (app.server.address() as AddressInfo).port,
    async restart() {
      await it.hub.stop();
      it.hub = makeHub();
      await it.hub.start();
    },
    alert(view: AlertView) {
      for (const listener of listeners) listener(view);
    },
    async frame(ap: string, rtt: number, rate?: number) {
      const at = time.clock.wallMs();
      broker.put(
        frameOf(ap, rate === undefined ? [] : [testAt(0, rate, { id: `x${n++}`, at })], at, { rtt_ms: [rtt] }, at),
      );
      for (let i = 0; i < 20; i++) await Promise.resolve();
    },
  });
}

interface Event {
  event: string;
  id: string | null;
  data: string;
}
interface Client {
  events: Event[];
  close(): void;
  closed(): boolean;
}
/** Reads the stream as a browser would. */
async function listen(
  port: number,
  from: string | null = null,
  packed = false,
  lang = 'en',
  ch = 'all',
): Promise<Client> {
  const over = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/live?ch=${encodeURIComponent(ch)}`, {
    signal: over.signal,
    headers: {
      'accept-encoding': packed ? 'gzip' : 'identity',
      'accept-language': lang,
      ...(from ? { 'last-event-id': from } : {}),
    },
  });
  const events: Event[] = [];
  let closed = false;
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string): string | null => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
        if (field('event')) events.push({ event: field('event') ?? '', id: field('id'), data: field('data') ?? '' });
      }
    }
  };
  void read()
    .catch(() => undefined)
    .finally(() => (closed = true));
  ends.push(() => over.abort());
  return { events, close: () => over.abort(), closed: () => closed };
}
const deltas = (client: Client): LiveDelta[] =>
  client.events.filter((one) => one.event === 'd').map((one) => JSON.parse(one.data) as LiveDelta);

describe('the live view', () => {
  test('who is silent on a public holiday is not offline: nobody is there', async () => {
    const it = await world();
    it.broker.offline('antazave', NOON, NOON);
    const stateOn = (date: string): string | undefined => {
      it.time.sleep(Date.parse(`${date}T10:00:00Z`) - it.time.clock.wallMs());
      it.time.pass(12_000);
      return it.hub.now().rows.find(({ ap }) => ap === 'antazave')?.state;
    };
    expect(['2026-12-23', '2026-12-25', '2026-12-28'].map(stateOn)).toEqual(['offline', 'nodata', 'offline']);
  });
  test('knows of a probe what set its clock and what waits on it, by its newest frame', async () => {
    const it = await world();
    const probe = it.state.registry.probes().find(({ access_point: ap }) => ap === 'antazave')?.id ?? '';
    const tell = async (at: number, waiting: number, sync: 0 | 1 | 2): Promise<void> => {
      const fed = frameOf('antazave', [], at, { spool_frames: [waiting] }, at);
      it.broker.put({ ...fed, frame: { ...fed.frame, sync } });
      for (let i = 0; i < 20; i++) await Promise.resolve();
    };
    expect(it.hub.heard(probe)).toEqual({ sampleAt: null, clock: null, waiting: null });
    const now = it.time.clock.wallMs();
    await tell(now, 4, 1);
    await tell(now - 3_600_000, 40, 0); // from the backlog
    expect(it.hub.heard(probe)).toMatchObject({ clock: 1, waiting: 4 });
    expect(it.hub.heard('nobody')).toBeNull();
  });
  test('begins with every access point, unknown as unknown', async () => {
    const { hub } = await world();
    const { totals, seq } = hub.snapshot();
    expect(hub.now().rows.map((row) => [row.ap, row.state, row.down_mbps])).toEqual([
      ['antazave', 'nodata', null],
      ['debeikiai', 'nodata', null],
    ]);
    expect([totals.total, totals.nodata, seq]).toEqual([2, 2, 1]);
  });
  test('sends one delta a second with the rows that changed', async () => {
    const it = await world();
    const client = await listen(it.port);
    for (const rtt of [10, 11, 12]) await it.frame('antazave', rtt, 60);
    it.time.pass(1000);
    await until(() => deltas(client).length === 1, 'a delta');
    const [delta] = deltas(client);
    expect(delta && rowsOf(delta, it.hub.roster())).toMatchObject([
      { ap: 'antazave', rtt_ms: 12, state: 'meets', down_mbps: 60 },
    ]);
    expect(delta).toMatchObject({
      seq: 2,
      totals: { meets: 1, mean_mbps: 60, mean_n: 1 },
    });
    expect(client.events.find((one) => one.event === 'd')?.id).toBe(`${it.hub.snapshot().epoch}-2`);
  });
  test('tells how many incidents need action, also when no row has changed', async () => {
    const it = await world();
    const client = await listen(it.port);
    it.waiting = ['antazave', 'antazave', 'debeikiai'];
    it.time.pass(1000);
    await until(() => deltas(client).length === 1, 'a delta');
    expect(deltas(client)[0]).toMatchObject({ totals: { need_action: 3 } });
    expect(it.hub.snapshot().totals.need_action).toBe(3);
  });
  test('holds back rows in which only the last sign of life moved, up to 10 s', async () => {
    const it = await world();
    await it.frame('antazave', 10);
    it.time.pass(1000);
    const { seq } = it.hub.snapshot();
    for (let n = 0; n < 8; n++) {
      await it.frame('antazave', 10);
      it.time.pass(1000);
    }
    expect(it.hub.snapshot().seq).toBe(seq);
    it.time.pass(3000);
    expect(it.hub.snapshot().seq).toBe(seq + 1);
  });
  test('holds back a figure that moved by less than 2 %, up to 10 s; one that moved by more comes with the next tick', async () => {
    const it = await world();
    const step = async (rtt: number, ms: number) => {
      await it.frame('antazave', rtt);
      it.time.pass(ms);
      return it.hub.snapshot().seq;
    };
    const seq = await step(100, 1000);
    expect([await step(101, 1000), await step(101.5, 1000)]).toEqual([seq, seq]);
    const moved = await step(103, 1000);
    expect(moved).toBe(seq + 1);
    expect([await step(104, 8000), await step(104, 3000)]).toEqual([moved, moved + 1]);
  });
  test('names a position in every event, but in one that says to begin anew', async () => {
    const it = await world();
    const { epoch, seq } = it.hub.snapshot();
    it.alert(slowAlert);
    await it.frame('antazave', 10, 60);
    it.time.pass(1000);
    const client = await listen(it.port, `${epoch}-${seq}`);
    it.time.pass(16_000);
    const kinds = () => new Set(client.events.map(({ event }) => event));
    await until(
      () => kinds().size === 4 && client.events.filter(({ event }) => event === 'hb').length > 1,
      'all kinds',
    );
    expect(kinds()).toEqual(new Set(['d', 'hb', 'roster', 'alert']));
    for (const { event, id } of client.events) expect(id, event).toMatch(new RegExp(`^${epoch}-\\d+$`));
  });
  test('tells alerts at once, without waiting for the tick', async () => {
    const it = await world();
    const client = await listen(it.port);
    it.alert(slowAlert);
    await until(() => client.events.some((one) => one.event === 'alert'), 'the alert');
    expect(JSON.parse(client.events.find((one) => one.event === 'alert')?.data ?? '')).toMatchObject({
      id: 7,
      title: slowAlert.title,
    });
  });
  test('beats every 15 s and tells a changed roster by its hash', async () => {
    const it = await world();
    const client = await listen(it.port);
    const before = it.hub.roster().hash;
    it.state.registry.putSite({
      ...(it.state.registry.site('antazave') ??
        (() => {
          throw new Error('no site');
        })()),
      name: 'New name',
    });
    it.time.pass(15_000);
    const beats = () => client.events.filter((one) => one.event === 'hb');
    await until(() => beats().length >= 2, 'a heartbeat');
    expect(JSON.parse(beats().at(-1)?.data ?? '')).toEqual({ at: it.time.clock.wallMs() });
    expect(it.hub.roster().hash).not.toBe(before);
    expect(client.events.filter((one) => one.event === 'roster').at(-1)?.data).toBe(
      JSON.stringify({ hash: it.hub.roster().hash }),
    );
  });
  test('shows a new access point without a restart', async () => {
    const it = await world();
    it.state.registry.putAccessPoint({ id: 'hall', site: 'antazave', name: 'Hall', target_mbps: 30 });
    it.hub.rosterChanged();
    it.time.pass(1000);
    expect(it.hub.now().rows.map((row) => row.ap)).toContain('hall');
  });
  test('says what is wrong with Carrel itself', async () => {
    const it = await world();
    it.notices = [{ code: 'NO_CHANNEL', severity: 'warning', said: { code: 'notice.wal_50' }, since: null }];
    it.time.pass(1000);
    expect(it.hub.snapshot(undefined, 'lt').health).toEqual(it.notices.map((one) => wordNotice(one, 'lt')));
  });
  test('tells each viewer notices and alerts in the own language', async () => {
    const it = await world();
    const [en, lt] = [await listen(it.port), await listen(it.port, null, false, 'lt')];
    it.notices = [{ code: 'WAL_FULL_50', severity: 'warning', said: { code: 'notice.wal_50' }, since: null }];
    it.alert({ ...slowAlert, title: 'told in en' });
    it.time.pass(1000);
    const said = ({ events }: Client, event: string) => events.filter((one) => one.event === event).at(-1)?.data ?? '';
    await until(() => said(en, 'd').includes('more than half full') && said(lt, 'd') !== '', 'the notice');
    expect(said(lt, 'd')).toContain('užpildytas daugiau nei pusiau');
    expect([said(en, 'alert'), said(lt, 'alert')].map((data) => /told in (\w+)/.exec(data)?.[1])).toEqual(['en', 'lt']);
  });
  test('resets a viewer from another start or from long ago', async () => {
    const it = await world();
    for (const id of ['0000-1', `${it.hub.snapshot().epoch}-999`, 'nonsense', `${it.hub.snapshot().epoch}-`]) {
      const client = await listen(it.port, id);
      await until(() => client.events.length > 0, id);
      expect(client.events[0]?.event).toBe('reset');
    }
  });
  test('replays the alerts that a cut hid', async () => {
    const it = await world();
    const { epoch, seq } = it.hub.snapshot();
    it.alert(slowAlert);
    await it.frame('antazave', 10);
    it.time.pass(1000);
    const client = await listen(it.port, `${epoch}-${seq}`);
    await until(() => client.events.some((one) => one.event === 'alert'), 'the alert');
    expect(client.events[0]?.event).toBe('d');
  });
  test('ends for a viewer who may not see it any more', async () => {
    const it = await world();
    const client = await listen(it.port);
    it.allowed = false;
    it.time.pass(59_000);
    expect(client.closed()).toBe(false);
    it.time.pass(2000);
    await until(() => client.closed(), 'the end');
  });
  test('takes a bounded number of viewers', async () => {
    const it = await world(['antazave'], { CARREL_VIEWERS: 1 });
    await listen(it.port);
    const answer = await fetch(`http://127.0.0.1:${it.port}/live`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'TOO_MANY_VIEWERS']);
  });
  test('takes a bounded number of one user, who has a place again when one of his streams ends; others have theirs', async () => {
    const it = await world(['antazave'], { CARREL_VIEWERS_EACH: 2 });
    const ask = async (who: string) => {
      const over = new AbortController();
      ends.push(() => over.abort());
      const headers = { 'x-who': who, 'accept-language': 'lt' };
      const answer = await fetch(`http://127.0.0.1:${it.port}/live`, { headers, signal: over.signal });
      return { answer, over };
    };
    const [first] = [await ask('rasa'), await ask('rasa')];
    const { answer } = await ask('rasa');
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toMatchObject([
      429,
      '30',
      { code: 'TOO_MANY_STREAMS', detail: expect.stringContaining('naudotojui') },
    ]);
    expect((await ask('jonas')).answer.status).toBe(200);
    first?.over.abort();
    await expect.poll(async () => (await ask('rasa')).answer.status).toBe(200);
  });
  test('gives a viewer who does not read nothing more, and a reset when it reads again', async () => {
    const it = await world(Array.from({ length: 200 }, (_, n) => `site-${n}`));
    const socket = connect(it.port, '127.0.0.1');
    ends.push(() => void socket.destroy());
    socket.write('GET /live HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('readable', resolve));
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 150; round++) {
      const said = { code: 'notice.outbox_stuck', error: 'x'.repeat(100_000) + round } as const;
      it.notices = [{ code: 'X', severity: 'info', said, since: null }];
      it.time.pass(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6);
    let tail = '';
    socket.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-500)));
    await until(() => tail.includes('event: reset'), 'the reset');
  });
});

describe('the last day', () => {
  test('counts the states of each quarter, keeps the worst of each hour, and goes on after a restart', async () => {
    const it = await world();
    it.time.pass(300_000); // after a start silence means nothing yet
    await it.frame('antazave', 10, 60);
    it.time.pass(15 * 60_000);
    await it.frame('antazave', 10, 12);
    await it.frame('antazave', 10, 11);
    it.time.pass(60 * 60_000);
    const before = it.hub.history();
    await it.restart();
    const { t, per, hours, step_s, list } = it.hub.history();
    expect([step_s, list]).toEqual([900, it.hub.snapshot().list]);
    expect({ t, per, hours }).toEqual({ t: before.t, per: before.per, hours: before.hours });
    expect(per.meets[0]).toBe(1);
    expect(per.below.at(-1)).toBe(1);
    const [worst] = hours;
    expect(worst).toMatch(/^-+.*1$/); // unknown before, below now
  });
});

describe('the last day of who sees only some', () => {
  test('counts theirs by the worst state of each hour, and nobody else', async () => {
    const it = await world(['antazave', 'debeikiai']);
    it.time.pass(300_000);
    await it.frame('antazave', 10, 12);
    await it.frame('antazave', 10, 11);
    await it.frame('debeikiai', 10, 60);
    it.time.pass(60 * 60_000);
    const { t, per, step_s, hours } = it.hub.history({ sites: ['debeikiai'], regions: [] });
    expect([step_s, hours.length]).toEqual([3600, 1]);
    // Before its first test nothing was known of it.
    expect([per.nodata, per.meets, per.below]).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(t.at(-1)).toBe(Math.floor(it.time.clock.wallMs() / 3_600_000) * 3_600_000);
  });
});

describe('the shared packed stream', () => {
  test('one who joins in the middle reads the same bytes as everybody', async () => {
    const it = await world();
    const plain = await listen(it.port);
    const packed = [await listen(it.port, null, true), await listen(it.port, null, true)];
    for (const rtt of [10, 20]) {
      await it.frame('antazave', rtt, 60);
      it.time.pass(1000);
    }
    await until(() => deltas(plain).length === 2, 'two deltas');
    packed.push(await listen(it.port, null, true));
    await it.frame('antazave', 30);
    it.time.pass(1000);
    for (const client of [plain, ...packed]) await until(() => deltas(client).at(-1)?.seq === 4, 'the third delta');
    expect(packed.map((client) => deltas(client))).toEqual([deltas(plain), deltas(plain), deltas(plain).slice(2)]);
  });
});

describe('scope', () => {
  test('one who may see a site gets its rows, its alerts and nothing of the others', async () => {
    const it = await world(['antazave', 'debeikiai']);
    it.scope = { sites: ['debeikiai'], regions: [] };
    const client = await listen(it.port);
    await it.frame('antazave', 10, 60);
    await it.frame('debeikiai', 20, 60);
    it.alert({ ...slowAlert, ap: 'antazave', site: 'antazave' });
    it.time.pass(1000);
    await until(() => deltas(client).length > 0, 'a delta');
    const roster = it.hub.roster(it.scope);
    expect(unpackRoster(roster).access_points.map(({ id }) => id)).toEqual(['debeikiai']);
    expect(deltas(client).flatMap((delta) => rowsOf(delta, roster).map(({ ap }) => ap))).toEqual(['debeikiai']);
    expect(deltas(client).at(-1)?.totals).toMatchObject({ total: 1, meets: 1 });
    expect(it.hub.snapshot(it.scope).cols.state).toHaveLength(1);
    expect(client.events.map(({ data }) => data).join()).not.toContain('antazave');
  });
});

describe('a part of the live view', () => {
  const channels = ['alerts', 'region:Utena', 'site:antazave'] as const;

  test('is told what is in it, and nothing where nothing is', async () => {
    const it = await world();
    const [all, one] = [await listen(it.port), await listen(it.port, null, false, 'en', 'site:antazave')];
    for (const ap of ['debeikiai', 'antazave', 'debeikiai']) {
      await it.frame(ap, 10 + deltas(all).length * 9, 60);
      it.time.pass(1000);
      await until(() => deltas(all).at(-1)?.seq === it.hub.snapshot().seq, 'the delta of all');
    }
    const part = channelNamed('site:antazave');
    await until(() => deltas(one).length === 1, 'the delta of one');
    expect(deltas(one).flatMap((delta) => rowsOf(delta, it.hub.roster(undefined, part)))).toMatchObject([
      { ap: 'antazave', down_mbps: 60 },
    ]);
    expect([deltas(all).length, it.hub.snapshot(undefined, 'en', part).totals.total]).toEqual([3, 1]);
  });

  test.each(channels)('%s never gives more than one may see', async (ch) => {
    const it = await world();
    it.scope = { sites: ['debeikiai'], regions: [] };
    it.waiting = ['antazave'];
    const client = await listen(it.port, null, false, 'en', ch);
    await it.frame('antazave', 10, 60);
    it.alert({ ...slowAlert, ap: 'antazave', site: 'antazave' });
    it.time.pass(16_000);
    await until(() => client.events.filter(({ event }) => event === 'hb').length > 1, 'a beat');
    const { cols, totals } = it.hub.snapshot(it.scope, 'en', channelNamed(ch));
    expect(client.events.map(({ data }) => data).join()).not.toContain('antazave');
    expect([cols.state.length, totals.need_action]).toEqual([ch === 'region:Utena' ? 1 : 0, 0]);
  });

  test('alerts come without rows, with how many need action and how Carrel is', async () => {
    const it = await world();
    const client = await listen(it.port, null, false, 'en', 'alerts');
    await it.frame('antazave', 10, 60);
    it.time.pass(1000);
    it.waiting = ['antazave'];
    it.alert({ ...slowAlert, ap: 'antazave', site: 'antazave' });
    it.time.pass(1000);
    await until(() => deltas(client).length === 1, 'what needs action');
    expect(client.events.filter(({ event }) => event === 'alert')).toHaveLength(1);
    expect(deltas(client)[0]).toMatchObject({ n: [], totals: { total: 0, need_action: 1 } });
  });

  test('a position of one part is none in another, nor in that of who may see other sites', async () => {
    const it = await world();
    const parts = ['all', ...channels].map(channelNamed);
    const scope: SiteScope = { sites: ['antazave'], regions: [] };
    const ids = [...parts.map((part) => [part, undefined] as const), [ALL, scope] as const].map(([part, sight]) => {
      const { epoch, seq } = it.hub.snapshot(sight, 'en', part);
      return { part, sight, id: `${epoch}-${seq}` };
    });
    for (const { part, sight, id } of ids)
      expect(ids.filter((one) => it.hub.poll(one.id, sight, 'en', part).kind === 'delta').map((one) => one.id)).toEqual(
        [id],
      );
  });

  test('a quiet part is resumed also when the rest has gone on for long', async () => {
    const it = await world();
    await it.frame('antazave', 10, 60);
    it.time.pass(1000);
    const part = channelNamed('site:antazave');
    const { epoch, seq } = it.hub.snapshot(undefined, 'en', part);
    for (let tick = 0; tick < 610; tick++) {
      await it.frame('debeikiai', 10 + (tick % 7) * 5);
      it.time.pass(1000);
    }
    expect(it.hub.poll(`${epoch}-${seq - 1}`, undefined, 'en', part).kind).toBe('reset');
    expect(it.hub.poll(`${epoch}-${it.hub.snapshot(undefined, 'en', part).seq}`, undefined, 'en', part).kind).toBe(
      'delta',
    );
  }, 60_000);

  test('parts that nobody watches are let go: a hundred make no more than fifty', () => {
    const slots = createSlots();
    const channels = createChannels(slots, 'e', () => new Set([keyOf(undefined, channelNamed('site:0'))]));
    for (let n = 0; n < 100; n++) channels.of(undefined, channelNamed(`site:${n}`), 0);
    const kept = [...channels.all()].map(({ key }) => key);
    expect(kept).toHaveLength(52); // with everything, and the one that is watched
    expect(kept).toContain(keyOf(undefined, channelNamed('site:0')));
  });
});

describe('after 1,000 random disconnects and restarts', () => {
  test('the state of a page equals a fresh snapshot, whichever part it shows', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const it = await world(names);
    const pages = ['all', 'alerts', 'region:Utena', 'site:b'].map((ch) => createPage(it, ch));
    const rng = fc.sample(fc.integer({ min: 0, max: 999_999 }), { numRuns: 9000, seed: 8 });
    let at = 0;
    const roll = (n: number): number => (rng[at++ % rng.length] ?? 0) % n;
    const any = () => pages[roll(pages.length)];
    let cuts = 0;
    for (let edits = 0; cuts < 1000; ) {
      const act = roll(20);
      if (act < 7) await it.frame(names[roll(4)] ?? 'a', 1 + roll(90), [undefined, 11, 60][roll(3)]);
      else if (act < 11) it.time.pass(1000);
      else if (act === 11) edits = edit(it, names, roll, edits);
      else if (act === 12 && roll(3) === 0) {
        cuts++;
        for (const page of pages) page.cut();
        await it.restart();
      } else if (act < 17) {
        cuts++;
        any()?.cut();
        if (roll(40) === 0) it.time.pass(601_000); // longer than the ring remembers
      } else await any()?.join((['plain', 'packed', 'poll'] as const)[roll(3)] ?? 'plain');
      if (roll(10) !== 0) continue;
      for (const page of pages) await page.join('plain');
      await it.frame('a', 1 + roll(90), 60);
      it.time.pass(1000);
      for (const page of pages) {
        await page.settle();
        expect(page.state(), `${page.ch} after ${cuts} cuts`).toEqual(page.fresh());
      }
    }
  }, 120_000);
});

/** A site gets another name or another region, or other incidents need action. */
function edit(it: World, names: readonly string[], roll: (n: number) => number, edits: number): number {
  it.waiting = names.filter(() => roll(2) === 0);
  const site = it.state.registry.site(names[roll(4)] ?? 'a');
  if (!site || roll(4) !== 0) return edits;
  const region = ['Utena', 'Anykščiai'][roll(2)] ?? '';
  it.state.registry.putSite({ ...site, region, name: `Name ${roll(9)} ${edits}` });
  return edits + 1;
}

/** The page's own reducer, fed by the real stream; what it asks for it gets at once. */
function createPage(it: World, ch: string) {
  const part = channelNamed(ch);
  const snapshot = () => it.hub.snapshot(undefined, 'en', part);
  const roster = () => it.hub.roster(undefined, part);
  let state: LiveState = EMPTY;
  let client: Client | null = null;
  let taken = 0;
  const feed = (event: LiveEvent): void => {
    const step = reduce(state, event);
    state = step.state;
    if (step.need === 'snapshot') load();
  };
  const load = (): void => {
    const now = snapshot();
    const ids = unpackRoster(roster()).access_points.map(({ id }) => id);
    feed({ kind: 'roster', hash: now.roster, now: 0 });
    feed({ kind: 'snapshot', snapshot: now, ids, now: 0 });
  };
  const take = (): void => {
    for (; client && taken < client.events.length; taken++) {
      const { event, data } = client.events[taken] ?? { event: '', data: '{}' };
      if (event === 'd') feed({ kind: 'delta', delta: stepOf(JSON.parse(data) as LiveDelta), now: 0 });
      if (event === 'reset') feed({ kind: 'reset', now: 0 });
      if (event === 'roster' && unpackRoster(roster()).list !== state.list) feed({ kind: 'reset', now: 0 });
    }
  };
  return {
    ch,
    async join(how: 'plain' | 'packed' | 'poll') {
      if (client) return;
      if (position(state) === null) load();
      const from = position(state);
      if (how === 'poll') {
        const answer = it.hub.poll(from ?? '', undefined, 'en', part);
        feed({ kind: 'opened', resumed: true });
        if (answer.kind === 'reset') feed({ kind: 'reset', now: 0 });
        else if (answer.delta) feed({ kind: 'delta', delta: stepOf(answer.delta), now: 0 });
        return;
      }
      taken = 0;
      client = await listen(it.port, from, how === 'packed', 'en', ch);
      feed({ kind: 'opened', resumed: true });
    },
    cut() {
      take();
      client?.close();
      client = null;
    },
    settle: () =>
      until(() => {
        take();
        return state.seq === snapshot().seq && state.epoch === snapshot().epoch && state.list === snapshot().list;
      }, `the newest number of ${ch}`),
    state: () => knownOf(state),
    fresh: () => knownFrom(snapshot(), roster()),
  };
}
