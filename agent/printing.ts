/** Why: `--dry-run` shows what would be sent, from the same sensors and the same framer, without a server and without writing. */
import type { Frame } from '#contract';
import { type Agent, contextOf, type WiredDeps } from './agent.ts';
import { readIdentity } from './facts.ts';
import { createFramer } from './framer.ts';
import { createSampler } from './sampler.ts';
import { createSensors } from './sensors/index.ts';
import { AGENT_VERSION } from './version.ts';

export async function startPrinting(deps: WiredDeps, print: (frame: Frame) => void): Promise<Agent> {
  const { config, wall, log } = deps;
  const framer = createFramer({
    wall,
    batch: config.defaults.batch,
    takeLost: () => [],
    onFrame: (_, frame) => print(frame),
  });
  const sensors = (deps.sensors ?? createSensors)(
    contextOf(
      deps,
      () => null,
      () => config.defaults.zone,
      () => config.defaults.profile !== 'default',
    ),
  );
  const sampler = createSampler({
    sensors,
    wall,
    log,
    periodS: config.defaults.sample_s,
    onSample(sample, prompt) {
      framer.sample(sample);
      if (prompt) framer.flush();
    },
  });
  await sampler.probeAll();
  framer.event(
    { kind: 'boot', agent: AGENT_VERSION, node: process.version, reboot: false, ...readIdentity(config.root) },
    'next',
  );
  wall.start();
  sampler.start();
  return {
    run: framer.run,
    nudge: sampler.soon,
    async stop() {
      sampler.stop();
      wall.stop();
      framer.flush();
    },
  };
}
