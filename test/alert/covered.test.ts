/** One cause, one entry: what an incident of many covers is left out of the list where that is asked for. */
import { expect, test } from 'vitest';
import type { AlertView, Page } from '#contract';
import { registerAlertRoutes } from '../../dashboard/routes/alerts.ts';
import { slowAlert } from '../notify/cases.ts';
import { testDashboard } from '../support/dashboard.ts';

test('incidents that another covers are left out, and what comes after them fills the page', async () => {
  const dashboard = await testDashboard({ routes: [registerAlertRoutes] });
  const many: AlertView[] = Array.from({ length: 9 }, (_, i) => ({
    ...slowAlert,
    id: 20 - i,
    parent: i > 0 && i < 6 ? 20 : null,
  }));
  const list = ({ before = 99, limit = 10 }) => many.filter(({ id }) => id < before).slice(0, limit);
  Object.assign(dashboard.deps.alerts, { list });
  const idsOf = async (query: string) =>
    (await dashboard.as('viewer', 'GET', `/alerts?${query}`)).json<Page<AlertView>>().items.map(({ id }) => id);
  expect(await idsOf('covered=false&limit=3')).toEqual([20, 14, 13]);
  expect(await idsOf('limit=3')).toEqual([20, 19, 18]);
});
