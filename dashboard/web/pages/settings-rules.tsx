/** Why: every number of every alert rule, with what it means; changed for all libraries, for metered lines, or for one. */
import { useState } from 'preact/hooks';
import type { RuleChanges, RuleParameter, RulesView, RuleValues } from '#contract';
import { ApiError, ask } from '../api.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { Pick } from '../parts/pick.tsx';
import { say } from '../parts/toast.tsx';
import { roster } from '../store.ts';
import { alertWords } from '../words-alerts.ts';
import { ruleWords as w } from '../words-rules.ts';

const ALL = ' all';
const METERED = ' metered';

export function Rules() {
  const loaded = useLoad<RulesView>('/rules');
  return (
    <Panel title={w.title} id="h-rules">
      {loaded.value ? (
        <Edited view={loaded.value} again={loaded.again} />
      ) : loaded.problem ? (
        <Failed what={w.title} problem={loaded.problem} again={loaded.again} />
      ) : (
        <Waiting what={w.title} />
      )}
    </Panel>
  );
}

function Edited({ view, again }: { view: RulesView; again: () => void }) {
  const [scope, setScope] = useState(ALL);
  const [error, setError] = useState<ApiError | null>(null);
  const save = async (form: HTMLFormElement) => {
    try {
      await ask('PUT', '/rules', { body: changed(view, scope, form) });
      setError(null);
      say(w.saved);
      again();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
  };
  const values = valuesOf(view.page, scope);
  return (
    <>
      <div class="pad fields">
        <p class="q all">{view.file ? w.fileToo : w.text}</p>
        <Pick
          {...{ scope: 'rules', name: 'for', label: w.scope, value: scope, onPick: setScope }}
          first={[
            [ALL, w.all],
            [METERED, w.metered],
          ]}
          choices={(roster.value?.sites ?? []).map(({ id, name }) => [id, name])}
        />
      </div>
      <form
        key={scope}
        class="ruled"
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        {error ? (
          <div class="pad">
            <Refusal error={error} known={[]} />
          </div>
        ) : null}
        {byRule(view.parameters.filter((one) => scope === ALL || one.perSite)).map(([rule, parameters]) => (
          <fieldset key={rule} class="pad fields rule">
            <legend>{alertWords.rule[rule]}</legend>
            {parameters.map((one) => (
              <Parameter key={one.name} parameter={one} value={values[one.name]} />
            ))}
          </fieldset>
        ))}
        <div class="foot-acts sticks">
          <span class="end" />
          <button class="btn go" type="submit">
            {w.save}
          </button>
        </div>
      </form>
    </>
  );
}

/** In the order of the table. */
const byRule = (parameters: readonly RuleParameter[]) => [...Map.groupBy(parameters, ({ rule }) => rule)];

/** Empty means: as everywhere. */
function Parameter({ parameter, value }: { parameter: RuleParameter; value: RuleValues[string] | undefined }) {
  const { name, type, description, unit, min, max, words = [] } = parameter;
  const id = `rule-${name}`;
  const usual = w.usual(String(parameter.default), unit ?? '');
  // The first sentence names it, the others explain.
  const [label = '', ...more] = description.split('. ');
  const hint = [...more, ...(type === 'number' ? [usual] : [])].join('. ');
  const described = hint === '' ? undefined : `${id}-hint`;
  return (
    <div class="field">
      <label for={id}>
        {label}
        {unit ? <>, {unit}</> : null}
      </label>
      {type === 'number' ? (
        <input
          id={id}
          name={name}
          type="number"
          aria-describedby={described}
          step="any"
          min={min}
          max={max}
          defaultValue={value === undefined ? '' : String(value)}
        />
      ) : (
        <select
          id={id}
          name={name}
          aria-describedby={described}
          defaultValue={value === undefined ? '' : String(value)}
        >
          <option value="">{usual}</option>
          {(type === 'switch' ? ['true', 'false'] : words).map((one) => (
            <option key={one} value={one} selected={String(value) === one}>
              {type === 'switch' ? w.onOff[one === 'true' ? 'on' : 'off'] : one}
            </option>
          ))}
        </select>
      )}
      {described ? <small id={described}>{hint}</small> : null}
    </div>
  );
}

function valuesOf(changes: RuleChanges, scope: string): RuleValues {
  return scope === ALL ? changes.all : scope === METERED ? changes.metered : (changes.sites[scope] ?? {});
}

function changed({ page, parameters }: RulesView, scope: string, form: HTMLFormElement): RuleChanges {
  const values: Record<string, RuleValues[string]> = {};
  const given = new FormData(form);
  for (const { name, type } of parameters) {
    const text = given.get(name);
    if (typeof text !== 'string' || text === '') continue;
    values[name] = type === 'number' ? Number(text) : type === 'switch' ? text === 'true' : text;
  }
  if (scope === ALL) return { ...page, all: values };
  if (scope === METERED) return { ...page, metered: values };
  return { ...page, sites: { ...page.sites, [scope]: values } };
}
