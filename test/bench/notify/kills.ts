/** Why: the outbox's promise under kill -9: everything arrives, nothing is made up, and a repeat has the key of the first. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openState, type State } from '#state';
import { createNoticePlanner } from '../../../dashboard/notify/plan.ts';
import { type Call, openReceiver, settingsWith, storedIncident, until } from '../../notify/cases.ts';

const CHILD = fileURLToPath(new URL('../../notify/deliver-child.ts', import.meta.url));
const NEW_EACH = 4;

export interface KillFigures {
  kills: number;
  messages: number;
  lost: number;
  invented: number;
  repeats: number;
  otherKeys: number;
}

export async function measureKills(kills: number): Promise<KillFigures> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-notify-'));
  let seed = 7;
  const random = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  // A dropped answer is one that the receiver has taken.
  const taken: Call[] = [];
  const receiver = await openReceiver((n, response) => {
    const fate = random();
    const call = receiver.calls[n];
    if (fate >= 0.1 && call) taken.push(call);
    if (fate < 0.1) response.writeHead(503).end();
    else if (fate < 0.15) response.destroy();
    else response.writeHead(204).end();
  });
  const path = join(dir, 'state.db');
  const settings = settingsWith({ CARREL_WEBHOOKS: [receiver.url] });
  const world: World = { firing: [], ended: [] };
  for (let kill = 0; kill < kills; kill++) {
    withState(path, (state) => change(state, settings, world, random));
    const child = spawn(process.execPath, [CHILD, path, receiver.url], { stdio: ['ignore', 'pipe', 'ignore'] });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    const reached = receiver.calls.length + 1 + Math.floor(random() * 5);
    const end = Date.now() + 300 * random() + 20;
    await until(() => receiver.calls.length >= reached || Date.now() > end, 'some calls');
    child.kill('SIGKILL');
    await gone;
  }
  const last = spawn(process.execPath, [CHILD, path, receiver.url], { stdio: 'ignore' });
  await until(() => withState(path, (state) => state.outbox.waiting()) === 0, 'the rest', 120_000);
  const gone = new Promise((resolve) => last.once('exit', resolve));
  last.kill('SIGKILL');
  await gone;
  await receiver.close();
  rmSync(dir, { recursive: true, force: true });
  return { kills, ...figuresOf(taken, world) };
}

interface World {
  firing: number[];
  ended: number[];
}

function withState<T>(path: string, work: (state: State) => T): T {
  const state = openState({ path });
  try {
    return work(state);
  } finally {
    state.close();
  }
}

/** Some begin, some end: as the engine writes it. */
function change(state: State, settings: ReturnType<typeof settingsWith>, world: World, random: () => number): void {
  const now = Date.now();
  const planner = createNoticePlanner(settings, state);
  for (let n = 0; n < NEW_EACH; n++)
    state.transaction(() => {
      const made = storedIncident({ ap: `ap-${world.firing.length}`, severity: 'page', since: now, fired_at: now });
      const id = state.alerts.add(made);
      planner.plan({ incident: { ...made, id }, kind: 'firing', severity: 'page' }, now);
      world.firing.push(id);
    });
  for (const id of world.firing.filter((one) => !world.ended.includes(one) && random() < 0.3))
    state.transaction(() => {
      const before = state.alerts.get(id);
      if (!before) return;
      const over = { ...before, condition: 'resolved', resolved_at: now } as const;
      state.alerts.update(over);
      planner.plan({ incident: over, kind: 'resolved', severity: 'page' }, now);
      world.ended.push(id);
    });
}

/** What was taken, taken apart: a digest tells each of its items; `past` tells the beginning and the end. Each must have been told by one key. */
function figuresOf(taken: readonly Call[], world: World): Omit<KillFigures, 'kills'> {
  const told = new Map<string, string[]>();
  for (const { headers, body } of taken) {
    const key = String(headers['idempotency-key']);
    const said = JSON.parse(body) as { kind: string; id: number; items?: { kind: string; id: number }[] };
    for (const { kind, id } of said.kind === 'digest' ? (said.items ?? []) : [said])
      for (const part of kind === 'past' ? ['firing', 'resolved'] : [kind])
        told.set(`${id} ${part}`, [...(told.get(`${id} ${part}`) ?? []), key]);
  }
  const wanted = [...world.firing.map((id) => `${id} firing`), ...world.ended.map((id) => `${id} resolved`)];
  const all = [...told];
  return {
    messages: wanted.length,
    lost: wanted.filter((one) => !told.has(one)).length,
    invented: all.filter(([one]) => !wanted.includes(one)).length,
    repeats: all.reduce((sum, [, keys]) => sum + keys.length - new Set(keys).size, 0),
    otherKeys: all.filter(([, keys]) => new Set(keys).size > 1).length,
  };
}
