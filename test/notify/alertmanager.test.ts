/** Debian's own Prometheus Alertmanager, started over loopback; skipped by name where it cannot be unpacked. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '#lib/logger';
import { openState, type State } from '#state';
import { createDelivery } from '../../dashboard/notify/deliver.ts';
import { createNoticePlanner } from '../../dashboard/notify/plan.ts';
import { MINUTE } from '../alert/tests.ts';
import { handTime } from '../alert/world.ts';
import { alertmanagerHere, startAlertmanager } from '../support/alertmanager.ts';
import type { RunningServer } from '../support/debian.ts';
import { settingsWith, slowAlert, storedIncident, until, viewIn } from './cases.ts';

const program = await alertmanagerHere();

interface Shown {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  status: { state: string };
  startsAt: string;
  endsAt: string;
}

describe.skipIf(program === null)("Debian's Alertmanager", () => {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-alertmanager-'));
  let server: RunningServer;
  let state: State;
  beforeAll(async () => {
    if (program) server = await startAlertmanager({ dir }, program);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  const shown = async (): Promise<Shown[]> =>
    (await (await fetch(`${server.url}/api/v2/alerts?active=true&silenced=true&inhibited=true`)).json()) as Shown[];
  const incidents = async (): Promise<Shown[]> =>
    (await shown()).filter(({ labels }) => labels['incident'] !== undefined);

  test('shows, silences and resolves our alerts, also across its own kill -9, and a watchdog that always fires', async () => {
    state = openState({ path: ':memory:' });
    const time = handTime(Date.now());
    const now = time.clock.wallMs();
    state.channels.add({
      name: 'am',
      kind: 'alertmanager',
      config: { url: server.url },
      secrets: {},
      gets: ['page', 'ticket'],
      lang: 'en',
      enabled: true,
      createdAt: now,
    });
    const settings = settingsWith({ CARREL_WEBHOOK_ALLOW: ['127.0.0.1'] });
    const planner = createNoticePlanner(settings, state);
    const view = viewIn(state);
    const delivery = createDelivery({
      settings,
      state,
      alerts: { view, onChange: () => () => undefined },
      clock: time.clock,
      log: silentLogger,
      every: time.every,
    });
    const id = state.alerts.add(storedIncident({ since: now - 5 * MINUTE }));
    const incident = state.alerts.get(id);
    if (!incident) throw new Error('not stored');
    planner.plan({ incident, kind: 'firing', severity: 'ticket' }, now);
    delivery.start();

    await untilAsync(async () => (await incidents()).length === 1, 'it is shown');
    expect((await incidents())[0]).toMatchObject({
      labels: {
        alertname: 'Carrel_slow',
        site: 'antazave',
        access_point: 'antazave',
        severity: 'ticket',
        incident: String(id),
      },
      annotations: { site_name: slowAlert.site_name },
      status: { state: 'active' },
    });
    expect((await shown()).map(({ labels }) => labels['alertname'])).toContain('CarrelWatchdog');

    await server.stop('SIGKILL');
    await server.start();
    expect(await incidents()).toEqual([]); // it forgets: alerts are in its memory only
    time.pass(MINUTE);
    await untilAsync(async () => (await incidents()).length === 1, 'it is shown again within a minute');

    const silence = await fetch(`${server.url}/api/v2/silences`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        matchers: [{ name: 'site', value: 'antazave', isRegex: false, isEqual: true }],
        startsAt: new Date(now).toISOString(),
        endsAt: new Date(now + 60 * MINUTE).toISOString(),
        createdBy: 'test',
        comment: 'works',
      }),
    });
    expect(silence.status).toBe(200);
    await untilAsync(
      async () => (await incidents())[0]?.status.state === 'suppressed',
      'our labels are what silences match',
    );

    const over = { ...incident, condition: 'resolved', resolved_at: now } as const;
    state.alerts.update(over);
    planner.plan({ incident: over, kind: 'resolved', severity: 'ticket' }, time.clock.wallMs());
    delivery.look();
    await untilAsync(async () => (await incidents()).length === 0, 'it is resolved there');
    expect(state.outbox.ofIncident(id).map(({ kind, state: is }) => `${kind} ${is}`)).toEqual([
      'firing sent',
      'resolved sent',
    ]);
    await delivery.stop();
    state.close();
  });

  test('takes a start in the future, as a clock that is ahead would give it, because it is clamped', async () => {
    const { postable, sendAlerts } = await import('../../dashboard/notify/alertmanager/alertmanager.ts');
    const { createAddressGuard } = await import('../../dashboard/notify/address-guard.ts');
    const io = { guard: createAddressGuard(['127.0.0.1']), webhookSecret: undefined };
    const ahead = postable(
      { ...slowAlert, id: 99, since: Date.now() + 10 * MINUTE },
      't',
      'http://c.example',
      Date.now(),
    );
    expect(await sendAlerts([ahead], { config: { url: server.url }, secrets: {} }, io)).toEqual({ kind: 'sent' });
  });
});

async function untilAsync(done: () => Promise<boolean>, what: string): Promise<void> {
  let yes = false;
  const look = async (): Promise<void> => {
    for (const end = Date.now() + 20_000; !yes && Date.now() < end; ) {
      yes = await done().catch(() => false);
      if (!yes) await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const looking = look();
  await until(() => yes, what);
  await looking;
}
