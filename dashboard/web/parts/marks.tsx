/** Why: state is shape, word and colour together; figures carry their exact value. Written once so that no page leaves one out. */

import type { ComponentChildren } from 'preact';
import { AP_STATES, type ApState, type Verdict } from '#contract';
import { cut, NBSP, rate } from '../format.ts';
import type { Mix } from '../tally.ts';
import { words } from '../words.ts';

export const Icon = ({ id, cls = '' }: { id: string; cls?: string }) => (
  <svg class={cls} aria-hidden="true">
    <use href={`#${id}`} />
  </svg>
);

/** Shapes are part of the meaning. */
const SHAPES: Record<ApState, string> = {
  meets: 'M-4.6 0a4.6 4.6 0 1 0 9.2 0a4.6 4.6 0 1 0-9.2 0z',
  below: 'M0-5.6 5.9 4.9h-11.8z',
  offline: 'M-4.8-4.8h9.6v9.6h-9.6z',
  nodata: 'M0-5a5 5 0 1 1 0 10a5 5 0 1 1 0-10zM0-3.1a3.1 3.1 0 1 0 0 6.2a3.1 3.1 0 1 0 0-6.2z',
  maint: 'M0-6 6 0 0 6-6 0z',
};
/** Drawn where it stands: a reference into the sprite is three elements more in each row of a table that moves. */
export const Mark = ({ state }: { state: ApState }) => (
  <svg class={`g ${state}`} viewBox="-6 -6 12 12" aria-hidden="true">
    <path fill-rule="evenodd" d={SHAPES[state]} />
  </svg>
);

/** Totals run from good to unknown; lists run worst first. */
export const TALLY: readonly ApState[] = ['meets', 'below', 'offline', 'nodata', 'maint'];

/** The state's word; `below` names the target where it is known. */
export function stateWord(state: ApState, target?: number | null): string {
  if (state !== 'below' || target === undefined || target === null) return words.state[state];
  return words.state.belowTarget(Number.isInteger(target) ? String(target) : cut(target));
}

interface StateProps {
  state: ApState;
  word?: string;
  target?: number | null;
  big?: boolean;
}
export const State = ({ state, word, target, big }: StateProps) => (
  <span class={`st ${state}${big ? ' big' : ''}`}>
    <Mark state={state} />
    {word ?? stateWord(state, target)}
  </span>
);

const VERDICT_STATE = { pass: 'meets', fail: 'below', inconclusive: 'nodata' } as const satisfies Record<
  Verdict,
  ApState
>;
export const VerdictMark = ({ verdict }: { verdict: Verdict }) => (
  <State state={VERDICT_STATE[verdict]} word={words.verdict[verdict]} />
);

interface FigureProps {
  value: number | null;
  show?: (value: number) => string;
  offline?: boolean;
  unit?: string;
}
/** A figure cut for people, exact in its `value`; unknown is a word. A dash only where there is no connection to measure. */
export function Figure({ value, show = rate, offline = false, unit }: FigureProps) {
  if (offline)
    return (
      <span class="qq">
        <span aria-hidden="true">–</span>
        <span class="vh">{words.noConnection}</span>
      </span>
    );
  if (value === null) return <span class="qq">{words.unknownFigure}</span>;
  return (
    <data value={String(value)}>
      {show(value)}
      {unit ? `${NBSP}${unit}` : ''}
    </data>
  );
}

interface PanelProps {
  title: string;
  id: string;
  note?: ComponentChildren;
  end?: ComponentChildren;
  children: ComponentChildren;
  cls?: string;
}
/** The only box. Its heading names it. */
export const Panel = ({ title, id, note, end, children, cls = '' }: PanelProps) => (
  <section class={`panel ${cls}`} aria-labelledby={id}>
    <header>
      <h2 id={id}>{title}</h2>
      {note ? <span class="q">{note}</span> : null}
      {end ? <span class="end">{end}</span> : null}
    </header>
    {children}
  </section>
);

const RATE = new RegExp(`([\\d.,]+\\s${words.units.mbps})`);

/** Browsers break a line behind the stroke of "Mb/s". A rate in a sentence stays whole. */
export const whole = (sentence: string): ComponentChildren =>
  sentence.split(RATE).map((part, i) => (i % 2 === 1 ? <span class="nw">{part}</span> : part));

/** The shares of the states of many in one bar. `n`: of how many; `per` adds up to it. */
export const MixBar = ({ per, n }: { per: Mix; n: number }) => (
  <svg
    class="mixbar"
    viewBox="0 0 1000 10"
    preserveAspectRatio="none"
    role="img"
    aria-label={AP_STATES.map((state) => `${words.state[state]} ${per[state]}`).join(', ')}
  >
    {mix(per, n)}
  </svg>
);

function mix(per: Mix, n: number) {
  let x = 0;
  return TALLY.filter((state) => per[state] > 0).map((state) => {
    const width = (1000 * per[state]) / n;
    const bar = <rect key={state} class={`f-${state}`} x={x} width={Math.max(2, width - 2)} height="10" />;
    x += width;
    return bar;
  });
}
