/** Why: each filter is a chip that says what it is and goes by one press; several of a kind widen, kinds narrow each other. */
import { computed } from '@preact/signals';
import { AP_STATES } from '#contract';
import { count } from '../format.ts';
import { type Filter, namesText } from '../order.ts';
import { beginning, commonTarget, roster } from '../store.ts';
import type { Mix } from '../tally.ts';
import { words } from '../words.ts';
import { sitesWords } from '../words-sites.ts';
import { Find } from './frame.tsx';
import { Mark, stateWord } from './marks.tsx';

const w = words.sites;

/** What there is to choose from. */
const names = computed(() => {
  const all = roster.value;
  const begun = all ? null : beginning.value;
  const sites = all?.sites ?? [];
  return {
    region: begun?.regions ?? named(sites.map(({ region }) => region)),
    isp: begun?.isps ?? named(sites.map(({ isp }) => isp)),
    metered: begun?.metered ?? sites.some((site) => site.metered),
  };
});

interface FiltersProps {
  filter: Filter;
  per: Mix;
  set: (changes: Record<string, string | null>) => void;
}

export function Filters({ filter: { q, states, regions, isps, metered }, per, set }: FiltersProps) {
  const known = names.value;
  return (
    <>
      <Find cls="field find-here" />
      <div class="chips" role="group" aria-label={w.filters}>
        {q ? <Gone text={w.searched(q)} onClick={() => set({ q: null })} /> : null}
        {AP_STATES.map((state) => (
          <button
            key={state}
            class={`chip${states.includes(state) ? ' on' : ''}`}
            type="button"
            aria-pressed={states.includes(state)}
            onClick={() => set({ state: without(states, state) ?? [...states, state].join() })}
          >
            <Mark state={state} />
            {stateWord(state, commonTarget.value)} <span class="q">{count(per[state])}</span>
          </button>
        ))}
        <Names
          label={w.region}
          add={sitesWords.addRegion}
          names={known.region}
          on={regions}
          set={(region) => set({ region })}
        />
        <Names
          label={w.columns.isp}
          add={sitesWords.addProvider}
          names={known.isp}
          on={isps}
          set={(isp) => set({ isp })}
        />
        {known.metered || metered ? <Metered on={metered} set={(value) => set({ metered: value })} /> : null}
      </div>
    </>
  );
}

/** Only lines that are paid by what passes them. */
export const Metered = ({ on, set }: { on: boolean; set: (value: string | null) => void }) => (
  <button class={`chip${on ? ' on' : ''}`} type="button" aria-pressed={on} onClick={() => set(on ? null : '1')}>
    {sitesWords.metered}
  </button>
);

/** The others as text; null where `one` is not among them. */
export const without = (all: readonly string[], one: string): string | null =>
  all.includes(one) ? all.filter((other) => other !== one).join() : null;

/** Each once, by name, without the empty one. */
const named = (names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => name !== '').sort(new Intl.Collator().compare);

interface NamesProps {
  label: string;
  add: string;
  names: readonly string[];
  on: readonly string[];
  set: (text: string) => void;
}

/** The chosen ones as chips, and a list to choose another from. */
export function Names({ label, add, names, on, set }: NamesProps) {
  const others = names.filter((name) => !on.includes(name));
  return (
    <>
      {on.map((name) => (
        <Gone key={name} text={name} onClick={() => set(namesText(on.filter((one) => one !== name)))} />
      ))}
      {names.length > 1 && others.length > 0 ? (
        <select
          class="chip"
          aria-label={label}
          value=""
          onChange={({ currentTarget }) => {
            const { value } = currentTarget;
            currentTarget.value = '';
            set(namesText([...on, value]));
          }}
        >
          <option value="">{add}</option>
          {others.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      ) : null}
    </>
  );
}

/** A filter in force; pressing it removes it. */
export const Gone = ({ text, onClick }: { text: string; onClick: () => void }) => (
  <button class="chip on" type="button" onClick={onClick}>
    {text}{' '}
    <span class="x" aria-hidden="true">
      ×
    </span>
    <span class="vh">{w.clear}</span>
  </button>
);
