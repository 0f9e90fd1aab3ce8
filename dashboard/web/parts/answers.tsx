/** Why: waiting, empty and refused look the same on every page, and each says what to do. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api.ts';
import { words } from '../words.ts';

/** Skeleton, after 200 ms: a fast answer shows none. */
export function Waiting({ what }: { what: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class="pad skels" aria-busy="true">
      {late ? (
        <>
          <span class="vh">{words.load.what(what)}</span>
          {['w2', 'w1', 'w2', 'w3'].map((w, i) => (
            <span key={i} class={`skel ${w}`} />
          ))}
        </>
      ) : null}
    </div>
  );
}

interface EmptyProps {
  title: string;
  text: string;
  children?: ComponentChildren;
}
export const Empty = ({ title, text, children }: EmptyProps) => (
  <div class="empty">
    <h2>{title}</h2>
    <p>{text}</p>
    {children ? <div class="acts">{children}</div> : null}
  </div>
);

export const Failed = ({ what, problem, again }: { what: string; problem: ApiError; again: () => void }) => (
  <div class="empty" role="alert">
    <h2>{words.load.failed(what)}</h2>
    <p>
      {problem.problem.detail} <span class="mono">{problem.problem.code}</span>
      <Asked of={problem} />
    </p>
    <div class="acts">
      <button class="btn" type="button" onClick={again}>
        {words.load.again}
      </button>
    </div>
  </div>
);

/** Under this number the server's log says why. */
const Asked = ({ of: { problem } }: { of: ApiError }) =>
  problem.request === undefined ? null : (
    <>
      {' '}
      {words.load.request} <span class="mono">{problem.request}</span>
    </>
  );

/** What the server refused, beside the form that asked. Field errors stand at their fields; those of unknown fields stand here. */
export function Refusal({ error, known = [] }: { error: ApiError | null; known?: readonly string[] }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button that was pressed was switched off meanwhile: who works by keyboard would begin again at the top of the page.
    if (error && document.activeElement === document.body)
      (note.current?.closest('form')?.querySelector<HTMLElement>('[aria-invalid]') ?? note.current)?.focus();
  }, [error]);
  if (!error) return null;
  const others = (error.problem.errors ?? []).filter(({ field }) => !known.includes(field));
  return (
    <div class="note refusal" role="alert" tabIndex={-1} ref={note}>
      <span>
        <b>{error.problem.detail}</b>
        <Asked of={error} />
        {others.map(({ field, message }) => (
          <span key={field} class="q">
            {' '}
            {field}: {message}
          </span>
        ))}
      </span>
    </div>
  );
}
