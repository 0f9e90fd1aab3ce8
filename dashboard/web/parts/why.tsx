/** Why: the page shows its reasons. Each rule says what it found, with the tests it looked at on a scale against the target. */
import type { AlertExplanation, ChronicView, TestView } from '#contract';
import { count, cut, mbps, moment, NBSP } from '../format.ts';
import { useLoad } from '../load.ts';
import { lastAlert, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { alertWords } from '../words-alerts.ts';
import { siteWords } from '../words-site.ts';
import { Failed, Waiting } from './answers.tsx';
import { Panel, whole } from './marks.tsx';

const w = siteWords;

export function Why({ ap, target, zone, refresh }: { ap: string; target: number; zone: string; refresh: unknown }) {
  const path = `/alerts/explain?ap=${encodeURIComponent(ap)}`;
  const explained = useLoad<AlertExplanation>(path, { refresh: `${refresh} ${lastAlert.value?.id}` });
  return (
    <Panel title={w.why} id="h-why">
      {explained.problem ? (
        <Failed what={words.what.why} problem={explained.problem} again={explained.again} />
      ) : explained.value ? (
        <Steps explanation={explained.value} target={target} zone={zone} />
      ) : (
        <Waiting what={words.what.why} />
      )}
    </Panel>
  );
}

type Explained = AlertExplanation['rules'][number];

/** What is wrong or cannot be said, and always the speed; what is well is counted, and its reasons are behind the count. */
function Steps({ explanation, target, zone }: { explanation: AlertExplanation; target: number; zone: string }) {
  const { rules, chronic } = explanation;
  if (rules.length === 0) return <p class="pad q">{w.noReason}</p>;
  const isWell = ({ rule, condition }: Explained): boolean => condition === 'ok' && rule !== 'slow';
  const [told, well] = [rules.filter((one) => !isWell(one)), rules.filter(isWell)];
  const held = sameOverlays(rules);
  const steps = (some: readonly Explained[]) =>
    some.map((one) => <Step key={one.rule} one={one} held={held} target={target} zone={zone} />);
  const again = chronic ? <Again chronic={chronic} /> : null;
  const quiet = well.length + Number(again !== null && !chronic?.below);
  return (
    <>
      <ol class="steps pad">
        {steps(told)}
        {chronic?.below ? again : null}
      </ol>
      {held.length > 0 ? <p class="pad">{alertWords.held(held.join(', '))}</p> : null}
      {quiet > 0 ? (
        <details class="twin">
          <summary>{w.otherRules(count(quiet))}</summary>
          <ol class="steps pad">
            {steps(well)}
            {chronic?.below ? null : again}
          </ol>
        </details>
      ) : null}
    </>
  );
}

/** What keeps people from being told whatever the rule. */
function sameOverlays([first, ...others]: readonly Explained[]): readonly string[] {
  return (first?.overlays ?? []).filter((one) => others.every(({ overlays }) => overlays?.includes(one)));
}

interface StepProps {
  one: Explained;
  /** What is said of all of them together. */
  held: readonly string[];
  target: number;
  zone: string;
}
function Step({ one, held, target, zone }: StepProps) {
  const { rule, condition, reasons, evidence, words: rules, overlays = [], timers = [] } = one;
  const own = overlays.filter((overlay) => !held.includes(overlay));
  return (
    <li>
      <h3>
        {w.rule[rule]} <span class={condition === 'firing' ? 'strong' : 'q'}>{w.condition[condition]}</span>
      </h3>
      <div class="q">
        {reasons.length === 0 ? <p>{w.noReason}</p> : reasons.map((reason) => <p key={reason}>{whole(reason)}</p>)}
        <Scale tests={evidence} target={target} />
        {own.length > 0 ? <p>{alertWords.held(own.join(', '))}</p> : null}
        {timers.map(({ what, due }) => (
          <p key={what}>{w.waits(what, moment(due, serverNow.value, zone))}</p>
        ))}
        {rules ? <p>{whole(rules)}</p> : null}
      </div>
    </li>
  );
}

/** One failed test is weather; many of the planned ones are the line. */
function Again({ chronic: { below, n, fails, days, score, alarm_at } }: { chronic: ChronicView }) {
  const condition = n === 0 ? 'no_data' : below ? 'firing' : 'ok';
  return (
    <li>
      <h3>
        {w.again.title} <span class={below ? 'strong' : 'q'}>{w.condition[condition]}</span>
      </h3>
      <div class="q">
        <p>{n === 0 ? w.again.none(count(days)) : w.again.text(count(fails), count(n), count(days))}</p>
        {n > 0 ? <p>{w.again.score(cut(score), cut(alarm_at))}</p> : null}
      </div>
    </li>
  );
}

/** The tests on one line from 0: what failed as triangles, what passed as dots, the target as the ink line. */
function Scale({ tests, target }: { tests: readonly TestView[]; target: number }) {
  const rated = tests.flatMap((test) =>
    test.rate_mbps === null || test.dir !== 'down' ? [] : [{ rate: test.rate_mbps, failed: test.verdict === 'fail' }],
  );
  if (rated.length === 0) return null;
  const top = target * Math.max(2, Math.ceil(Math.max(...rated.map(({ rate }) => rate)) / target));
  const at = (value: number) => `${((100 * value) / top).toFixed(2)}%`;
  return (
    <svg
      class="box scale"
      width="100%"
      height="50"
      role="img"
      aria-label={w.scale(rated.map(({ rate }) => cut(rate)).join(', '), mbps(target))}
    >
      <line class="axis" x1="0" x2="100%" y1="24.5" y2="24.5" />
      <line class="target" x1={at(target)} x2={at(target)} y1="2" y2="30" />
      {rated.map(({ rate, failed }, i) =>
        failed ? (
          <svg key={i} class="g below" x={at(rate)} y="15" overflow="visible">
            <path d="M0-5.6 5.9 4.9h-11.8z" />
          </svg>
        ) : (
          <circle key={i} class="f-lamp" cx={at(rate)} cy="16" r="3" />
        ),
      )}
      <text x="0" y="44">
        0
      </text>
      <text class="mid on" x={at(target)} y="44">
        {cut(target, Number.isInteger(target) ? 0 : 1)}
      </text>
      <text class="rt" x="100%" y="44">{`${cut(top, 0)}${NBSP}${words.units.mbps}`}</text>
    </svg>
  );
}
