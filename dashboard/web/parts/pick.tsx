/** Why: one of 20,000 libraries is found by a part of its name; a list of all of them would be neither drawn at once nor read by anybody. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { folded } from '#contract';
import { count } from '../format.ts';
import { pickWords as w } from '../words-pick.ts';

/** So many are listed at a time; a list that is no longer needs no search. */
export const LISTED = 50;

/** Value and name. */
export type Choice = readonly [value: string, name: string];

/** Those whose name or value holds every word of `q`, in their order. */
export function matching<T>(all: readonly T[], q: string, textOf: (one: T) => string): readonly T[] {
  const wanted = folded(q).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return all;
  return all.filter((one) => {
    const text = folded(textOf(one));
    return wanted.every((word) => text.includes(word));
  });
}

interface PickProps {
  name: string;
  label: string;
  /** Makes ids unique where a page has two forms with the same names. */
  scope: string;
  hint?: string;
  /** What is chosen, where the form keeps it; else the list does, from its first one on. */
  value?: string;
  onPick?: (value: string) => void;
  choices: readonly Choice[];
  /** Options before all others, such as "all". */
  first?: readonly Choice[];
}

/** What is typed and what is chosen; both begin anew with the form. */
function useChoice({ value, onPick, choices, first = [] }: PickProps) {
  const [q, setQ] = useState('');
  const [own, setOwn] = useState<string | null>(null);
  const found = useMemo(() => matching(choices, q, textOf), [choices, q]);
  const select = useRef<HTMLSelectElement>(null);
  useEffect(() => {
    const form = select.current?.form;
    const reset = () => {
      setQ('');
      setOwn(null);
    };
    form?.addEventListener('reset', reset);
    return () => form?.removeEventListener('reset', reset);
  }, []);
  const choose = (next: string) => {
    setOwn(next);
    onPick?.(next);
  };
  const type = (next: string) => {
    setQ(next);
    const [best] = next.trim() === '' ? [] : matching(choices, next, textOf);
    if (best) choose(best[0]);
  };
  return { q, found, select, choose, type, chosen: value ?? own ?? first[0]?.[0] ?? choices[0]?.[0] ?? '' };
}

const textOf = (choice: Choice): string => choice.join(' ');

/** A select with a search above it where it would be long: what is typed chooses the first that matches. */
export function Pick(props: PickProps) {
  const { name, label, scope, hint, choices, first = [] } = props;
  const { q, found, select, choose, type, chosen } = useChoice(props);
  const id = `${scope}-${name}`;
  const listed = found.slice(0, LISTED);
  const isListed = [...first, ...listed].some(([one]) => one === chosen);
  const kept = isListed ? [] : choices.filter(([one]) => one === chosen);
  const more = found.length - listed.length;
  const said = [hint, found.length === 0 ? w.none : more > 0 ? w.more(count(more)) : ''].filter(Boolean).join(' ');
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {choices.length > LISTED ? (
        <input
          type="search"
          aria-label={w.find(label)}
          placeholder={w.find(label)}
          value={q}
          onInput={(event) => type(event.currentTarget.value)}
          onKeyDown={(event) => {
            // It chooses; it does not send the form.
            if (event.key === 'Enter') event.preventDefault();
          }}
        />
      ) : null}
      <select
        ref={select}
        id={id}
        name={name}
        value={chosen}
        onChange={(event) => choose(event.currentTarget.value)}
        {...(said ? { 'aria-describedby': `${id}-h` } : {})}
      >
        {[...first, ...kept, ...listed].map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
      {said ? <small id={`${id}-h`}>{said}</small> : null}
    </div>
  );
}
