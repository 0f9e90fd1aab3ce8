/** Why: what the server hears of a new probe is told truly: what is not known is to do, what fails says why and what to do, a bad verdict is a verdict. */
import { expect, test } from 'vitest';
import type { ProbeHeard } from '#contract';
import { heardLines, isHeard } from '../../dashboard/web/heard-lines.ts';
import { testOf } from './start-fixture.ts';

const AT = Date.parse('2026-11-19T14:14:00Z');
const NOTHING: ProbeHeard = {
  ...{ probe: 'p', at: AT, access_point: 'a', target_mbps: 30, admitted: true, hello: null, clock: null, wan: null },
  ...{ samples: null, asked: null, test: null, next_bytes: 2_540_000, limit_bytes: 2e9 },
};
const HELLO = { online: true, since: AT, seen_at: AT, agent: '1.2.3', refuses: null };
const CLOCK = { source: 1, skew_ms: null, behind_most_ms: 212, wrong: false } as const;
const WAN = { up: true, name: null, rx_mbps: null, tx_mbps: null, others: null, at: AT };
const SAMPLES = { n: 2, first_at: AT, last_at: AT, rtt_ms: 12.3, loss_pct: null, clients: 1, cpu_pct: null };

type Of = ReturnType<typeof heardLines>[number]['of'];
/** `state: title. texts`, with plain spaces. */
function said(of: Of, heard: Partial<ProbeHeard>): string {
  const line = heardLines({ ...NOTHING, ...heard }, 30).find((one) => one.of === of);
  return `${line?.state}: ${[line?.title, ...(line?.texts ?? [])].join(' | ')}`.replace(/\u00a0/g, ' ');
}

test('before anything came, all six are to do and none has a time', () => {
  for (const heard of [null, NOTHING])
    expect(heardLines(heard, 30).map(({ of, state, at }) => [of, state, at])).toEqual(
      ['hello', 'clock', 'wan', 'samples', 'test', 'verdict'].map((of) => [of, 'todo', null]),
    );
  expect(said('verdict', { target_mbps: 25 })).toBe('todo: First verdict against 25 Mb/s');
  expect(heardLines(null, null).at(-1)?.title).toBe('First verdict against the target');
});

test.each<[Of, Partial<ProbeHeard>, string]>([
  ['hello', { hello: HELLO }, 'done: Probe said hello | p, agent 1.2.3'],
  ['hello', { hello: { ...HELLO, online: false } }, 'wrong: It said hello, and is gone | Look whether'],
  ['hello', { hello: { ...HELLO, refuses: 'zone' } }, 'wrong: It said hello, but refuses its configuration | zone.'],
  ['hello', { hello: HELLO, admitted: false }, 'wrong: Its credential is revoked | Make another'],
  ['clock', { clock: CLOCK }, 'done: Its clock is right | at most 0.2 s behind, set by NTP'],
  [
    'clock',
    { clock: { ...CLOCK, source: 2, behind_most_ms: 3 } },
    'done: Its clock is right | at most 0.1 s behind, set by the server’s',
  ],
  ['clock', { clock: { ...CLOCK, skew_ms: 1500 } }, 'done: Its clock is right | 1.5 s ahead, set by NTP'],
  ['clock', { clock: { ...CLOCK, skew_ms: 300_000, wrong: true } }, 'wrong: Its clock is wrong | 5 min ahead. Let NTP'],
  ['clock', { clock: { ...CLOCK, source: 0 } }, 'wrong: Its clock was never set | Its samples are placed'],
  [
    'clock',
    { clock: { ...CLOCK, behind_most_ms: 60_000 } },
    'run: Its clock cannot be judged yet | What came was 1 min old',
  ],
  ['clock', { clock: { ...CLOCK, behind_most_ms: null } }, 'todo: Its clock is right'],
  ['wan', { wan: WAN }, 'done: It sees the router’s WAN port | Whether it sees'],
  [
    'wan',
    { wan: { ...WAN, rx_mbps: 2.5, tx_mbps: 0, others: 'all' } },
    'done: It sees the router’s WAN port | Now 2.5 Mb/s in, 0.0 Mb/s out. | So visitors’',
  ],
  ['wan', { wan: { ...WAN, others: 'part' } }, 'done: It sees the router’s WAN port | Hardware forwards'],
  ['wan', { wan: { ...WAN, others: 'own' } }, 'done: It sees a WAN port of its own | It is a device beside'],
  ['wan', { wan: { ...WAN, up: false } }, 'wrong: Its WAN port has no link | Plug in'],
  ['wan', { wan: { ...WAN, up: null } }, 'wrong: It knows of no WAN port | It has no default'],
  ['samples', { samples: SAMPLES }, 'done: First samples are stored | 2 samples, round trip 12.3 ms, 1 patron device'],
  [
    'test',
    {},
    'todo: First test | It comes by itself in opening hours. One now costs about 2.5 MB of the 2,000 MB a month.',
  ],
  ['test', { asked: { state: 'waiting', at: AT, detail: '' } }, 'run: First test is asked for | About 2.5 MB'],
  [
    'test',
    { asked: { state: 'started', at: AT, detail: '' } },
    'run: First test is running | About 2.5 MB of the 2,000 MB',
  ],
  [
    'test',
    { asked: { state: 'failed', at: AT, detail: 'no server' } },
    'wrong: The test could not run | no server. | Ask for',
  ],
  ['test', { asked: { state: 'expired', at: AT, detail: '' } }, 'wrong: The test did not start in time | Ask for'],
  ['test', { test: testOf(41.2, AT) }, 'done: First test is done | It cost 2.3 MB of the 2,000 MB a month'],
  [
    'test',
    { test: testOf(41.2, AT, { method: 'passive', bytes: 0 }) },
    'done: First test is done | By visitors’ own traffic',
  ],
  ['verdict', { test: testOf(41.26, AT) }, 'done: Meets 30 Mb/s | 41.2 Mb/s down'],
  ['verdict', { test: testOf(29.96, AT) }, 'low: Below 30 Mb/s | 29.9 Mb/s down | One low test'],
  [
    'verdict',
    { test: testOf(null, AT, { limited_by: 'wifi' }) },
    'wrong: The test could not tell | The probe is on Wi-Fi. | Connect it by cable.',
  ],
])('%s of %o', (of, heard, text) => {
  expect(said(of, heard).slice(0, text.length)).toBe(text);
});

test('a verdict below the target is heard as well as one that meets it; a test that could not tell is not', () => {
  const whole = { hello: HELLO, clock: CLOCK, wan: WAN, samples: SAMPLES };
  const heard = (rate: number | null) =>
    heardLines({ ...NOTHING, ...whole, test: testOf(rate, AT) }, 30).filter(isHeard);
  expect([heard(41).length, heard(11).length, heard(null).length]).toEqual([6, 6, 5]);
});
