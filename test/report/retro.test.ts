/** What was slow and over before anybody knew calls nobody, and stands in the month's report. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '#lib/logger';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { LANGUAGES } from '../../dashboard/language.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { paperOf } from '../../dashboard/report/paper.ts';
import { PAPER_WORDS } from '../../dashboard/report/paper-words.ts';
import { closesAt, reportOf, visibleReport } from '../../dashboard/report/report.ts';
import { xlsxOf } from '../../dashboard/report/xlsx.ts';
import { testAt } from '../alert/tests.ts';
import { fakeBroker, frameOf, handTime, settings } from '../alert/world.ts';
import { type ReportWorld, reportWorld } from './world.ts';

const MONTH = '2026-10';
const CLOSES = closesAt(MONTH);
const DAY_MS = 86_400_000;
/** A Wednesday, 10:00 in Vilnius. */
const TEN = Date.parse('2026-10-14T07:00:00Z');

/** Tests of that morning arrive at `at`: low for an hour, then good: four good ones make it certain. */
async function lateMorning({ state }: ReportWorld, at: number): Promise<ReturnType<typeof createAlertEngine>> {
  const broker = fakeBroker();
  const time = handTime(at);
  const engine = createAlertEngine({
    settings,
    state,
    broker,
    clock: time.clock,
    every: time.every,
    log: silentLogger,
  });
  engine.start();
  onTestFinished(() => engine.stop());
  const morning = [0, 3, 8, 15, 30, 45, 60].map((minute) => ({ minute, rate: 12 }));
  const noon = [120, 131, 146, 166, 180].map((minute) => ({ minute, rate: 50 }));
  const tests = [...morning, ...noon].map(({ minute, rate }) =>
    testAt(0, rate, { id: `late-${minute}`, at: TEN + minute * 60_000, ap: 'a', probe: 'p-a', target_mbps: 30 }),
  );
  broker.put(frameOf('p-a', tests, at));
  for (let n = 0; n < 2000; n++) await Promise.resolve();
  return engine;
}

describe('an episode that only late data told of', () => {
  it('tells nobody, and stands in the report of its month, on paper and in the spreadsheet', async () => {
    const world = await reportWorld();
    const engine = await lateMorning(world, TEN + 2 * DAY_MS);
    expect(engine.list({ limit: 9 }).map(({ retro, deliveries }) => [retro, deliveries])).toEqual([[true, []]]);
    const report = await reportOf(world, MONTH, TEN + 3 * DAY_MS);
    expect(report.retro).toMatchObject([{ ap: 'a', site: 'a', since: TEN, until: TEN + 166 * 60_000 }]);
    for (const lang of LANGUAGES) {
      const words = PAPER_WORDS[lang];
      expect(`${paperOf({ report, months: [], words }).html}`).toContain(words.retro);
      expect((await xlsxOf(report, words)).length).toBeGreaterThan(
        (await xlsxOf({ ...report, retro: [] }, words)).length,
      );
    }
  });
  it('that becomes known after the month was closed makes a revision, once', async () => {
    const world = await reportWorld();
    await closeMonths(world, CLOSES);
    await lateMorning(world, CLOSES + DAY_MS);
    expect(await closeMonths(world, CLOSES + 2 * DAY_MS)).toEqual([{ month: MONTH, revision: 2 }]);
    expect(await closeMonths(world, CLOSES + 3 * DAY_MS)).toEqual([]);
    const [first, second] = [await reportOf(world, MONTH, CLOSES, 1), await reportOf(world, MONTH, CLOSES)];
    expect([first.retro.length, second.retro.length]).toEqual([0, 1]);
    expect(second.revisions.at(-1)).toMatchObject({ revision: 2, changed: 1, verdicts_changed: 0 });
  });
  it('is not for who sees other libraries only', async () => {
    const world = await reportWorld();
    await lateMorning(world, TEN + 2 * DAY_MS);
    const report = await reportOf(world, MONTH, TEN + 3 * DAY_MS);
    const seen = (sites: string[]) => visibleReport(report, { sites, regions: [] }).retro.length;
    expect([seen(['a']), seen(['b'])]).toEqual([1, 0]);
  });
});
