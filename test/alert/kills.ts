/** Why: the engine killed at random writes, again and again over the same state file, and what is left compared with a run that nobody killed. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openState } from '#state';
import { CRASH_SITES } from './crash-log.ts';

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));

/** Runs the engine over the state file until it is done, or kills itself at its n-th write. */
export function runEngine(path: string, atWrite: number): Promise<'done' | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, path, String(atWrite)], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0 && out.includes('done')) resolve('done');
      else reject(new Error(`the child ended with ${code}: ${err}`));
    });
  });
}

export interface Left {
  /** One line per transition and message. */
  lines: string[];
  memories: (string | null)[];
  silences: number;
  acknowledged: number;
}
export function leftOf(path: string): Left {
  const state = openState({ path });
  const incidents = state.alerts.list({ limit: 1000 });
  const lines = incidents.flatMap((one) => [
    `${one.id} ${one.rule} ${one.ap} ${one.condition} ${one.since} ${one.resolved_at} ${one.evidence}`,
    ...state.outbox.ofIncident(one.id).map((item) => `${one.id} ${item.kind} ${item.target}`),
  ]);
  const left = {
    lines,
    memories: CRASH_SITES.map((ap) => state.alerts.memory('slow', ap)),
    silences: state.alerts.silences(0).length,
    acknowledged: incidents.filter((one) => one.acknowledged_by === 'rasa').length,
  };
  state.close();
  return left;
}

/** What a person did between two crashes. */
export function silenceAndAcknowledge(path: string): boolean {
  const state = openState({ path });
  const incident = state.alerts.list({ limit: 1 })[0];
  state.alerts.addSilence({ ap: null, site: 'another', reason: 'works', by: 'rasa', from: 1, until: 2e12 });
  if (incident)
    state.alerts.update({ ...incident, acknowledged_by: 'rasa', acknowledged_at: 1, acknowledged_until: 2e12 });
  state.close();
  return incident !== undefined;
}
