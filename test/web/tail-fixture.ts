/** Why: a tail as the page's tests see it: some rows at once, and more when a test says so. */
import type { ServerResponse } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { LiveRow, TailBatch, TailRow } from '#contract';

export interface TailFixture {
  /** Of all who watch. */
  tell(rows: TailRow[], leftOff?: number): void;
  /** What was asked for, in order. */
  asked: string[];
  watchers(): number;
  endAll(): void;
}

/** A sample of the `n`th row's probe. */
export function tailSample(
  { ap, probe }: LiveRow,
  at: number,
  m: TailRow['m'] = { rtt_ms: 12.5, loss_pct: 0 },
): TailRow {
  return { rx: at, at: at - 5000, probe: probe ?? 'nobody', ap, m };
}

interface World {
  rows(): readonly LiveRow[];
  isOpen(): boolean;
  now(): number;
}

export function serveTail(app: FastifyInstance, { rows, isOpen, now }: World): TailFixture {
  const streams = new Set<ServerResponse>();
  const asked: string[] = [];
  const write = (to: ServerResponse, event: string, data: object): void => {
    to.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const batch = (told: TailRow[], left_off = 0): TailBatch => ({ at: now(), rows: told, left_off });
  app.get('/api/v1/live/tail', (request, reply) => {
    asked.push(request.url);
    if (!isOpen()) return reply.code(503).send();
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    write(reply.raw, 'hb', { at: now() });
    const begun = usual(rows(), now());
    if (begun.length > 0) write(reply.raw, 'tail', batch(begun));
    streams.add(reply.raw);
    reply.raw.on('close', () => streams.delete(reply.raw));
    return reply;
  });
  return {
    asked,
    tell(told, leftOff) {
      for (const stream of streams) write(stream, 'tail', batch(told, leftOff));
    },
    watchers: () => streams.size,
    endAll() {
      for (const stream of streams) stream.destroy();
    },
  };
}

/** One of each kind. */
function usual(rows: readonly LiveRow[], now: number): TailRow[] {
  const [first, second, third] = rows;
  if (!first || !second || !third) return [];
  const samples = rows.slice(0, 12).map((row, i) => tailSample(row, now, { ...SAMPLE, rtt_ms: 11 + i / 2 }));
  const mono = { id: 'a', at: 600_000 };
  return [
    ...samples,
    { ...tailSample(second, now - 4 * 3_600_000), rx: now, m: SAMPLE },
    { ...tailSample(third, now), approx: true, m: SAMPLE },
    {
      rx: now,
      at: now - 2000,
      probe: first.probe ?? '',
      ap: first.ap,
      e: { ...mono, kind: 'outage', from: 0, first_failure: 2 },
    },
    { rx: now, at: now - 1000, probe: 'probe-on-the-shelf', ap: null, e: { ...mono, kind: 'clock', step_ms: -1200 } },
  ];
}
const SAMPLE: NonNullable<TailRow['m']> = {
  ...{ cpu_pct: 7.5, load1: 0.12, mem_used_pct: 41, internet_up: 1, rtt_ms: 12.5, loss_pct: 0, jitter_ms: 0.8 },
  ...{ wan_rx_mbps: 8.125, wan_tx_mbps: 1.5, clients: 14, devices_day: 61, agent_rss_mb: 57.5, spool_frames: 0 },
};
