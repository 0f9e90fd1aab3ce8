/** The table of states, row by row: what moves an incident, and what must not. */
import { describe, expect, test } from 'vitest';
import { emptyDarkInstance, reduceDarkInstance } from '../../dashboard/alert/dark-instance.ts';
import { noEpisode, noOverlays, reduceEpisode } from '../../dashboard/alert/episode.ts';
import { slowRuleWords } from '../../dashboard/alert/slow-words.ts';
import { always, fires, HOUR_OF_LOWS, lineOf } from './line.ts';
import { MINUTE, NOON } from './tests.ts';

const DAY = 1440;

describe('the condition', () => {
  test('row 1: after three good tests an unknown line is well, and nobody hears of a recovery', () => {
    const line = lineOf();
    expect(line.condition()).toBe('unknown');
    for (const minute of [0, 90, 180]) line.test(minute, 60);
    expect([line.condition(), line.effects]).toEqual(['ok', []]);
  });
  test('row 2: one low test is a suspicion, and the retest is due three minutes later', () => {
    const line = lineOf();
    line.test(0, 12);
    expect(line.condition()).toBe('suspect');
    expect(line.tick(2)).toEqual([]);
    expect(line.tick(3)).toEqual(['retest']);
    expect(line.effects.at(-1)).toMatchObject({ reason: 'confirm', avoid: 's0' });
  });
  test('row 3: a pass leaves a good line as it is', () => {
    const line = lineOf();
    for (const minute of [0, 90, 180, 270]) line.test(minute, 60);
    expect([line.condition(), line.instance().rule.head.at]).toEqual(['ok', NOON + 270 * MINUTE]);
  });
  test('what the line can do by itself, outside of opening hours, is no evidence either way', () => {
    const line = lineOf();
    for (const minute of HOUR_OF_LOWS) expect(line.test(minute, 12, { series: 'line' })).toEqual([]);
    expect(line.condition()).toBe('unknown');
  });
  test('row 4: what cannot tell changes nothing, is counted, and is never 0', () => {
    const line = lineOf();
    for (const minute of [0, 90, 180]) line.test(minute, 60);
    for (const minute of [190, 200, 210]) line.test(minute, null, { limited_by: 'cpu' });
    expect([line.condition(), line.effects]).toEqual(['ok', []]);
    expect(line.instance().rule.skipped.map((one) => one.class)).toEqual(Array(3).fill('inconclusive_cpu'));
  });
  test('row 5: seven low tests over an hour fire once', () => {
    const line = lineOf();
    fires(line);
    expect([line.condition(), line.told()]).toEqual(['firing', ['open', 'tell firing']]);
    expect(line.instance().episode).toMatchObject({ count: 1, open: { since: NOON, told: true } });
  });
  test('row 6: fewer tests, or less than an hour, is still a suspicion, with a next retest', () => {
    const line = lineOf();
    for (const minute of HOUR_OF_LOWS.slice(0, 6)) line.test(minute, 12);
    expect([line.condition(), line.told()]).toEqual(['suspect', []]);
    expect(line.tick(60)).toEqual(['retest']);
    const quick = lineOf();
    for (let minute = 0; minute < 59; minute += 4) quick.test(minute, 12);
    expect(quick.condition()).toBe('suspect');
  });
  test('row 7: the second pass ends the suspicion, and nobody hears of it', () => {
    const line = lineOf();
    for (const minute of [0, 3, 8]) line.test(minute, 12);
    line.test(15, 60);
    expect(line.condition()).toBe('suspect');
    line.test(30, 60);
    expect([line.condition(), line.told(), line.instance().rule.head.nearMisses]).toEqual(['ok', [], 1]);
  });
  test('row 8: a suspicion that is not decided in six open hours is given up', () => {
    const line = lineOf();
    line.test(0, 12);
    expect([line.condition(360), line.condition(361)]).toEqual(['suspect', 'ok']);
  });
  test('row 9: over closed hours it stands still, asks for nothing, and goes on in the morning; not after 26 hours', () => {
    const closes = NOON + 20 * MINUTE;
    const opens = NOON + 900 * MINUTE;
    const open = (at: number): boolean => at < closes || at >= opens;
    const openMinutes = (from: number, to: number): number =>
      Math.max(0, to - from - Math.max(0, Math.min(to, opens) - Math.max(from, closes))) / MINUTE;
    const line = lineOf({ open, openMinutes });
    for (const minute of [0, 3, 8, 15]) line.test(minute, 12);
    expect(line.tick(40)).toEqual([]);
    expect([line.condition(899), line.tick(900)]).toEqual(['suspect', ['retest']]);
    for (const minute of [901, 915, 930, 946]) line.test(minute, 12);
    expect(line.condition()).toBe('firing');
    const weekend = lineOf({ open, openMinutes });
    weekend.test(0, 12);
    expect(weekend.condition(26 * 60 + 1)).toBe('ok');
  });
  test('row 10: further low tests tell nobody again', () => {
    const line = lineOf();
    fires(line);
    for (const minute of [90, 180, 270]) expect(line.test(minute, 11)).toEqual([]);
  });
  test('row 11: a test at 33 Mb/s begins a recovery, with a retest ten minutes later', () => {
    const line = lineOf();
    fires(line);
    line.test(90, 34);
    expect([line.condition(), line.tick(99), line.tick(100)]).toEqual(['recovering', [], ['retest']]);
    expect(line.effects.at(-1)).toMatchObject({ reason: 'recovery' });
  });
  test('row 12: between 30 and 33 it goes on', () => {
    const line = lineOf();
    fires(line);
    line.test(90, 32);
    expect(line.condition()).toBe('firing');
  });
  test('row 13: a low test ends the recovery, in the same episode, and nobody is told again', () => {
    const line = lineOf();
    fires(line);
    line.test(90, 40);
    expect(line.test(100, 12)).toEqual([]);
    expect([line.condition(), line.instance().episode.count]).toEqual(['firing', 1]);
  });
  test('row 14: four tests at 33 over forty minutes end it, and those who heard hear so', () => {
    const line = lineOf();
    fires(line);
    for (const minute of [90, 100, 115]) expect(line.test(minute, 50)).toEqual([]);
    expect(line.test(135, 50)).toEqual(['close recovered', 'tell resolved']);
    expect([line.condition(), line.instance().episode.open]).toEqual(['ok', null]);
  });
  test('row 15: a recovery that is not decided in a day of opening time was none', () => {
    const line = lineOf();
    fires(line);
    line.test(90, 33.5);
    for (let n = 1; n < 9; n++) line.test(90 + n * 100, 31);
    expect(line.condition()).toBe('recovering');
    expect(line.condition(90 + DAY + 1)).toBe('firing');
    expect(line.told()).toEqual(['open', 'tell firing']);
  });
  test('row 16: no test while its probe is connected is no data; a firing alert stays open', () => {
    const line = lineOf();
    fires(line);
    expect(line.tick(60 + 269, true)).not.toContain('close');
    line.tick(60 + 271, true);
    expect([line.condition(), line.instance().episode.open?.told]).toEqual(['no_data', true]);
    const silent = lineOf();
    for (const minute of [0, 90, 180]) silent.test(minute, 60);
    silent.tick(180 + 271, false);
    expect(silent.condition()).toBe('ok'); // its probe is gone: that is the other rule's
  });
  test('row 17: a site that goes dark covers what is known of its speed', () => {
    const line = lineOf();
    line.set({ overlays: { inhibitedBy: 'dark antazave' } });
    fires(line);
    expect([line.condition(), line.told()]).toEqual(['firing', ['open', 'parent dark antazave']]);
  });
  test('row 18: the next test brings back what was, and tells nobody', () => {
    const line = lineOf();
    for (const minute of [0, 90, 180]) line.test(minute, 60);
    line.tick(500, true);
    expect(line.condition()).toBe('no_data');
    expect(line.test(510, 60)).toEqual([]);
    expect(line.condition()).toBe('ok');
  });
  test('row 19: an error of ours neither fires nor ends anything', () => {
    const line = lineOf();
    fires(line);
    const before = line.instance();
    const failing = { ...always, openMinutes: (): number => Number.NaN, open: (): boolean => false };
    line.set({ params: failing });
    for (const minute of [70, 80, 90, 130]) line.test(minute, 60);
    expect([line.instance().episode, line.told()]).toEqual([before.episode, ['open', 'tell firing']]);
  });
});

describe('who is told', () => {
  const firing = {
    condition: 'firing',
    since: NOON,
    evidenceAt: NOON,
    until: null,
    ended: 'recovered',
    severity: 'ticket',
  } as const;

  test('row 20: an acknowledgement leaves the condition and is not for the reducer: nothing is told twice', () => {
    const begun = reduceEpisode(noEpisode, firing, noOverlays, NOON);
    expect(reduceEpisode(begun.state, firing, noOverlays, NOON + 60 * MINUTE)).toEqual({
      state: begun.state,
      effects: [],
    });
  });
  test('row 21: silence and maintenance hold the message and nothing else', () => {
    for (const overlay of [{ silenced: true }, { maintenance: true }]) {
      const line = lineOf();
      line.set({ overlays: overlay });
      fires(line);
      expect([line.condition(), line.told()]).toEqual(['firing', ['open']]);
    }
  });
  test('row 22: when the silence ends and it still fires, it is told then', () => {
    const line = lineOf();
    line.set({ overlays: { silenced: true } });
    fires(line);
    line.set({ overlays: { silenced: false } });
    expect(line.tick(70)).toContain('tell firing');
    expect(line.tick(80)).not.toContain('tell firing');
  });
  test('row 23: what began and ended within a silence is never told', () => {
    const line = lineOf();
    line.set({ overlays: { silenced: true } });
    fires(line);
    for (const minute of [90, 100, 115, 135]) line.test(minute, 50);
    line.set({ overlays: { silenced: false } });
    line.tick(140);
    expect(line.told()).toEqual(['open', 'close recovered']);
  });
  test('row 24: a larger incident takes it in; who was told hears so once', () => {
    const line = lineOf();
    fires(line);
    line.set({ overlays: { inhibitedBy: 'group isp:A' } });
    expect(line.tick(61)).toEqual(['parent group isp:A', 'tell update digest']);
    expect(line.tick(62)).toEqual([]);
    const untold = lineOf();
    untold.set({ overlays: { inhibitedBy: 'group isp:A' } });
    fires(untold);
    expect(untold.told()).toEqual(['open', 'parent group isp:A']);
  });
  test('row 25: when the larger one ends, it is told after half an hour and one fresh low test', () => {
    const line = lineOf();
    line.set({ overlays: { inhibitedBy: 'group isp:A' } });
    fires(line);
    line.set({ overlays: { inhibitedBy: null } });
    expect(line.tick(70)).toEqual(['parent null']);
    expect(line.tick(101)).toEqual(['retest']); // half an hour, but nothing fresh: it is asked for
    expect(line.test(105, 12)).toContain('tell firing');
    const early = lineOf();
    early.set({ overlays: { inhibitedBy: 'group isp:A' } });
    fires(early);
    early.set({ overlays: { inhibitedBy: null } });
    early.tick(70);
    expect(early.test(80, 12)).not.toContain('tell firing');
    for (const minute of [85, 95, 110, 126]) early.test(minute, 60);
    expect(early.told().filter((word) => word.startsWith('tell'))).toEqual([]);
  });
  test('row 26: the fourth time in a day is told as flapping, the fifth goes into the summary, until a day was quiet', () => {
    const severities: string[] = [];
    let state = noEpisode;
    const cycle = (hour: number): void => {
      const now = NOON + hour * 60 * MINUTE;
      const begun = reduceEpisode(state, { ...firing, since: now, evidenceAt: now }, noOverlays, now);
      severities.push(...begun.effects.flatMap((one) => (one.kind === 'tell' ? [`${one.severity} ${one.why}`] : [])));
      state = reduceEpisode(begun.state, { ...firing, condition: 'ok', until: now + 1 }, noOverlays, now + 1).state;
    };
    for (const hour of [0, 2, 4, 6, 8]) cycle(hour);
    expect(state.flapping).toBe(true);
    expect(severities).toEqual(['ticket fired', 'ticket fired', 'ticket fired', 'ticket flapping', 'digest fired']);
    cycle(40);
    expect([severities.at(-1), state.flapping]).toEqual(['ticket fired', false]);
  });
  test('row 27: after fourteen days it goes into the summary', () => {
    const line = lineOf();
    fires(line);
    for (let day = 1; day <= 15; day++) line.test(day * DAY, 12);
    expect(line.told()).toEqual(['open', 'tell firing', 'tell update digest']);
    for (const minute of [0, 10, 25, 45]) line.test(16 * DAY + minute, 60);
    expect(line.told().at(-1)).toBe('tell resolved digest');
  });
  test('row 28: an edited rule judges what is kept anew: closed, not recovered, where it no longer holds', () => {
    const line = lineOf();
    fires(line);
    line.set({ params: { targetMbps: 10, version: 'edited' } });
    expect(line.tick(70)).toEqual(['close closed', 'tell closed']);
    const same = lineOf();
    fires(same);
    same.set({ params: { targetMbps: 25, version: 'edited' } });
    expect(same.tick(70)).not.toContain('close closed');
    expect(same.condition()).toBe('firing');
    expect(slowRuleWords(always)[0]).toMatchObject({ sighted: { lows: 6, of: 7, span_min: 60 } });
  });
  test('row 29: an access point without a probe is closed, and who was told hears so', () => {
    const params = { darkAfterMs: 5 * MINUTE, quietByDesign: false, graceUntil: 0, openSince: () => 0 };
    const sight = { online: false, since: NOON, lastSeen: NOON, byWill: true };
    const dark = reduceDarkInstance(
      emptyDarkInstance,
      { kind: 'look', sight },
      NOON + 6 * MINUTE,
      params,
      () => noOverlays,
    );
    expect(dark.effects.map((one) => one.kind)).toEqual(['open', 'tell']);
    const gone = reduceDarkInstance(
      dark.instance,
      { kind: 'look', sight: null },
      NOON + 7 * MINUTE,
      params,
      () => noOverlays,
    );
    expect(gone.effects).toMatchObject([
      { kind: 'close', ended: 'closed' },
      { kind: 'tell', what: 'closed' },
    ]);
  });
  test('row 30: declared over by hand it needs newer evidence to fire again', () => {
    const line = lineOf();
    fires(line);
    expect(line.over(65)).toEqual(['close recovered', 'tell resolved']);
    expect(line.test(62, 12)).toEqual([]); // from before it was declared over
    expect(line.condition()).toBe('ok');
    fires(line, 90);
    expect([line.condition(), line.told().filter((word) => word === 'tell firing').length]).toEqual(['firing', 2]);
  });
});
