/** Why: what is done, under way, to come and what needs a hand are told by shape, words and place, the same in every list of steps. */
import type { ComponentChildren } from 'preact';
import { startWords } from '../words-start.ts';
import { Mark } from './marks.tsx';

export type CheckState = 'done' | 'low' | 'run' | 'todo' | 'wrong';

const TICK = 'M2.5 8.5 6.3 12 13.5 4';
const CIRCLE = 'M2 8a6 6 0 1 0 12 0a6 6 0 1 0-12 0z';

/** The state's word is for who does not see the shape. */
function Shape({ state }: { state: CheckState }) {
  const { done, run, todo, wrong } = startWords.heard.state;
  return (
    <>
      {state === 'low' || state === 'wrong' ? (
        <Mark state="below" />
      ) : (
        <svg class="g" viewBox="0 0 16 16" aria-hidden="true">
          {state === 'done' ? <path class="tick-mark" d={TICK} /> : <path class="dots-mark" d={CIRCLE} />}
        </svg>
      )}
      <span class="vh">{{ done, low: done, run, todo, wrong }[state]}: </span>
    </>
  );
}

interface CheckProps {
  state: CheckState;
  title: string;
  texts?: readonly string[];
  end?: ComponentChildren;
  children?: ComponentChildren;
}
export const Check = ({ state, title, texts = [], end, children }: CheckProps) => (
  <li class={state === 'todo' ? 'todo' : ''}>
    <span class="shape">
      <Shape state={state} />
    </span>
    <div>
      <b>{title}</b>
      {texts.map((text) => (
        <span key={text} class="q">
          {text}
        </span>
      ))}
      {children}
    </div>
    {end ? <span class="q">{end}</span> : null}
  </li>
);
