/** Why: tests with their evidence, the same in the site's page and in an incident: verdict, rate, others' traffic, method, cost, note. */
import type { TestView } from '#contract';
import { bytes, cut, moment, NBSP } from '../format.ts';
import { words } from '../words.ts';
import { testWords } from '../words-tests.ts';
import { Figure, VerdictMark } from './marks.tsx';

const c = testWords.columns;

/** What one should know about a test, in words: why it could not tell, what asked for it, that it was close. */
export function noteOf(test: TestView): string {
  const parts = [
    test.limited_by ? testWords.limit[test.limited_by] : '',
    testWords.reason[test.reason],
    test.marginal ? testWords.marginal : '',
    test.dir === 'up' ? testWords.upload : '',
    test.series === 'line' ? testWords.offHours : '',
    test.burst_shaped ? testWords.burstShaped : '',
    test.loss_pct !== undefined && test.loss_pct >= 0.5 ? testWords.loss(`${cut(test.loss_pct)}${NBSP}%`) : '',
    test.rtt_idle_ms !== undefined && test.rtt_loaded_ms !== undefined
      ? testWords.loaded(inMs(test.rtt_idle_ms), inMs(test.rtt_loaded_ms))
      : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const inMs = (value: number) => `${Math.round(value)}${NBSP}${words.units.ms}`;

const methodOf = (test: TestView) =>
  test.method === 'passive'
    ? testWords.method.passive
    : `${testWords.method[test.method]}, ${cut(test.dur_ms / 1000)}${NBSP}${words.units.s}`;

interface TestsProps {
  tests: readonly TestView[];
  zone: string;
  now: number;
  label: string;
  mini?: boolean;
}

/** `mini` leaves out method and cost, for the incident's side panel. */
export function TestsTable({ tests, zone, now, label, mini = false }: TestsProps) {
  const unit = <span class="unit">{words.units.mbps}</span>;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={label}>
      <table class={mini ? 'mini' : ''}>
        <thead>
          <tr>
            <th scope="col">{c.time}</th>
            <th scope="col">{c.verdict}</th>
            <th scope="col" class="num">
              {c.down} {unit}
            </th>
            <th scope="col" class="num">
              {c.others} {unit}
            </th>
            {mini ? null : (
              <>
                <th scope="col">{c.method}</th>
                <th scope="col" class="num">
                  {c.cost}
                </th>
              </>
            )}
            <th scope="col">{c.note}</th>
          </tr>
        </thead>
        <tbody>
          {tests.map((test) => (
            <tr key={test.id}>
              <th scope="row" class="nw">
                <time dateTime={new Date(test.at).toISOString()}>{moment(test.at, now, zone)}</time>
              </th>
              <td>
                <VerdictMark verdict={test.verdict} />
              </td>
              <td class="num">
                <Figure value={test.rate_mbps} show={cut} />
              </td>
              <td class="num q">
                <Figure value={test.other_mbps} show={cut} />
              </td>
              {mini ? null : (
                <>
                  <td class="nw">{methodOf(test)}</td>
                  <td class="num q">{bytes(test.bytes)}</td>
                </>
              )}
              <td class="q">{noteOf(test)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
