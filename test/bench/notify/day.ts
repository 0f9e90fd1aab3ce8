import { silentLogger } from '#lib/logger';
import { openState } from '#state';
import { createDelivery } from '../../../dashboard/notify/deliver.ts';
import { createNoticePlanner } from '../../../dashboard/notify/plan.ts';
import { NOON } from '../../alert/tests.ts';
import { handTime } from '../../alert/world.ts';
import { openReceiver, settingsWith, storedIncident, until, viewIn } from '../../notify/cases.ts';

export interface DayFigures {
  queueMax: number;
  returnCalls: number;
  othersLateMs: number;
  attempts: number;
  untold: number;
}

const MINUTE = 60_000;
/** Every tenth goes on; the others end after half an hour. */
const EACH_MINUTES = 3;

export async function measureDay(hours: number): Promise<DayFigures> {
  let down = true;
  const deaf = await openReceiver((_n, response) => response.writeHead(down ? 503 : 204).end());
  const well = await openReceiver((_n, response) => response.writeHead(204).end());
  const state = openState({ path: ':memory:' });
  const time = handTime();
  const settings = settingsWith({ CARREL_WEBHOOKS: [deaf.url, well.url] });
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
  delivery.start();
  const [deafRoute = '', wellRoute = ''] = settings.CARREL_WEBHOOKS.map((_url, n) => routesOf()[n]);
  function routesOf(): string[] {
    const made = storedIncident({ ap: 'first', severity: 'page', since: NOON, fired_at: NOON });
    const known = state.alerts.openOf('slow', 'first')?.id ?? state.alerts.add(made);
    planner.plan({ incident: { ...made, id: known }, kind: 'firing', severity: 'page' }, NOON);
    return state.outbox.ofIncident(known).map(({ route }) => route);
  }

  const open: { id: number; endsAt: number }[] = [];
  const figures: DayFigures = { queueMax: 0, returnCalls: 0, othersLateMs: 0, attempts: 0, untold: 0 };
  for (let minute = 0; minute < hours * 60; minute++) {
    const now = time.clock.wallMs();
    if (minute % EACH_MINUTES === 0) {
      const made = storedIncident({ ap: `ap-${minute}`, severity: 'page', since: now, fired_at: now });
      const id = state.alerts.add(made);
      planner.plan({ incident: { ...made, id }, kind: 'firing', severity: 'page' }, now);
      open.push({ id, endsAt: (minute / EACH_MINUTES) % 10 === 0 ? Number.POSITIVE_INFINITY : now + 30 * MINUTE });
    }
    for (const one of open.filter(({ endsAt }) => endsAt <= now)) {
      const before = state.alerts.get(one.id);
      one.endsAt = Number.POSITIVE_INFINITY;
      if (before?.condition !== 'firing') continue;
      const over = { ...before, condition: 'resolved', resolved_at: now } as const;
      state.alerts.update(over);
      planner.plan({ incident: over, kind: 'resolved', severity: 'page' }, now);
    }
    time.pass(1000);
    // Answers are real: the simulated minute goes on when they have come.
    await until(() => state.outbox.waitingOf(wellRoute) === 0, 'the other receiver is told', 10_000);
    figures.othersLateMs = Math.max(figures.othersLateMs, time.clock.wallMs() - now);
    figures.queueMax = Math.max(figures.queueMax, state.outbox.waitingOf(deafRoute));
    time.sleep(MINUTE - 1000);
  }
  figures.attempts = deaf.calls.length;
  down = false;
  for (let guard = 0; guard < 400 && state.outbox.waitingOf(deafRoute) > 0; guard++) {
    time.pass(1000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const back = deaf.calls.slice(figures.attempts);
  figures.returnCalls = back.length;
  const told = new Set(
    back.flatMap(({ body }) => {
      const said = JSON.parse(body) as { id?: number; items?: { id: number }[] };
      return said.items?.map(({ id }) => id) ?? [said.id];
    }),
  );
  figures.untold = state.alerts.open().filter(({ id }) => !told.has(id)).length;
  await delivery.stop();
  await Promise.all([deaf.close(), well.close()]);
  state.close();
  return figures;
}
