/** Notes on a library: who, when, what; by whom may act there, in the report beside its exceptions. And views that follow their person. */
import { describe, expect, it } from 'vitest';
import type { ComplianceReport, Page, SiteNote } from '#contract';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { registerSiteNoteRoutes } from '../../dashboard/routes/site-notes.ts';
import { registerViewRoutes } from '../../dashboard/routes/views.ts';
import { reportWorld } from '../report/world.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { FROM, NOW } from './query/month-world.ts';

const DAY_MS = 86_400_000;

async function open(): Promise<TestDashboard> {
  const routes = [registerSiteNoteRoutes, registerReportRoutes, registerViewRoutes];
  const dashboard = await testDashboard({ routes });
  const { store } = await reportWorld(dashboard.state);
  Object.assign(dashboard.broker.store, store);
  dashboard.clock.nowMs = NOW;
  return dashboard;
}

describe('notes on a library', () => {
  it('say who, when and what, newest first, and are audited', async () => {
    const dashboard = await open();
    for (const [text, at] of [
      ['new router', FROM],
      ['works in the street', FROM + DAY_MS],
    ] as const)
      expect((await dashboard.as('operator', 'POST', '/sites/a/notes', { text, at })).statusCode).toBe(201);
    const { items } = (await dashboard.as('viewer', 'GET', '/sites/a/notes')).json<Page<SiteNote>>();
    expect(items.map(({ text, by, at }) => [text, by, at])).toEqual([
      ['works in the street', 'operator', FROM + DAY_MS],
      ['new router', 'operator', FROM],
    ]);
    expect(dashboard.state.auditTrail({ limit: 1 })[0]).toMatchObject({ who: 'operator', action: 'site note added' });
    const early = await dashboard.as('viewer', 'GET', `/sites/a/notes?to=${FROM + 1}`);
    expect(early.json<Page<SiteNote>>().items).toHaveLength(1);
  });

  it('come in pages, each once, also where many are about one moment and one is removed meanwhile', async () => {
    const dashboard = await open();
    const ids: number[] = [];
    for (let i = 0; i < 7; i++) {
      const note = { text: `note ${i}`, at: FROM + Math.floor(i / 3) * DAY_MS };
      ids.push((await dashboard.as('operator', 'POST', '/sites/a/notes', note)).json<SiteNote>().id);
    }
    const pageOf = async (query: string) =>
      (await dashboard.as('viewer', 'GET', `/sites/a/notes?limit=2${query}`)).json<Page<SiteNote>>();
    const seen: number[] = [];
    for (let page = await pageOf(''); ; page = await pageOf(`&cursor=${page.next}`)) {
      seen.push(...page.items.map(({ id }) => id));
      if (page.next === null) break;
      await dashboard.as('administrator', 'DELETE', `/sites/a/notes/${page.items.at(-1)?.id}`);
    }
    expect(seen).toEqual(ids.toReversed());
    expect((await dashboard.as('viewer', 'GET', '/sites/a/notes?cursor=7')).statusCode).toBe(400);
  });

  it('are written by who may act, and removed by their person or an administrator', async () => {
    const dashboard = await open();
    expect((await dashboard.as('viewer', 'POST', '/sites/a/notes', { text: 'x' })).statusCode).toBe(403);
    expect((await dashboard.as('operator', 'POST', '/sites/a/notes', { text: ' ' })).json().code).toBe('NOTE_INVALID');
    expect((await dashboard.as('operator', 'POST', '/sites/nowhere/notes', { text: 'x' })).statusCode).toBe(404);
    const { id } = (await dashboard.as('administrator', 'POST', '/sites/a/notes', { text: 'x' })).json<SiteNote>();
    expect((await dashboard.as('operator', 'DELETE', `/sites/a/notes/${id}`)).statusCode).toBe(403);
    expect((await dashboard.as('administrator', 'DELETE', `/sites/b/notes/${id}`)).statusCode).toBe(404);
    expect((await dashboard.as('administrator', 'DELETE', `/sites/a/notes/${id}`)).statusCode).toBe(204);
  });

  it('stand beside the exceptions of their month, in the report and on paper, and change no sum', async () => {
    const dashboard = await open();
    const report = async () =>
      (await dashboard.as('viewer', 'GET', '/reports/compliance?month=2026-10')).json<ComplianceReport>();
    const before = await report();
    await dashboard.as('operator', 'POST', '/sites/b/notes', { text: '<b>fibre cut</b>', at: FROM + 3 * DAY_MS });
    await dashboard.as('operator', 'POST', '/sites/b/notes', { text: 'a month later', at: FROM + 40 * DAY_MS });
    const after = await report();
    const notes = after.exceptions.find(({ site }) => site === 'b')?.notes;
    expect(notes).toEqual([{ at: FROM + 3 * DAY_MS, text: '<b>fibre cut</b>', by: 'operator' }]);
    expect([after.sha256, after.rows]).toEqual([before.sha256, before.rows]);
    const { cookie } = await dashboard.signIn('viewer', PASSWORD);
    const { body } = await dashboard.app.inject({ url: '/reports/2026-10?lang=en', headers: { cookie } });
    expect(body).toContain('&lt;b&gt;fibre cut&lt;/b&gt; (operator, 4 Oct)');
  });
});

describe('named views', () => {
  it('belong to their person, on each device, and go with that person', async () => {
    const { app, state, signIn } = await open();
    const { cookie, me } = await signIn('operator', PASSWORD);
    const items = [{ name: 'Utena', query: 'region=Utena' }];
    const headers = { cookie, 'x-csrf-token': me.csrf };
    const kept = await app.inject({ method: 'PUT', url: '/api/v1/me/views', headers, payload: { items } });
    expect([kept.statusCode, kept.json()]).toEqual([200, { items }]);
    const again = await signIn('operator', PASSWORD);
    const other = await signIn('viewer', PASSWORD);
    const viewsOf = async (who: string) =>
      (await app.inject({ url: '/api/v1/me/views', headers: { cookie: who } })).json();
    expect([await viewsOf(again.cookie), await viewsOf(other.cookie)]).toEqual([{ items }, { items: [] }]);
    expect(state.keep.get('views.operator')).toContain('Utena');
  });

  it('are refused to a token, and beyond 50', async () => {
    const dashboard = await open();
    expect((await dashboard.as('operator', 'PUT', '/me/views', { items: [] })).statusCode).toBe(403);
    const many = Array.from({ length: 51 }, (_, i) => ({ name: `v${i}`, query: '' }));
    expect((await dashboard.as('operator', 'PUT', '/me/views', { items: many })).statusCode).toBe(400);
  });
});
