/** Why: was it like this an hour ago? One bar per quarter of an hour and state, each row to its own scale; what nobody counted is a gap. */
import type { ApState, StateHistory } from '#contract';
import { clock, count } from '../format.ts';
import { useLoad } from '../load.ts';
import { narrow } from '../narrow.ts';
import { commonZone, live, now } from '../store.ts';
import { words } from '../words.ts';
import { overviewWords } from '../words-overview.ts';
import { Failed, Waiting } from './answers.tsx';
import { Panel, State } from './marks.tsx';

const w = overviewWords;
const ROWS: readonly ApState[] = ['offline', 'below', 'nodata', 'maint'];
const DAY_S = 86_400;
const HEIGHT = 36;
/** No hour is named nearer to "now", as a part of the day: there would be no room for both. */
const ROOM = 1 / 6;
const NARROW_ROOM = 5 / 12;
const REFRESH_MS = 60_000;

export function DayStrip() {
  const history = useLoad<StateHistory>('/live/history', { refresh: Math.floor(now.value / REFRESH_MS) });
  const { value } = history;
  return (
    <Panel title={w.day} id="h-day" note={value && value.step_s > 900 ? w.dayHourNote : w.dayNote}>
      {value && value.t.length > 0 ? (
        <div class="lanes">
          {ROWS.map((state) => (
            <Lane key={state} state={state} history={value} />
          ))}
          <Hours history={value} />
        </div>
      ) : value ? (
        <p class="pad q">{w.dayNone}</p>
      ) : history.problem ? (
        <Failed what={w.day} problem={history.problem} again={history.again} />
      ) : (
        <Waiting what={w.day} />
      )}
    </Panel>
  );
}

const stepsOf = ({ step_s }: StateHistory): number => DAY_S / step_s;
const firstOf = (history: StateHistory): number =>
  (history.t.at(-1) ?? 0) - (stepsOf(history) - 1) * history.step_s * 1000;

function Lane({ state, history }: { state: ApState; history: StateHistory }) {
  const { t, per, step_s } = history;
  const first = firstOf(history);
  const steps = stepsOf(history);
  const most = Math.max(1, ...per[state]);
  const current = live.value.totals[state];
  return (
    <div class="lane day">
      <State state={state} />
      <svg
        class="box"
        viewBox={`0 0 ${steps} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={w.dayLabel(words.state[state], count(current), count(most))}
      >
        <rect class="axis" x="0" y={HEIGHT - 0.6} width={steps} height="0.6" />
        {t.map((at, i) => {
          const n = per[state][i] ?? 0;
          const height = n === 0 ? 0 : Math.max(3, (HEIGHT * n) / most);
          return (
            <rect
              key={at}
              class={`f-${state}`}
              x={(at - first) / (step_s * 1000) + 0.12}
              y={HEIGHT - height}
              width="0.76"
              height={height}
            />
          );
        })}
      </svg>
      <span class="now">{count(current)}</span>
    </div>
  );
}

/** Every sixth hour, where it is on the strip. */
function Hours({ history }: { history: StateHistory }) {
  const first = firstOf(history);
  const stepMs = history.step_s * 1000;
  const zone = commonZone.value;
  const steps = stepsOf(history);
  const marks = Array.from({ length: steps }, (_, i) => ({ i, label: clock(first + i * stepMs, zone) })).filter(
    ({ i, label }) => /^(00|06|12|18):00$/.test(label) && i < steps * (1 - (narrow.value ? NARROW_ROOM : ROOM)),
  );
  return (
    <div class="lane day hours" aria-hidden="true">
      <span />
      <svg class="box" height="20" width="100%">
        {marks.map(({ i, label }) => (
          <text key={i} x={`${(100 * i) / steps}%`} y="15">
            {label}
          </text>
        ))}
        <text class="last" x="100%" y="15">
          {w.now}
        </text>
      </svg>
      <span />
    </div>
  );
}
