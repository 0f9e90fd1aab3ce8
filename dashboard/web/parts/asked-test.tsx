/** Why: a test costs data: the button says how much before anybody presses it, and the page says what became of it. */
import { useState } from 'preact/hooks';
import type { AskedTest, TestCosts } from '#contract';
import { ApiError, post } from '../api.ts';
import type { Line } from '../fleet.ts';
import { bytes, cut, moment, NBSP } from '../format.ts';
import { useLoad } from '../load.ts';
import { mayAct } from '../rights.ts';
import { serverNow } from '../store.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { testWords } from '../words-tests.ts';
import { Mark } from './marks.tsx';
import { say } from './toast.tsx';

const w = siteWords;
/** Older results are in the table of tests. */
const SHOWN_MS = 15 * 60_000;

export function TestNow({ ap, onAsked }: { ap: string; onAsked: () => void }) {
  const costs = useLoad<TestCosts | null>(`/access-points/${encodeURIComponent(ap)}/costs`);
  const [busy, setBusy] = useState(false);
  if (!mayAct()) return null;
  const ask = async () => {
    setBusy(true);
    try {
      await post(`/access-points/${encodeURIComponent(ap)}/test`);
      onAsked();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(error.problem.detail);
    }
    setBusy(false);
  };
  return (
    <button class="btn" type="button" disabled={busy} onClick={() => void ask()}>
      {w.testNow} {costs.value ? <span class="q">{w.testCost(bytes(costs.value.next_bytes))}</span> : null}
    </button>
  );
}

/** What the newest asked test waits for, or what came of it. */
export function AskedNote({ asked, line }: { asked: AskedTest | null; line: Line }) {
  const shown = asked && serverNow.value - asked.asked_at < SHOWN_MS ? asked : null;
  return (
    <div class="asked" role="status">
      {shown ? (
        <div class="note">
          <Mark state={markOf(shown)} />
          <span>
            <b>{w.asked.at(moment(shown.asked_at, serverNow.value, line.site.zone))}</b> {fateOf(shown, line)}
          </span>
        </div>
      ) : null}
    </div>
  );
}

function markOf({ test }: AskedTest) {
  return test?.verdict === 'pass' ? 'meets' : test?.verdict === 'fail' ? 'below' : 'nodata';
}

/** In words, for each end that a test can have. */
function fateOf({ state, detail, test }: AskedTest, { row }: Line): string {
  if (test?.verdict === 'inconclusive')
    return w.asked.couldNotTell(test.limited_by ? testWords.limit[test.limited_by] : w.asked.noReason);
  if (test && test.rate_mbps !== null)
    return w.asked.result(`${cut(test.rate_mbps)}${NBSP}${words.units.mbps}`, words.verdict[test.verdict]);
  const because = detail ? `: ${detail}` : '';
  switch (state) {
    case 'waiting':
      return row.probe_online === false ? w.asked.waitingOffline : w.asked.waiting;
    case 'accepted':
      return w.asked.accepted;
    case 'started':
      return w.asked.started;
    case 'finished':
      return w.asked.finished;
    case 'failed':
      return `${w.asked.failed}${because}.`;
    case 'expired':
      return `${w.asked.expired}${because}.`;
  }
}
