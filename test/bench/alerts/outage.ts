/** Why: 300 libraries behind one provider go dark: one notification, one resolution, and how soon; by the real engine, with time in the hand. */
import { silentLogger } from '#lib/logger';
import { createAlertEngine } from '../../../dashboard/alert/engine.ts';
import { fakeBroker, frameOf, handTime, settings, stateWith } from '../../alert/world.ts';
import type { Figure } from '../alerts.bench.ts';

const MINUTE = 60_000;
const BEHIND_ONE = 300;
const ALL = 600;

export async function benchOutage(figure: Figure, mustHold: (what: string, holds: boolean) => void): Promise<void> {
  const { told, secondsToTell, resolvedAfterS } = await outage();
  const of = `${BEHIND_ONE} of ${ALL} sites behind one provider, dark for 40 min`;
  figure('isp_notifications', told.filter((one) => one === 'firing').length, 'notifications', of);
  figure('isp_resolutions', told.filter((one) => one === 'resolved').length, 'notifications', of);
  figure('isp_told_after_s', secondsToTell, 's', of);
  figure('isp_resolved_after_s', resolvedAfterS, 's', of);
  mustHold('one notification and one resolution for 300 sites', told.join() === 'firing,resolved');
  mustHold('told within 3 minutes of going dark', secondsToTell <= 180);
}

async function outage(): Promise<{ told: string[]; secondsToTell: number; resolvedAfterS: number }> {
  const sites = Array.from({ length: ALL }, (_, n) => `s${n}`);
  const state = stateWith(':memory:', sites, (n) => ({
    isp: n < BEHIND_ONE ? 'Dark Line' : `Provider ${n % 3}`,
    region: `Region ${n % 7}`,
  }));
  const broker = fakeBroker();
  const time = handTime();
  const engine = createAlertEngine({
    settings: { ...settings, CARREL_SMTP: undefined },
    state,
    broker,
    clock: time.clock,
    every: time.every,
    log: silentLogger,
  });
  const told: { kind: string; at: number }[] = [];
  engine.onChange(() => {
    const items = engine.list({ limit: 1000 }).flatMap((alert) => alert.deliveries);
    for (const item of items.slice(told.length)) told.push({ kind: item.kind, at: time.clock.wallMs() });
  });
  const beat = (from: number, online: boolean): void => {
    for (const [n, site] of sites.entries()) {
      if (n < from) continue;
      if (online) broker.online(site, time.clock.wallMs());
    }
  };
  engine.start();
  for (const site of sites) broker.put(frameOf(site, [], time.clock.wallMs()));
  await settled();
  for (let minute = 0; minute < 15; minute++) {
    beat(0, true);
    time.pass(MINUTE);
  }
  const dark = time.clock.wallMs();
  // Their connections break in the course of a minute.
  for (let n = 0; n < BEHIND_ONE; n++) broker.offline(`s${n}`, dark + (n % 60) * 1000, dark);
  for (let minute = 0; minute < 40; minute++) {
    beat(BEHIND_ONE, true);
    time.pass(MINUTE);
  }
  const back = time.clock.wallMs();
  beat(0, true);
  for (let n = 0; n < BEHIND_ONE; n++) broker.put(frameOf(`s${n}`, [], back));
  await settled();
  for (let minute = 0; minute < 60; minute++) {
    beat(0, true);
    time.pass(MINUTE);
  }
  await engine.stop();
  state.close();
  const at = (kind: string): number => told.find((one) => one.kind === kind)?.at ?? Number.POSITIVE_INFINITY;
  return {
    told: told.map((one) => one.kind),
    secondsToTell: (at('firing') - dark) / 1000,
    resolvedAfterS: (at('resolved') - back) / 1000,
  };
}

async function settled(): Promise<void> {
  for (let n = 0; n < 2000; n++) await Promise.resolve();
}
