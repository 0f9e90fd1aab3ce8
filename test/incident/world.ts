/** Why: a library that fell at night, on the real server with the real engine: what was measured before, who was told, who else fell. */
import type { AddressInfo } from 'node:net';
import type { AlertMember, AlertRule, ApState, Language, LiveRow } from '#contract';
import type { EventRow, SeriesBucket } from '#store';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { addMessage } from '../../dashboard/notify/outbox-message.ts';
import { registerActRoutes } from '../../dashboard/routes/act.ts';
import { registerIncidentPageRoutes } from '../../dashboard/routes/incident-page.ts';
import type { Route } from '../../dashboard/server.ts';
import { testAt } from '../alert/tests.ts';
import { fakeBroker, settings } from '../alert/world.ts';
import { storedIncident } from '../notify/cases.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { accessPoint, site } from '../support/state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** 03:16 on a Thursday in Vilnius. */
export const NIGHT = Date.parse('2026-11-19T01:16:00Z');
const FELL = NIGHT - 4 * MINUTE;

export interface Night extends TestDashboard {
  incident: number;
  /** Of the mail to the operator. */
  item: number;
  /** Listens on loopback. */
  listen(): Promise<string>;
  /** The cookie of this person and the token that forms carry. */
  enter(name: string): Promise<{ cookie: string; csrf: string }>;
}
export interface NightOptions {
  lang?: Language;
  web?: string;
  env?: Record<string, string>;
  rule?: AlertRule;
  /** A group of so many; the five of Zarasai unless said. */
  many?: readonly AlertMember[];
  routes?: readonly Route[];
}

/** Antazavė of Zarasai fell four minutes ago; of the four others of its provider nearby three fell too. */
export async function night({
  lang = 'en',
  web,
  env = {},
  rule = 'dark',
  many,
  routes = [],
}: NightOptions = {}): Promise<Night> {
  const it = await testDashboard({
    env: { CARREL_SMTP: 'smtp://127.0.0.1:1', ...env },
    ...(web === undefined ? {} : { web }),
    routes: [
      async (app, deps, allow) => {
        const engine = createAlertEngine({
          settings,
          state: deps.state,
          broker: fakeBroker(),
          clock: deps.clock,
          log: deps.log,
          every: () => () => undefined,
        });
        const withEngine = { ...deps, alerts: engine };
        registerActRoutes(app, withEngine, allow);
        registerIncidentPageRoutes(app, withEngine, allow);
        for (const route of routes) await route(app, withEngine, allow);
      },
    ],
  });
  it.clock.nowMs = NIGHT;
  seed(it);
  measured(it);
  const { incident, item } = fall(it, rule, lang, many);
  return {
    ...it,
    incident,
    item,
    async listen() {
      await it.app.listen({ host: '127.0.0.1', port: 0 });
      return `http://127.0.0.1:${(it.app.server.address() as AddressInfo).port}`;
    },
    async enter(name) {
      const { cookie, me } = await it.signIn(name, PASSWORD);
      return { cookie, csrf: me.csrf };
    },
  };
}

const NAMES = ['Antazavės', 'Dusetų', 'Salako', 'Turmanto', 'Imbrado', 'Vilniaus Žirmūnų', 'Kauno Šilainių'];
const OTHERS: readonly ApState[] = ['offline', 'offline', 'offline', 'offline', 'meets', 'meets', 'meets'];

function seed({ state, live }: TestDashboard): void {
  const opening = Array.from({ length: 7 }, () => [[540, 1080]] as const);
  const rows = NAMES.map((name, i): LiveRow => {
    const id = `lib-${i}`;
    const region = i < 5 ? 'Utenos apskritis' : 'Vilniaus apskritis';
    const notes = i === 0 ? 'Skaidula, budintis: +370 600 00000, linijos nr. ZAR-RING-1' : '';
    const place = { name: `${i < 5 ? 'Zarasų r. ' : ''}${name} biblioteka`, region, isp: 'Skaidula' };
    state.registry.putSite(site(id, { ...place, opening, notes }));
    state.registry.putAccessPoint(accessPoint(`${id}-main`, id, { name: place.name }));
    state.registry.addProbe(`${id}-probe`, `${id}-main`, 1000);
    return { ap: `${id}-main`, site: id, state: OTHERS[i] } as LiveRow;
  });
  live.now = () => ({ at: NIGHT, rows });
}

/** A test an hour, from 34 down to 11 Mb/s; the internet worked until it fell. */
function measured({ broker }: TestDashboard): void {
  const rates = [34.1, 33.2, 31.8, 12.4, 11.2, 11.9];
  broker.store.events = async ({ kinds = [] }) => [
    ...(kinds.includes('throughput')
      ? rates.map((rate, i): EventRow => {
          const { ap: _ap, probe: _probe, ...test } = testAt(0, rate, { id: `h${i}` });
          const t_ms = NIGHT - (6 - i) * HOUR + 20 * MINUTE;
          return { probe: 'lib-0-probe', t_ms, event: { ...test, kind: 'throughput', job: null } } as EventRow;
        })
      : []),
  ];
  broker.store.series = async ({ from_s, to_s, bucket_s }) => {
    const found: SeriesBucket[] = [];
    for (let t_s = from_s; t_s < Math.min(to_s, FELL / 1000); t_s += bucket_s) {
      const up = t_s * 1000 > NIGHT - 3 * HOUR && t_s * 1000 < NIGHT - 2.6 * HOUR ? 0 : 10;
      found.push({ t_s, count: 10, sum: up, min: 0, max: 1, last: 1 });
    }
    return found;
  };
}

function fall(
  { state }: TestDashboard,
  rule: AlertRule,
  lang: Language,
  many?: readonly AlertMember[],
): Pick<Night, 'incident' | 'item'> {
  const main = { ap: 'lib-0-main', since: FELL, fired_at: FELL + MINUTE };
  const fallen = NAMES.slice(0, 5).map((name, i) => ({
    ap: `lib-${i}-main`,
    site: `lib-${i}`,
    site_name: `Zarasų r. ${name} biblioteka`,
    since: FELL + i * 9000,
    until: null,
  }));
  const tests = [testAt(0, 11.2), testAt(0, 12.4), testAt(0, 11.9, { reason: 'confirm' })].map((test, i) => ({
    ...test,
    at: FELL - (3 - i) * 8 * MINUTE,
    ap: main.ap,
  }));
  const incident = state.alerts.add(
    storedIncident(
      rule === 'slow'
        ? { ...main, since: FELL - 24 * MINUTE, severity: 'ticket', evidence: JSON.stringify(tests) }
        : {
            ...main,
            rule,
            severity: 'page',
            evidence: '[]',
            reasons: ['No sign of life for 5 min; the limit is 5 min.'],
            ...(rule === 'group'
              ? {
                  ap: 'isp:Skaidula',
                  title: '5 access points of Skaidula are offline',
                  detail: JSON.stringify({ members: many ?? fallen }),
                }
              : { title: 'Offline: Zarasų r. Antazavės biblioteka' }),
          },
    ),
  );
  state.oncall.putCallee({
    user: 'operator',
    lang,
    zone: 'Europe/Vilnius',
    quiet: null,
    contacts: [{ channel: null, address: 'op@library.example' }],
  });
  const message = { incident, kind: 'firing', severity: 'page', now: FELL + 2 * MINUTE } as const;
  const item = addMessage(state, { route: 'contact:1', kind: 'email', label: 'operator, mail' }, message);
  state.outbox.markSent(item, FELL + 2 * MINUTE + 3000, null);
  state.audit(NIGHT - 9 * HOUR, 'rasa', 'site changed', { site: 'lib-0', fields: ['notes'] });
  return { incident, item };
}
