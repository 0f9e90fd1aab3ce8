/** Why: Prometheus sees what the server sees, by bounded labels only (no label per site). */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { DashboardDeps } from './deps.ts';
import { addBudgets, addSpeed } from './metrics-speed.ts';

type MetricDeps = Pick<DashboardDeps, 'state' | 'broker' | 'clock'>;

/** A registry of its own; every value is read when it is asked for. */
export function createMetrics({ state, broker, clock }: MetricDeps): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  };
  const counter = (name: string, help: string, read: () => number): void => {
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  };
  counter(
    'carrel_frames_accepted_total',
    'Frames that were synced and acknowledged since the start',
    () => broker.stats().framesAccepted,
  );
  counter(
    'carrel_auth_failures_total',
    'Connections refused for their credential since the start',
    () => broker.stats().authFailures,
  );
  counter(
    'carrel_takeovers_total',
    'Connections replaced by another of the same probe since the start',
    () => broker.stats().takeovers,
  );
  gauge('carrel_connections', 'MQTT connections now', () => broker.stats().connections);
  gauge('carrel_wal_bytes', 'Size of the log of accepted frames', () => broker.stats().wal.bytes);
  gauge('carrel_wal_cap_bytes', 'Size at which nothing more is acknowledged', () => broker.stats().wal.capBytes);
  gauge('carrel_wal_durable_position', 'Position up to which the log is synced', () => broker.stats().wal.durableEnd);
  gauge('carrel_outbox_waiting', 'Messages about alerts that have not left yet', () => state.outbox.waiting());
  gauge('carrel_alerts_open', 'Alerts that are firing', () => state.alerts.open().length);
  new Counter({
    name: 'carrel_refused_total',
    help: 'What the gate refused since the start, by reason',
    labelNames: ['reason'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [reason, count] of Object.entries(broker.stats().refused)) this.inc({ reason }, count);
    },
  });
  addStores(registry, broker);
  addSpeed(registry, broker);
  addBudgets(registry, state, clock);
  return registry;
}

function addStores(registry: Registry, broker: MetricDeps['broker']): void {
  const perStore = (
    name: string,
    help: string,
    read: (store: ReturnType<typeof broker.stores>[number]) => number,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames: ['store'],
      registers: [registry],
      collect() {
        for (const store of broker.stores()) this.set({ store: store.name }, read(store));
      },
    });
  };
  perStore(
    'carrel_store_lag_bytes',
    'Bytes of the log that this database has not taken yet',
    (store) => store.lag_bytes,
  );
  perStore('carrel_store_up', '1 when this database takes what it is given', (store) =>
    store.state === 'ok' || store.state === 'catching_up' ? 1 : 0,
  );
  perStore('carrel_store_rows', 'Rows written to this database since the start', (store) => store.rows_written);
  perStore(
    'carrel_store_quarantined',
    'Lines that this database refused and that lie in its quarantine',
    (store) => store.quarantined,
  );
}
