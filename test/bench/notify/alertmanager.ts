/** Why: 300 alerts at once in Debian's own Alertmanager: shown, back after its kill -9, and gone when they are resolved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAddressGuard } from '../../../dashboard/notify/address-guard.ts';
import { postable, sendAlerts } from '../../../dashboard/notify/alertmanager/alertmanager.ts';
import { slowAlert } from '../../notify/cases.ts';
import { alertmanagerHere, startAlertmanager } from '../../support/alertmanager.ts';

export async function measureAlertmanager(n: number): Promise<{ shown: number; back: number; left: number } | null> {
  const launch = await alertmanagerHere();
  if (!launch) return null;
  const dir = mkdtempSync(join(tmpdir(), 'carrel-am-'));
  const server = await startAlertmanager({ dir }, launch);
  const io = { guard: createAddressGuard(['127.0.0.1']), webhookSecret: undefined };
  const settings = { config: { url: server.url }, secrets: {} };
  const all = (resolved: number | null) =>
    Array.from({ length: n }, (_, id) =>
      postable(
        { ...slowAlert, id, ap: `ap-${id}`, since: Date.now() - 60_000, resolved_at: resolved },
        slowAlert.title,
        'http://c.example',
        Date.now(),
      ),
    );
  const shown = async (): Promise<number> => {
    await new Promise((resolve) => setTimeout(resolve, 200));
    return ((await (await fetch(`${server.url}/api/v2/alerts`)).json()) as unknown[]).length;
  };
  await sendAlerts(all(null), settings, io);
  const first = await shown();
  await server.stop('SIGKILL');
  await server.start();
  await sendAlerts(all(null), settings, io);
  const back = await shown();
  await sendAlerts(all(Date.now() - 1000), settings, io);
  const left = await shown();
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
  return { shown: first, back, left };
}
