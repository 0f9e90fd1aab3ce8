/** Why: a network that is reached by name, and a probe that is being connected, as the page's tests see them; what is heard of it can be changed. */
import type { FastifyInstance } from 'fastify';
import type { NetworkView, ProbeHeard } from '#contract';
import { testAt } from '../alert/tests.ts';

export interface StartFixture {
  /** What the server hears from now on. */
  hears(change: Partial<ProbeHeard>): void;
  network(change: Partial<NetworkView>): void;
}

const HOUR = 3_600_000;

export function serveStart(app: FastifyInstance, now: () => number): StartFixture {
  const began = now();
  const at = (s: number): number => began - 20_000 + s * 1000;
  let network: NetworkView = {
    ...{ target_mbps: 30, access_points: 120, with_target: 118, public_status: false },
    page: { url: 'https://carrel.example.org', reach: 'network' },
    probes: { url: 'mqtts://carrel.example.org:8883', reach: 'network' },
    tests: { url: 'tcp://carrel.example.org:4443', reach: 'network' },
    budget_mb: { usual: 2000, metered: 300 },
  };
  let heard: Omit<ProbeHeard, 'probe' | 'at'> = {
    ...{ access_point: 'site-0', target_mbps: 30, admitted: true },
    hello: { online: true, since: at(2), seen_at: at(18), agent: '0.1.0', refuses: null },
    clock: { source: 1, skew_ms: null, behind_most_ms: 212, wrong: false },
    wan: { up: true, name: null, rx_mbps: null, tx_mbps: null, others: null, at: at(3) },
    samples: { n: 1, first_at: at(3), last_at: at(3), rtt_ms: 12.3, loss_pct: 0, clients: 3, cpu_pct: 6.2 },
    asked: { state: 'started', at: at(14), detail: '' },
    test: null,
    ...{ next_bytes: 2_540_000, limit_bytes: 2e9 },
  };
  app.get('/api/v1/network', () => network);
  app.put<{ Body: { target_mbps: number | null } }>('/api/v1/network', ({ body }, reply) => {
    const { target_mbps } = body;
    if (target_mbps === null || !(target_mbps >= 0.1))
      return reply
        .code(400)
        .type('application/problem+json')
        .send({
          ...{ type: 'about:blank', title: 'Not accepted', status: 400, code: 'BODY_INVALID' },
          detail: 'Something in the form is not accepted.',
          errors: [{ field: 'target_mbps', message: 'must be >= 0.1' }],
        });
    network = { ...network, target_mbps };
    return network;
  });
  app.get<{ Params: { probe: string } }>('/api/v1/probes/:probe/heard', ({ params }): ProbeHeard => {
    return { probe: params.probe, at: now(), ...heard };
  });
  return {
    hears: (change) => {
      heard = { ...heard, ...change };
    },
    network: (change) => {
      network = { ...network, ...change };
    },
  };
}

/** A test of `rate` that ended an hour ago. */
export const testOf = (
  rate: number | null,
  now: number,
  more: Partial<ProbeHeard['test']> = {},
): ProbeHeard['test'] => ({
  ...testAt(0, rate, { at: now - HOUR, bytes: 2_300_000, ...more }),
});
