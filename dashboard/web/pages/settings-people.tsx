/** Why: who may look, act or administer. */

import { useState } from 'preact/hooks';
import { type Page, SCOPED } from '#contract';
import { ApiError, ask } from '../api.ts';
import { useLoad } from '../load.ts';
import { Failed, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { me } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';
import { type Person, PersonForm } from './settings-person-form.tsx';

const w = settingsWords;
export function People() {
  const people = useLoad<Page<Person>>('/users');
  const [error, setError] = useState<ApiError | null>(null);
  const [changed, setChanged] = useState<Person | null>(null);
  const act = async (work: () => Promise<unknown>) => {
    try {
      await work();
      setError(null);
      people.again();
      return true;
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
      return false;
    }
  };
  return (
    <Panel title={w.people} id="h-people">
      {people.value ? (
        <div class="scroll" tabIndex={0} role="group" aria-label={w.people}>
          <table class="stacks">
            <thead>
              <tr>
                <th scope="col">{words.login.name}</th>
                <th scope="col">{w.role}</th>
                <th scope="col" class="num">
                  <span class="vh">{w.remove}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {people.value.items.map((person) => {
                const { name, role, scope } = person;
                return (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>
                      {w.roles[role]}
                      {SCOPED[role] ? <span class="q"> {(scope?.[SCOPED[role]] ?? []).join(', ')}</span> : null}
                    </td>
                    <td class="num acts">
                      <button class="btn" type="button" onClick={() => setChanged(person)}>
                        {manage.people.change}
                        <span class="vh"> {name}</span>
                      </button>{' '}
                      {name === me.value?.name ? (
                        <span class="q">{w.you}</span>
                      ) : (
                        <button
                          class="btn"
                          type="button"
                          onClick={() => {
                            if (confirm(w.removeSure(name)))
                              void act(() => ask('DELETE', `/users/${encodeURIComponent(name)}`));
                          }}
                        >
                          {w.remove}
                          <span class="vh"> {name}</span>
                        </button>
                      )}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      ) : people.problem ? (
        <Failed what={w.people} problem={people.problem} again={people.again} />
      ) : (
        <Waiting what={w.people} />
      )}
      <PersonForm
        key={changed?.name ?? ''}
        person={changed}
        error={error}
        send={async (method, path, body) => {
          const done = await act(() => ask(method, path, { body }));
          if (done) setChanged(null);
          return done;
        }}
        cancel={() => {
          setChanged(null);
          setError(null);
        }}
      />
    </Panel>
  );
}
