/** Why: monitoring costs data that somebody pays for: how much of its budget is used, whether the month will hold, and what the range shown took. */
import type { Measurements, Page, TestCosts, TestView } from '#contract';
import type { Frame } from '../charts/series.ts';
import { bytes, count, day } from '../format.ts';
import { useLoad } from '../load.ts';
import { narrow } from '../narrow.ts';
import { serverNow } from '../store.ts';
import { words } from '../words.ts';
import { rangeWords } from '../words-range.ts';
import { siteWords } from '../words-site.ts';
import { Panel } from './marks.tsx';

const w = siteWords;

interface DataProps {
  ap: string;
  /** Of the range; null while they come. */
  tests: Page<TestView> | null;
  probe: string | null;
  frame: Frame;
  /** A stretch of one's own, not a usual range. */
  own: boolean;
}

export function DataUsed({ tests, ap, probe, frame, own }: DataProps) {
  const costs = useLoad<TestCosts | null>(`/access-points/${encodeURIComponent(ap)}/costs`);
  const range = own ? rangeWords.thisRange : w.dataOf(frame.range === '12mo' ? rangeWords.year : w.ranges[frame.range]);
  return (
    <Panel title={w.data} id="h-data" end={costs.value ? spanOf(costs.value.month).written : undefined}>
      <div class="pad">
        {costs.value ? <Month costs={costs.value} /> : null}
        <h3 class="gap">{range}</h3>
        <dl class="facts">
          <InRange tests={tests} probe={probe} frame={frame} />
        </dl>
      </div>
    </Panel>
  );
}

/** Bytes of the range: tests from their own count, the whole from the probe's counter (sum = mean x samples). */
function InRange({ tests, probe, frame }: Pick<DataProps, 'tests' | 'probe' | 'frame'>) {
  const counted = useLoad<Measurements>(
    probe === null
      ? null
      : `/measurements?probe=${encodeURIComponent(probe)}&metric=agent_bytes&from=${frame.from}&to=${frame.to}&points=${frame.points}`,
    { about: `${probe} ${frame.range}` },
  ).value;
  const ofTests = tests?.items.reduce((sum, test) => sum + test.bytes, 0) ?? 0;
  const known = counted?.count.some((n) => n > 0) ?? false;
  const all = counted?.mean.reduce<number>((sum, mean, i) => sum + (mean ?? 0) * (counted.count[i] ?? 0), 0) ?? 0;
  return (
    <>
      {/* Of more tests than a list holds the bytes are not known one by one. */}
      {tests && tests.next === null ? (
        <>
          <dt>{w.dataTests(count(tests.items.length))}</dt>
          <dd>{bytes(ofTests)}</dd>
        </>
      ) : null}
      <dt>{w.dataAll}</dt>
      <dd>{known ? bytes(Math.max(all, ofTests)) : <span class="qq">{words.unknown}</span>}</dd>
    </>
  );
}

/** The month of an account, which is one of UTC. */
function spanOf(month: string): { from: number; to: number; last: string; written: string } {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  const [from, to] = [Date.UTC(year, number - 1), Date.UTC(year, number)];
  const last = day(to - 1, 'UTC');
  return { from, to, last, written: `${day(from, 'UTC')} – ${last}` };
}

/** Earlier than this a month says nothing of its end. */
const PACE_FROM = 0.1;

function Month({ costs }: { costs: TestCosts }) {
  const { all_bytes, tests_bytes, budget_bytes, left_bytes, account } = costs;
  const spent = account?.spent_bytes ?? tests_bytes;
  return (
    <>
      <p>
        <span class="bigv">{bytes(spent)}</span>{' '}
        {budget_bytes === null ? null : <span class="q">{w.dataOfBudget(bytes(budget_bytes))}</span>}
      </p>
      {budget_bytes === null || budget_bytes === 0 ? null : (
        <Meter spent={spent} budget={budget_bytes} month={costs.month} />
      )}
      <dl class="facts">
        <dt>{w.dataTests(count(costs.tests))}</dt>
        <dd>{bytes(tests_bytes)}</dd>
        <dt>{w.dataRest}</dt>
        <dd>{all_bytes === null ? <span class="qq">{words.unknown}</span> : bytes(all_bytes - tests_bytes)}</dd>
        {budget_bytes !== null && left_bytes !== null && left_bytes < costs.next_bytes ? (
          <>
            <dt>{w.dataBudget}</dt>
            <dd>{w.dataBudgetSpent(bytes(budget_bytes))}</dd>
          </>
        ) : null}
        {account?.state === 'day_spent' ? (
          <>
            <dt>{w.dataToday}</dt>
            <dd>{w.dataTodaySpent}</dd>
          </>
        ) : null}
        {account && account.reserve_bytes > 0 ? (
          <>
            <dt>{w.dataReserve}</dt>
            <dd>{bytes(account.reserve_bytes)}</dd>
          </>
        ) : null}
      </dl>
    </>
  );
}

/** The budget as a bar, what is spent of it, and where the pace so far leads. The probe keeps within its budget: no pace leads beyond. */
function Meter({ spent, budget, month }: { spent: number; budget: number; month: string }) {
  const { from, to, last } = spanOf(month);
  const gone = Math.min(1, Math.max(0, (serverNow.value - from) / (to - from)));
  const pace = gone >= PACE_FROM && gone < 1 ? Math.min(budget, spent / gone) : null;
  const share = (value: number) => Math.min(100, (100 * value) / budget);
  const at = pace === null ? null : share(pace);
  const until = pace === null ? '' : w.dataPace(bytes(pace), last);
  // On a phone the words are nearly as wide as the bar.
  const side = at === null || at < (narrow.value ? 50 : 25) ? '' : at > (narrow.value ? 50 : 75) ? 'rt' : 'mid';
  return (
    <svg
      class="meter"
      width="100%"
      height={at === null ? 18 : 40}
      role="img"
      aria-label={[`${bytes(spent)} ${w.dataOfBudget(bytes(budget))}`, ...(at === null ? [] : [until])].join(', ')}
    >
      <rect class="f-track" y="4" width="100%" height="10" rx="2" />
      <rect class="f-lamp" y="4" width={`${share(spent)}%`} height="10" rx="2" />
      {at === null ? null : (
        <>
          <line class="target" x1={`${at}%`} x2={`${at}%`} y1="0" y2="18" />
          <text x={`${side === 'mid' ? at : side === 'rt' ? 100 : 0}%`} y="35" class={side} aria-hidden="true">
            {until}
          </text>
        </>
      )}
    </svg>
  );
}
