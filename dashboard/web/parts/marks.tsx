/** Why: state is shape, word and colour together; figures carry their exact value. Written once so that no page leaves one out. */

import type { ComponentChildren } from 'preact';
import type { ApState, Verdict } from '#contract';
import { cut, NBSP, rate } from '../format.ts';
import { words } from '../words.ts';

export const Icon = ({ id, cls = '' }: { id: string; cls?: string }) => (
  <svg class={cls} aria-hidden="true">
    <use href={`#${id}`} />
  </svg>
);

export const Mark = ({ state }: { state: ApState }) => (
  <svg class={`g ${state}`} aria-hidden="true">
    <use href={`#${state}`} />
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
