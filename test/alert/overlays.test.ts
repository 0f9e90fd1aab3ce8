/** What keeps people from being told is said where the incident is shown and where it is explained; the condition stays what it is. */
import { expect, onTestFinished, test } from 'vitest';
import type { AlertExplanation, AlertView } from '#contract';
import { type Many, manySites } from './engine-world.ts';
import { MINUTE, NOON } from './tests.ts';
import { frameOf } from './world.ts';

const DAY = 86_400_000;
async function world(): Promise<Many> {
  const it = manySites(['antazave', 'debeikiai']);
  onTestFinished(() => it.close());
  it.broker.put(frameOf('antazave', [], NOON));
  await it.settled();
  it.pass(10);
  return it;
}
const newest = (it: Many): AlertView | undefined => it.alerts().at(-1);
const why = (it: Many): AlertExplanation['rules'][number] | undefined =>
  it.engine.explain('antazave').rules.find(({ rule }) => rule === 'dark');

test('the fourth time in a day it is flapping: told as such, and then in the summary until a day was quiet', async () => {
  const it = await world();
  const severities = (): (string | undefined)[] =>
    it.state.outbox.ofIncident(newest(it)?.id ?? 0).map(({ severity }) => severity);
  for (let n = 0; n < 4; n++) {
    it.offline(['antazave']);
    it.pass(7);
    if (n < 3) await it.back(['antazave']);
    if (n < 3) it.pass(20);
  }
  expect([newest(it)?.overlays, why(it)?.overlays]).toEqual([['flapping'], ['flapping']]);
  expect(why(it)?.reasons.at(-1)).toContain('came and went four times in a day');
  await it.back(['antazave']);
  it.pass(20);
  it.offline(['antazave']);
  it.pass(7);
  expect([severities(), newest(it)?.severity]).toEqual([['digest'], 'page']);
  await it.back(['antazave']);
  it.time.sleep(DAY);
  it.pass(10);
  it.offline(['antazave']);
  it.pass(7);
  expect([newest(it)?.overlays, severities()]).toEqual([[], ['page']]);
});

test('after fourteen days it is chronic: it goes on, in the summary', async () => {
  const it = await world();
  it.offline(['antazave']);
  it.pass(7);
  expect(newest(it)?.overlays).toEqual([]);
  it.time.sleep(14 * DAY);
  it.pass(2);
  expect([newest(it)?.overlays, why(it)?.condition, why(it)?.overlays]).toEqual([['chronic'], 'firing', ['chronic']]);
  expect(why(it)?.reasons.at(-1)).toContain('lasts for more than 14 days');
  expect(it.told()).toEqual(['dark antazave firing', 'dark antazave update']);
});

test('who has it, and that the library is closed by now, stand there too; of what is over nothing is said', async () => {
  const it = await world();
  it.offline(['antazave']);
  it.pass(7);
  const site = it.state.registry.site('antazave');
  if (site) it.state.registry.putSite({ ...site, opening: [[], [], [], [], [], [], []] });
  it.engine.acknowledge(newest(it)?.id ?? 0, 'rasa', it.time.clock.wallMs() + 60 * MINUTE);
  it.pass(1);
  expect([newest(it)?.overlays, why(it)?.overlays]).toEqual([['closed hours'], ['closed hours', 'acknowledged']]);
  await it.back(['antazave']);
  expect(newest(it)).toMatchObject({ condition: 'resolved' });
  expect(newest(it)?.overlays).toBeUndefined();
});
