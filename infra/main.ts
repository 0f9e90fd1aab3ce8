/** Why: one process is the whole server. This file opens things in order, hands them to each other, and closes them in reverse. */
import { join, resolve } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '#lib/clock';
import { isCarrelError, messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { stopOnSignals } from '#lib/shutdown';
import { openState } from '#state';
import { AGENT_VERSION } from '../agent/version.ts';
import { startBroker } from '../broker/index.ts';
import { startSpeedThread } from '../broker/speed/thread.ts';
import { startStoreWorker } from '../broker/worker-host.ts';
import { createAlertEngine } from '../dashboard/alert/engine.ts';
import { startDashboard } from '../dashboard/index.ts';
import { createLiveHub } from '../dashboard/live/hub.ts';
import { startDeadman } from '../dashboard/notify/deadman.ts';
import { createDelivery } from '../dashboard/notify/deliver.ts';
import { createReportMail } from '../dashboard/notify/report-mail.ts';
import { createSequenceProof } from '../dashboard/proof/keeper.ts';
import { startReports } from '../dashboard/report/keeper.ts';
import { startReady } from '../dashboard/report/ready.ts';
import { createBackupDesk } from './backup/desk.ts';
import type { Manifest } from './backup/manifest.ts';
import { takeBackup } from './backup/take.ts';
import { type Canary, openCanary } from './canary.ts';
import { watchedCertificates } from './certificates.ts';
import { readConfig, type ServerConfig, settingGroups, unknownNames } from './config.ts';
import { startHousekeeping } from './housekeeping.ts';
import { startLocalProbe } from './local-probe.ts';
import { lockData } from './lock.ts';
import { settingsHelp } from './settings-doc.ts';

const SETTINGS_FILE = 'carrel.json';

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(settingsHelp(settingGroups));
  const config = readConfig(process.env, SETTINGS_FILE);
  const log = pino({ level: config.server.CARREL_LOG, base: null });
  for (const setting of unknownNames(process.env))
    log.warn(
      { setting },
      'the environment has a name that is no setting of Carrel; it is ignored, see npm start -- --help',
    );
  const server = await startServer(config, log);
  stopOnSignals(server.stop, log);
  process.stdout.write(server.banner);
}

/** Undone in reverse, also when a later part does not start. */
type Undo = () => Promise<void> | void;

async function startServer(config: ServerConfig, log: Logger): Promise<{ banner: string; stop(): Promise<void> }> {
  const undo: Undo[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { banner: await openAll(config, log, undo), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openAll(config: ServerConfig, log: Logger, undo: Undo[]): Promise<string> {
  const clock = systemClock;
  const dataDir = resolve(config.broker.CARREL_DATA_DIR);
  const settings = config.dashboard;
  const lock = lockData(dataDir);
  undo.push(lock.release);
  const state = openState({ path: join(dataDir, 'carrel.db'), log });
  undo.push(() => state.close());
  undo.push(startHousekeeping({ state, clock, log }));
  const broker = await startBroker({
    ...{ settings: config.broker, state, log, clock },
    ...{ startStores: startStoreWorker, startSpeedServer: startSpeedThread },
  });
  undo.push(() => broker.stop());
  const alerts = createAlertEngine({ settings, state, broker, clock, log, agentVersion: AGENT_VERSION });
  alerts.start();
  undo.push(() => alerts.stop());
  // Known once the page listens; nothing is delivered before that.
  let address = settings.CARREL_PUBLIC_URL ?? '';
  let canary: Canary | null = null;
  const certificates = () => watchedCertificates(config.broker.CARREL_TLS_CERT, broker.authority());
  const loopback = () => canary?.receiver ?? null;
  const delivery = createDelivery({
    settings,
    state,
    alerts,
    clock,
    log,
    publicUrl: () => address,
    loopback,
    certificates,
  });
  undo.push(() => delivery.stop());
  const proof = createSequenceProof({ state, broker, clock, log });
  proof.start();
  undo.push(() => proof.stop());
  const tell = createReportMail(settings, state, log);
  undo.push(startReports({ state, store: broker.store, tell, clock, log }));
  undo.push(startReady({ state, broker, clock, log }));
  const live = createLiveHub({ settings, state, broker, alerts, delivery, proof, clock, log });
  await live.start();
  undo.push(() => live.stop());
  const take = (dir: string): Promise<Manifest> => takeBackup({ state, broker, dataDir, clock }, dir);
  const backup = createBackupDesk({ take, clock, log });
  undo.push(() => backup.stop());
  const dashboard = await startDashboard({
    ...{ settings, state, broker, alerts, live, proof, backup, clock, log, dataDir },
    agentVersion: AGENT_VERSION,
  });
  undo.push(() => dashboard.stop());
  address = dashboard.address;
  delivery.start();
  if (settings.CARREL_DEADMAN_URL !== undefined) {
    const sung = await openCanary({ state, broker, clock, look: delivery.look });
    canary = sung;
    undo.push(() => sung.close());
    const { CARREL_DEADMAN_URL: url, CARREL_WEBHOOK_ALLOW: allow } = settings;
    const deadman = startDeadman({ url, allow, canary: sung.sing, clock, log });
    delivery.alsoNotice(deadman.notices);
    undo.push(() => deadman.stop());
  }
  if (config.server.CARREL_LOCAL_PROBE) {
    const probe = startLocalProbe({ state, broker, dataDir, targetMbps: settings.CARREL_TARGET_MBPS, clock, log });
    undo.push(() => probe.stop());
    live.rosterChanged();
  }
  return bannerOf(dashboard, broker.addresses(), dataDir);
}

function bannerOf(
  dashboard: { address: string; setupUrl: string | null },
  listeners: { mqtt: string | null; mqtts: string | null; speed: string | null },
  dataDir: string,
): string {
  const lines = [
    `Carrel is running: ${dashboard.address}`,
    dashboard.setupUrl ? `First start: set the administrator's password at ${dashboard.setupUrl} (works once)` : null,
    `Probes: ${listeners.mqtts ?? 'set CARREL_MQTTS=0.0.0.0:8883 to admit them'}; this machine: ${listeners.mqtt ?? 'off'}; throughput tests: ${listeners.speed ?? 'off'}`,
    `Data: ${dataDir}. Stop with Ctrl-C.`,
  ];
  return `${lines.filter((line) => line !== null).join('\n')}\n`;
}

main().catch((error: unknown) => {
  // The only place that ends the process on an error: for people, one line with a code; for bugs, the stack.
  const text = isCarrelError(error)
    ? `${error.code}: ${error.message}`
    : error instanceof Error
      ? (error.stack ?? messageOf(error))
      : messageOf(error);
  process.stderr.write(`carrel did not start. ${text}\n`);
  process.exit(1);
});
