/** Why: monitoring costs data that somebody pays for: how much in the range, and how much of it were tests. */
import type { Measurements, TestCosts, TestView } from '#contract';
import type { Frame } from '../charts/series.ts';
import { bytes, count } from '../format.ts';
import { useLoad } from '../load.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { sitesWords } from '../words-sites.ts';
import { Panel } from './marks.tsx';

const w = siteWords;

/** Bytes of the range: tests from their own count, the whole from the probe's counter (sum = mean x samples). */
export function DataUsed({
  tests,
  ap,
  probe,
  frame,
  own,
}: {
  tests: readonly TestView[];
  ap: string;
  probe: string | null;
  frame: Frame;
  /** A stretch of one's own, not a usual range. */
  own: boolean;
}) {
  const counted = useLoad<Measurements>(
    probe === null
      ? null
      : `/measurements?probe=${encodeURIComponent(probe)}&metric=agent_bytes&from=${frame.from}&to=${frame.to}&points=${frame.points}`,
    { about: `${probe} ${frame.range}` },
  );
  const costs = useLoad<TestCosts | null>(`/access-points/${encodeURIComponent(ap)}/costs`);
  const ofTests = tests.reduce((sum, test) => sum + test.bytes, 0);
  const known = counted.value?.count.some((n) => n > 0) ?? false;
  const all =
    counted.value?.mean.reduce<number>((sum, mean, i) => sum + (mean ?? 0) * (counted.value?.count[i] ?? 0), 0) ?? 0;
  const total = Math.max(all, ofTests);
  return (
    <Panel
      title={w.data}
      id="h-data"
      end={own ? sitesWords.thisRange : w.dataOf(frame.range === '12mo' ? sitesWords.year : w.ranges[frame.range])}
    >
      <div class="pad">
        <p>
          <span class="bigv">{known ? bytes(total) : bytes(ofTests)}</span>
        </p>
        <dl class="facts">
          <dt>{w.dataTests(count(tests.length))}</dt>
          <dd>{bytes(ofTests)}</dd>
          <dt>{w.dataRest}</dt>
          <dd>{known ? bytes(total - ofTests) : <span class="qq">{words.unknown}</span>}</dd>
          {costs.value ? <Month costs={costs.value} /> : null}
        </dl>
      </div>
    </Panel>
  );
}

function Month({ costs }: { costs: TestCosts }) {
  const { all_bytes, tests_bytes, budget_bytes, left_bytes, account } = costs;
  return (
    <>
      <dt>{w.dataMonth}</dt>
      <dd>{all_bytes === null ? <span class="qq">{words.unknown}</span> : bytes(all_bytes)}</dd>
      <dt>{w.dataMonthTests(count(costs.tests))}</dt>
      <dd>{bytes(tests_bytes)}</dd>
      {budget_bytes === null || left_bytes === null ? null : (
        <>
          <dt>{w.dataBudget}</dt>
          <dd>
            {left_bytes >= costs.next_bytes
              ? w.dataBudgetLeft(bytes(left_bytes), bytes(budget_bytes))
              : w.dataBudgetSpent(bytes(budget_bytes))}
          </dd>
        </>
      )}
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
    </>
  );
}
