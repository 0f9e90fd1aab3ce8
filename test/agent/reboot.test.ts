/** Why: a probe without a battery reboots into 1970, perhaps twice, before it sees the network; each boot stays a clock of its own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#lib/clock';
import { createFeedTime, HOLD_MS } from '../../broker/feed-time.ts';
import { gapsOf, startTestBroker } from './broker.ts';
import { agentFor, configFor, freshDir, told, until } from './fixture.ts';

function rootOf(bootId: string): string {
  const root = freshDir();
  mkdirSync(join(root, 'proc/sys/kernel/random'), { recursive: true });
  writeFileSync(join(root, 'proc/sys/kernel/random/boot_id'), `${bootId}\n`);
  return root;
}

/** A clock that began at the reboot: five seconds after power-on, in 1970. */
function clockOfBoot(): { wallMs(): number; monoMs(): number } {
  const start = systemClock.monoMs();
  const monoMs = (): number => 5000 + systemClock.monoMs() - start;
  return { wallMs: () => monoMs() + 10_000, monoMs };
}

test('two boots without network time deliver in their own clocks, and the server never takes one for the other', async () => {
  const server = await startTestBroker();
  onTestFinished(() => server.stop().catch(() => undefined));
  const { port } = server;
  await server.stop();
  const stateDir = freshDir();
  let reads = 0;
  const boot = (id: string) =>
    agentFor(configFor(port, { stateDir, clock: 'auto', root: rootOf(id) }), {
      clock: clockOfBoot(),
      sensors: () => [told(() => ({ cpu_pct: ++reads % 100 }))],
    });
  const first = await boot('boot-a');
  await until('three samples were taken', () => reads >= 3);
  await first.stop();
  const second = await boot('boot-b');
  await server.restart();
  await until('both boots are there', () => new Set(server.frames.map((frame) => frame.boot)).size === 2);
  await until('the backlog is there', () => server.frames.filter(({ run }) => run === first.run).length >= 3);
  expect(server.frames.map(({ sync }) => sync)).toEqual(server.frames.map(() => 0));
  expect(gapsOf(server.frames)).toEqual([]);
  const bootOf = (run: string): string => server.frames.find((frame) => frame.run === run)?.boot ?? '';
  for (const { run, boot: id } of server.frames) expect(id).toBe(bootOf(run));

  // Boot B is put right by the network later; boot A never is.
  const received = Date.UTC(2026, 10, 22);
  const time = createFeedTime();
  for (const [i, frame] of server.frames.entries())
    expect(time.place(i, received + i * 1000, 'p', frame).state).toBe('held');
  const newest = server.frames.findLast(({ run }) => run === second.run);
  if (!newest) throw new Error('boot B sent nothing');
  const synced = { ...newest, seq: newest.seq + 1, sync: 1 as const, wall: received, mono: newest.mono + 1000 };
  const { released } = time.place(server.frames.length, received, 'p', synced);
  expect(released.map(({ held, approx }) => [held.boot, approx])).toEqual(
    released.map(() => [bootOf(second.run), false]),
  );
  const late = time.due(received + server.frames.length * 1000 + HOLD_MS);
  expect(late.map(({ held, approx }) => [held.boot, approx])).toEqual(late.map(() => [bootOf(first.run), true]));
  expect(released.length + late.length).toBe(server.frames.length);
});
