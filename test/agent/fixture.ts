/** Why: what every test of the agent's core needs: a place, settings, sensors that are told what to say, and patience. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { type Agent, type AgentDeps, startAgent } from '../../agent/agent.ts';
import type { AgentConfig } from '../../agent/config.ts';
import type { Reading, Sensor, ThroughputOutcome, ThroughputSensor } from '../../agent/sensor.ts';

export const PROBE = 'debeikiai-1';
export const TOKEN = 'a-token-of-256-bits';

export function freshDir(): string {
  return mkdtempSync(join(tmpdir(), 'carrel-agent-'));
}

/** Every second a sample, every sample a frame, quick reconnects. */
export function configFor(port: number, over: Partial<AgentConfig> = {}): AgentConfig {
  return {
    server: { broker: { protocol: 'mqtt', host: '127.0.0.1', port }, id: PROBE, token: TOKEN, ca: null },
    wan: null,
    targets: null,
    speed: null,
    stateDir: freshDir(),
    spoolBytes: 4 * 1024 * 1024,
    keepaliveS: null,
    clock: 'trusted',
    defaults: {
      sample_s: 1,
      batch: 1,
      profile: 'default',
      target_mbps: 30,
      zone: 'UTC',
      opening: [[], [], [], [], [], [], []],
      tests_per_day: 0,
      budget_mb: 1000,
    },
    pinned: {},
    log: 'error',
    root: '/',
    ...over,
  };
}

/** A sensor that answers with what it is told; uplink and clock are the real ones. */
export function told(answer: () => Reading | Promise<Reading>): Sensor {
  return {
    name: 'told',
    metrics: ['cpu_pct', 'internet_up', 'first_failure'],
    probe: async () => ({ available: true }),
    read: async () => answer(),
    stop() {},
  };
}

/** Answers with the outcome, after noting the request. */
export function toldThroughput(
  outcome: (request: Parameters<ThroughputSensor['run']>[0]) => Promise<ThroughputOutcome>,
): ThroughputSensor {
  return {
    capability: async () => ({ available: true }),
    watch: () => ({ wan: 'eth0', received: () => null, close: () => undefined }),
    run: outcome,
  };
}

export function outcomeOf(over: Partial<ThroughputOutcome> = {}): ThroughputOutcome {
  return {
    kind: 'throughput',
    method: 'tcp',
    dir: 'down',
    verdict: 'pass',
    marginal: false,
    reason: 'manual',
    target_mbps: 30,
    rate_mbps: 52.5,
    app_mbps: 50,
    other_mbps: 0,
    bytes: 21_000_000,
    dur_ms: 3200,
    limited_by: null,
    cpu_pct: 12,
    wan: 'eth0',
    server: '127.0.0.1:4443',
    job: null,
    ...over,
  };
}

/** An agent that is stopped with the test. */
export async function agentFor(config: AgentConfig, over: Partial<AgentDeps> = {}): Promise<Agent> {
  const agent = await startAgent({
    config,
    log: silentLogger,
    clock: systemClock,
    inventory: null,
    pace: { baseMs: 20, capMs: 100, slowMs: 50 },
    sensors: () => [told(() => ({ cpu_pct: 12.5 }))],
    throughput: () => toldThroughput(async () => outcomeOf()),
    ...over,
  });
  onTestFinished(() => agent.stop());
  return agent;
}

/** Waits until it holds; fails with `what` after 15 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 15_000;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
