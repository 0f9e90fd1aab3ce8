/** Why: what the server hears of a new probe becomes six lines: what is done, what is to come, and what needs a hand, with what to do. Pure. */
import type { ProbeHeard, TestView } from '#contract';
import { age, bytes, count, cut, mbps, megabytes, NBSP, rate } from './format.ts';
import { words } from './words.ts';
import { startWords } from './words-start.ts';
import { testWords } from './words-tests.ts';

const w = startWords.heard;

export interface HeardLine {
  of: 'hello' | 'clock' | 'wan' | 'samples' | 'test' | 'verdict';
  /** `low`: done, and the line is below its target. */
  state: 'done' | 'low' | 'run' | 'todo' | 'wrong';
  title: string;
  /** What is known of it, or what to do. */
  texts: readonly string[];
  /** Server's clock, ms. */
  at: number | null;
}
type Line = Omit<HeardLine, 'of'>;

/** Older than this, a first frame says more of the probe's waiting than of its clock. */
const LATE_MS = 10_000;

/** In the order in which they come. `heard` null: nobody has been asked yet. `target`: of the network, Mb/s; null where it is not known. */
export function heardLines(heard: ProbeHeard | null, target: number | null): HeardLine[] {
  const lines: Record<HeardLine['of'], Line> = {
    hello: helloOf(heard),
    clock: clockOf(heard),
    wan: wanOf(heard?.wan ?? null),
    samples: samplesOf(heard?.samples ?? null),
    test: testOf(heard),
    verdict: verdictOf(heard?.test ?? null, heard?.target_mbps ?? target),
  };
  return Object.entries(lines).map(([of, line]) => ({ of: of as HeardLine['of'], ...line }));
}

export const isHeard = ({ state }: HeardLine): boolean => state === 'done' || state === 'low';

const todo = (title: string): Line => ({ state: 'todo', title, texts: [], at: null });

function helloOf(heard: ProbeHeard | null): Line {
  if (heard && !heard.admitted)
    return { state: 'wrong', title: w.hello.revoked, texts: [w.hello.revokedDo], at: heard.hello?.since ?? null };
  if (!heard?.hello) return todo(w.hello.todo);
  const { online, since, agent, refuses } = heard.hello;
  if (!online) return { state: 'wrong', title: w.hello.away, texts: [w.hello.awayDo], at: since };
  if (refuses !== null)
    return { state: 'wrong', title: w.hello.refuses, texts: [w.hello.refusesDo(refuses)], at: since };
  const known = agent === null ? [] : [w.hello.agent(agent)];
  return { state: 'done', title: w.hello.done, texts: [[heard.probe, ...known].join(', ')], at: since };
}

function clockOf(heard: ProbeHeard | null): Line {
  if (!heard?.clock) return todo(w.clock.todo);
  const { source, skew_ms: skew, behind_most_ms: behind, wrong } = heard.clock;
  const at = heard.samples?.last_at ?? null;
  const off = skew === null ? null : skew > 0 ? w.clock.ahead(age(skew)) : w.clock.behind(age(-skew));
  if (wrong && off !== null) return { state: 'wrong', title: w.clock.wrong, texts: [`${off}. ${w.clock.wrongDo}`], at };
  if (source === 0) return { state: 'wrong', title: w.clock.never, texts: [w.clock.neverDo], at };
  const setBy = source === null ? [] : [w.clock.setBy[source]];
  const done = (how: string): Line => ({ state: 'done', title: w.clock.done, texts: [[how, ...setBy].join(', ')], at });
  if (skew !== null) return done(skew > 0 ? w.clock.ahead(offOf(skew)) : w.clock.behind(offOf(-skew)));
  if (behind === null) return todo(w.clock.todo);
  if (behind > LATE_MS) return { state: 'run', title: w.clock.late, texts: [w.clock.lateDo(age(behind))], at };
  return done(w.clock.behindMost(offOf(behind)));
}

/** "0.2 s"; what is less than a tenth is one. */
const offOf = (ms: number): string => `${cut(Math.max(ms, 100) / 1000)}${NBSP}${words.units.s}`;

function wanOf(wan: ProbeHeard['wan']): Line {
  if (!wan) return todo(w.wan.todo);
  const { up, name, rx_mbps: rx, tx_mbps: tx, others, at } = wan;
  if (up === false) return { state: 'wrong', title: w.wan.down, texts: [w.wan.downDo], at };
  if (up === null && name === null) return { state: 'wrong', title: w.wan.none, texts: [w.wan.noneDo], at };
  const unit = (value: number) => `${rate(value)}${NBSP}${words.units.mbps}`;
  const now = rx === null || tx === null ? [] : [w.wan.now(unit(rx), unit(tx))];
  const proof = others === null ? w.wan.unknown : w.wan.others[others];
  return { state: 'done', title: others === 'own' ? w.wan.own : w.wan.done, texts: [...now, proof], at };
}

function samplesOf(samples: ProbeHeard['samples']): Line {
  if (!samples) return todo(w.samples.todo);
  const { n, rtt_ms: rtt, loss_pct: loss, clients, cpu_pct: cpu } = samples;
  const { ms, percent } = words.units;
  const said = [
    w.samples.n(count(n)),
    ...(rtt === null ? [] : [w.samples.rtt(`${cut(rtt)}${NBSP}${ms}`)]),
    ...(loss === null ? [] : [w.samples.loss(`${cut(loss)}${NBSP}${percent}`)]),
    ...(clients === null ? [] : [w.samples.clients(count(clients))]),
    ...(cpu === null ? [] : [w.samples.cpu(`${cut(cpu)}${NBSP}${percent}`)]),
  ];
  return { state: 'done', title: w.samples.done, texts: [said.join(', ')], at: samples.last_at };
}

function testOf(heard: ProbeHeard | null): Line {
  if (!heard) return todo(w.test.todo);
  const { asked, test, next_bytes } = heard;
  const limit = heard.limit_bytes === null ? words.unknown : megabytes(heard.limit_bytes / 1e6);
  const cost = bytes(next_bytes);
  switch (asked?.state) {
    case 'started':
    case 'finished':
      return { state: 'run', title: w.test.run, texts: [w.test.runText(cost, limit)], at: asked.at };
    case 'waiting':
    case 'accepted':
      return { state: 'run', title: w.test.waiting, texts: [w.test.runText(cost, limit)], at: asked.at };
    case 'failed':
    case 'expired': {
      const because = asked.detail ? [`${asked.detail}.`] : [];
      return { state: 'wrong', title: w.test[asked.state], texts: [...because, w.test.failedDo], at: asked.at };
    }
    case undefined:
      if (!test) return { ...todo(w.test.todo), texts: [w.test.todoText(cost, limit)] };
  }
  if (!test) return todo(w.test.todo);
  const text = test.method === 'passive' ? w.test.free : w.test.cost(bytes(test.bytes), limit);
  return { state: 'done', title: w.test.done, texts: [text], at: test.at };
}

function verdictOf(test: TestView | null, target: number | null): Line {
  if (!test) return todo(target === null ? w.verdict.todoAny : w.verdict.todo(mbps(target)));
  const { verdict, rate_mbps, limited_by, at } = test;
  const measured = rate_mbps === null ? [] : [w.verdict.rate(`${cut(rate_mbps)}${NBSP}${words.units.mbps}`)];
  const against = mbps(test.target_mbps);
  if (verdict === 'pass') return { state: 'done', title: w.verdict.pass(against), texts: measured, at };
  if (verdict === 'fail')
    return { state: 'low', title: w.verdict.fail(against), texts: [...measured, w.verdict.low], at };
  const why = limited_by === null ? [] : [`${capital(testWords.limit[limited_by])}.`, w.limit[limited_by]];
  return { state: 'wrong', title: w.verdict.unsure, texts: why, at };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
