/**
 * Why: what InfluxDB takes from its own client, without log, decoding and rollups: the bound for our driver. The same samples with the same
 * tag, fields and types, as many in a request and as many requests at once as ours.
 */
import { Agent, request } from 'node:http';
import { FieldType, InfluxDB, type IPoint } from 'influx';
import { decodeFrame, METRIC_NAMES } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { batchOfFrames } from '../../../broker/consumer.ts';
import { isInteger, linesOf } from '../../../broker/store/line-protocol.ts';
import { bytesOf } from '../../../broker/store/lines.ts';
import { isKnown, type SampleBatch } from '../../../broker/store/store.ts';
import type { RunningServer } from '../../support/debian.ts';
import { cpuSeconds } from './processes.ts';

const LINES = 5000;
const IN_FLIGHT = 2;

interface Work {
  frame(probe: number, seq: number): Uint8Array;
  probes: number;
  frames: number;
  samples: number;
}

/** What rows cost. */
export interface RowsRate {
  perS: number;
  /** Processor time of whoever writes them, and of the database, us. */
  cpuUs: number;
  serverCpuUs: number;
}

/** Measures from here until the answer is asked for. Null: the database is in this process. */
export function rowsRate(server: RunningServer | null): (rows: number) => RowsRate {
  const begin = performance.now();
  const cpu = process.cpuUsage();
  const serverCpuS = (): number => (server ? cpuSeconds(server.pid()) : 0);
  const before = serverCpuS();
  return (rows) => {
    const { user, system } = process.cpuUsage(cpu);
    return {
      perS: rows / ((performance.now() - begin) / 1000),
      cpuUs: (user + system) / rows,
      serverCpuUs: ((serverCpuS() - before) * 1e6) / rows,
    };
  };
}

const schema = [
  {
    measurement: 'probe',
    tags: ['probe'],
    fields: {
      approx: FieldType.INTEGER,
      ...Object.fromEntries(METRIC_NAMES.map((name) => [name, isInteger(name) ? FieldType.INTEGER : FieldType.FLOAT])),
    },
  },
];

/** Everything that goes over the wire is made first where the lines are `ready`; only then the clock runs. */
export async function clientRowsRate(server: RunningServer, lines: 'its own' | 'ready', work: Work): Promise<RowsRate> {
  const { port } = server;
  const influx = new InfluxDB({
    host: '127.0.0.1',
    port,
    database: 'bench',
    username: 'none',
    password: 'none',
    schema,
  });
  await influx.createDatabase('bench');
  const requests = [...requestsOf(work)];
  const bodies =
    lines === 'ready' ? requests.map((batch) => bytesOf(linesOf({ samples: batch, events: [], frames: [] }))) : [];
  const points = lines === 'ready' ? [] : requests.map(pointsOf);
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const measured = rowsRate(server);
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++)
      await (lines === 'ready'
        ? post(port, agent, bodies[i] ?? Buffer.alloc(0))
        : influx.writePoints(points[i] ?? [], { precision: 's' }));
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  agent.destroy();
  return measured(work.probes * work.frames * work.samples);
}

/** The rows of the bench, 5,000 at a time. */
function* requestsOf({ frame, probes, frames, samples }: Work): Generator<SampleBatch> {
  const each = LINES / samples;
  for (let seq = 0; seq < frames; seq++)
    for (let first = 0; first < probes; first += each) {
      const fed = Array.from({ length: Math.min(each, probes - first) }, (_, i) => {
        const decoded = decodeFrame(frame(first + i, seq), nodeRawDeflate);
        if (!decoded.ok) throw new Error(decoded.detail);
        const { wall, mono } = decoded.frame;
        const probe = `probe-${first + i}`;
        return {
          position: 0,
          receivedMs: wall,
          probe,
          frame: decoded.frame,
          offsetMs: wall - mono,
          approx: false,
          late: false,
        };
      });
      yield batchOfFrames(fed).samples;
    }
}

function pointsOf({ probe, t_s, approx, columns }: SampleBatch): IPoint[] {
  return t_s.map((t, i) => ({
    measurement: 'probe',
    tags: { probe: probe[i] ?? '' },
    timestamp: t,
    fields: Object.fromEntries([
      ['approx', approx[i] ? 1 : 0],
      ...Object.entries(columns).flatMap(([name, values]) => (isKnown(values[i]) ? [[name, values[i]]] : [])),
    ]),
  }));
}

function post(port: number, agent: Agent, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const path = '/write?db=bench&precision=ns';
    const sent = request({ host: '127.0.0.1', port, path, method: 'POST', agent }, (response) => {
      response
        .resume()
        .on('end', () =>
          response.statusCode === 204 ? resolve() : reject(new Error(`status ${response.statusCode}`)),
        );
    });
    sent.on('error', reject).end(body);
  });
}
