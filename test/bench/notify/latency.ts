/** Why: how long a transition takes until its HTTP request has arrived, with 1,200 sites known and a durable state database. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AlertView } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { openState } from '#state';
import { createDelivery } from '../../../dashboard/notify/deliver.ts';
import { createNoticePlanner } from '../../../dashboard/notify/plan.ts';
import { openReceiver, settingsWith, storedIncident, until, viewIn } from '../../notify/cases.ts';
import { seedRegistry } from '../../support/state.ts';

const SITES = 1200;
/** As many a second, evenly: four times a night with a broken provider. */
const PER_S = 10;

export interface LatencyFigures {
  p50: number;
  p99: number;
  stormMs: number;
  stormCalls: number;
}

export async function measureLatency(transitions: number): Promise<LatencyFigures> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-latency-'));
  const arrived = new Map<number, number>();
  const receiver = await openReceiver((n, response) => {
    const body = JSON.parse(receiver.calls[n]?.body ?? '{}') as { id?: number; items?: { id: number }[] };
    for (const id of body.items?.map((item) => item.id) ?? [body.id ?? 0]) arrived.set(id, performance.now());
    response.writeHead(204).end();
  });
  const state = openState({ path: join(dir, 'state.db') });
  state.transaction(() => seedRegistry(state, SITES));
  const settings = settingsWith({ CARREL_WEBHOOKS: [receiver.url] });
  const planner = createNoticePlanner(settings, state);
  const listeners = new Set<(alert: AlertView) => void>();
  const view = viewIn(state);
  const onChange = (listener: (alert: AlertView) => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const delivery = createDelivery({
    settings,
    state,
    alerts: { view, onChange },
    clock: systemClock,
    log: silentLogger,
  });
  delivery.start();
  const fire = (n: number): number => {
    const now = systemClock.wallMs();
    const made = storedIncident({
      ap: `site-${(n % SITES) + 1}-main`,
      rule: n < SITES ? 'slow' : 'dark',
      severity: 'page',
      since: now,
      fired_at: now,
    });
    const id = state.alerts.add(made);
    planner.plan({ incident: { ...made, id }, kind: 'firing', severity: 'page' }, now);
    return id;
  };
  const tell = (id: number): void => {
    const alert = view(id);
    if (alert) for (const listener of listeners) listener(alert);
  };

  const began = new Map<number, number>();
  for (let n = 0; n < transitions; n++) {
    const start = performance.now();
    const id = state.transaction(() => fire(n));
    began.set(id, start);
    tell(id);
    await new Promise((resolve) => setTimeout(resolve, 1000 / PER_S));
  }
  await until(() => [...began.keys()].every((id) => arrived.has(id)), 'all told', 60_000);
  const times = [...began].map(([id, start]) => (arrived.get(id) ?? Number.NaN) - start).toSorted((a, b) => a - b);

  const callsBefore = receiver.calls.length;
  const stormStart = performance.now();
  const storm = state.transaction(() => Array.from({ length: SITES }, (_, n) => fire(SITES + n)));
  for (const id of storm) tell(id);
  await until(() => storm.every((id) => arrived.has(id)), 'the storm is told', 120_000);
  const stormMs = Math.round(Math.max(...storm.map((id) => arrived.get(id) ?? 0)) - stormStart);
  const stormCalls = receiver.calls.length - callsBefore;
  await delivery.stop();
  await receiver.close();
  state.close();
  rmSync(dir, { recursive: true, force: true });
  const at = (share: number): number =>
    Math.round((times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), stormMs, stormCalls };
}
