/** Why: what InfluxDB takes from its own client, without log, decoding and rollups: the bound for our driver. */
import { Agent, request } from 'node:http';
import { InfluxDB, type IPoint } from 'influx';
import { decodeFrame } from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { batchOfFrames } from '../../../broker/consumer.ts';
import { linesOf } from '../../../broker/store/line-protocol.ts';
import { isKnown, type SampleBatch } from '../../../broker/store/store.ts';

const LINES = 5000;
const IN_FLIGHT = 2;

interface Work {
  frame(probe: number, seq: number): Uint8Array;
  probes: number;
  frames: number;
  samples: number;
}

/** Everything that goes over the wire is made first where the lines are `ready`; only then the clock runs. */
export async function clientRowsPerSecond(port: number, lines: 'its own' | 'ready', work: Work): Promise<number> {
  const influx = new InfluxDB({ host: '127.0.0.1', port, database: 'bench', username: 'none', password: 'none' });
  await influx.createDatabase('bench');
  const requests = [...requestsOf(work)];
  const bodies =
    lines === 'ready' ? requests.map((batch) => linesOf({ samples: batch, events: [], frames: [] }).join('\n')) : [];
  const points = lines === 'ready' ? [] : requests.map(pointsOf);
  const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
  const begin = performance.now();
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++)
      await (lines === 'ready'
        ? post(port, agent, bodies[i] ?? '')
        : influx.writePoints(points[i] ?? [], { precision: 's' }));
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, lane));
  agent.destroy();
  return (work.probes * work.frames * work.samples) / ((performance.now() - begin) / 1000);
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

function pointsOf({ probe, t_s, columns }: SampleBatch): IPoint[] {
  return t_s.map((t, i) => ({
    measurement: 'probe',
    tags: { probe: probe[i] ?? '' },
    timestamp: t,
    fields: Object.fromEntries(
      Object.entries(columns).flatMap(([name, values]) => (isKnown(values[i]) ? [[name, values[i]]] : [])),
    ),
  }));
}

function post(port: number, agent: Agent, body: string): Promise<void> {
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
