/** Why: figures are worth what arrived of them: nothing is missing, or so much is, and why. */
import type { ApState, DeliveryGap, ProbeDelivery } from '#contract';
import { count, moment } from '../format.ts';
import { useLoad } from '../load.ts';
import { serverNow } from '../store.ts';
import { words } from '../words.ts';
import { delivery } from '../words-delivery.ts';
import { Empty, Failed, Waiting } from './answers.tsx';
import { Panel, State } from './marks.tsx';

const w = delivery;
const SHOWN = 8;

/** The proof of this probe, asked anew when `refresh` changes. */
export function Delivered({ probe, zone, refresh }: { probe: string; zone: string; refresh: number }) {
  const answer = useLoad<ProbeDelivery>(`/probes/${encodeURIComponent(probe)}/delivery`, { about: probe, refresh });
  const { value } = answer;
  const gaps = value?.gaps.slice(0, SHOWN) ?? [];
  return (
    <Panel
      title={w.title}
      id="h-delivery"
      note={w.note}
      end={value && value.gaps.length > SHOWN ? w.newest(count(SHOWN)) : null}
    >
      {value ? (
        <>
          <Answer value={value} zone={zone} />
          {gaps.length > 0 ? <Gaps gaps={gaps} zone={zone} /> : null}
        </>
      ) : answer.problem ? (
        <Failed what={words.what.delivery} problem={answer.problem} again={answer.again} />
      ) : (
        <Waiting what={words.what.delivery} />
      )}
    </Panel>
  );
}

function Answer({ value, zone }: { value: ProbeDelivery; zone: string }) {
  const { missing, since, last } = value;
  const now = serverNow.value;
  if (since === null || last === null) return <Empty title={w.nothing} text={w.nothingText} />;
  const [state, word] = verdictOf(missing);
  return (
    <div class="pad">
      <p>
        <State state={state} word={word} big />
      </p>
      {value.cloned ? <p>{w.cloned}</p> : null}
      <dl class="facts gap">
        <dt>{w.frames}</dt>
        <dd>{w.ofRuns(count(value.frames), value.runs.length)}</dd>
        <dt>{w.since}</dt>
        <dd>{moment(since, now, zone)}</dd>
        <dt>{w.last}</dt>
        <dd>{moment(last, now, zone)}</dd>
        <dt>{w.duplicates}</dt>
        <dd>{count(value.duplicates)}</dd>
      </dl>
    </div>
  );
}

/** The worst that is known, first. */
function verdictOf({ unexplained, awaited, explained }: ProbeDelivery['missing']): [ApState, string] {
  if (unexplained > 0) return ['below', w.unexplained(count(unexplained))];
  if (awaited > 0) return ['nodata', w.awaited(count(awaited))];
  if (explained > 0) return ['maint', w.explained(count(explained))];
  return ['meets', w.complete];
}

const Gaps = ({ gaps, zone }: { gaps: readonly DeliveryGap[]; zone: string }) => (
  <div class="scroll" tabIndex={0} role="group" aria-label={w.gaps}>
    <table>
      <thead>
        <tr>
          <th scope="col">{w.columns.since}</th>
          <th scope="col" class="num">
            {w.columns.n}
          </th>
          <th scope="col">{w.columns.why}</th>
        </tr>
      </thead>
      <tbody>
        {gaps.map((gap) => (
          <tr key={`${gap.run} ${gap.from}`}>
            <td>{moment(gap.since, serverNow.value, zone)}</td>
            <td class="num">{count(gap.n)}</td>
            <td>{gap.state === 'explained' ? w.lost[gap.class ?? 'frame'] : w.why[gap.state]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
