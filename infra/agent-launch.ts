/** Why: how a probe starts its agent stands once, in the systemd unit. Whatever else starts one (this server's own probe, the bench) takes it from there. */
import { readFileSync } from 'node:fs';

const UNIT = new URL('deploy/carrel-agent.service', import.meta.url);

export interface AgentLaunch {
  /** Of `node`, before the file. */
  readonly flags: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What the unit passes to Node: its flags, and the environment that bounds memory. */
export function agentLaunch(unit = readFileSync(UNIT, 'utf8')): AgentLaunch {
  const flags = /^ExecStart=.*\bnode((?: --\S+)*) \S+agent\.cjs/m.exec(unit)?.[1];
  const env = /^Environment=(.*)$/m.exec(unit)?.[1];
  if (flags === undefined || env === undefined) throw new Error('carrel-agent.service has no ExecStart or Environment');
  return {
    flags: flags.split(' ').filter((flag) => flag !== ''),
    env: Object.fromEntries(env.split(' ').map((pair) => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? ''])),
  };
}
