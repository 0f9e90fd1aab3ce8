/** Why: who may look, act or administer. */

import { useState } from 'preact/hooks';
import { type Page, ROLES, type Role, SCOPED, type SiteScope } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { me } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';
import { setupWords } from '../words-setup.ts';

const w = settingsWords;
interface Person {
  name: string;
  role: Role;
  email: string | null;
  scope?: SiteScope | null;
  created_at: number;
}

export function People() {
  const people = useLoad<Page<Person>>('/users');
  const [error, setError] = useState<ApiError | null>(null);
  const [role, setRole] = useState<Role>('viewer');
  const limit = SCOPED[role];
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
  const create = async (form: HTMLFormElement) => {
    const { name = '', seen = '' } = textsOf(form);
    const given = seen
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean);
    const scope = limit ? { scope: { sites: [], regions: [], [limit]: given } } : {};
    const body = { name, role, password: new FormData(form).get('password'), ...scope };
    if (await act(() => post('/users', body))) {
      form.reset();
      setRole('viewer');
    }
  };
  return (
    <Panel title={w.people} id="h-people">
      {people.value ? (
        <div class="scroll" tabIndex={0} role="group" aria-label={w.people}>
          <table class="stacks">
            <thead>
              <tr>
                <th scope="col">{w.name}</th>
                <th scope="col">{w.role}</th>
                <th scope="col" class="num">
                  <span class="vh">{w.remove}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {people.value.items.map(({ name, role, scope }) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  <td>
                    {w.roles[role]}
                    {SCOPED[role] ? <span class="q"> {(scope?.[SCOPED[role]] ?? []).join(', ')}</span> : null}
                  </td>
                  <td class="num">
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
              ))}
            </tbody>
          </table>
        </div>
      ) : people.problem ? (
        <Failed what={w.people} problem={people.problem} again={people.again} />
      ) : (
        <Waiting what={w.people} />
      )}
      <form
        class="ruled"
        onSubmit={(event) => {
          event.preventDefault();
          void create(event.currentTarget);
        }}
      >
        <div class="pad fields">
          <div class="all">
            <Refusal error={error} known={['name', 'password', 'role', 'scope']} />
          </div>
          <Field
            scope="user"
            name="name"
            label={w.name}
            error={error}
            required
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            pattern="[a-z0-9._@\-]{1,64}"
          />
          <Select
            scope="user"
            name="role"
            label={w.role}
            value={role}
            onPick={(picked) => setRole(ROLES.find((one) => one === picked) ?? 'viewer')}
          >
            {ROLES.map((role) => (
              <option key={role} value={role}>
                {w.roles[role]}
              </option>
            ))}
          </Select>
          {limit ? (
            <Field
              scope="user"
              name="seen"
              label={manage.people.seen[limit]}
              hint={manage.people.seenHint[limit]}
              error={error}
              required
              maxLength={2000}
              autocomplete="off"
              wide
            />
          ) : null}
          <Field
            scope="user"
            name="password"
            label={words.login.password}
            hint={setupWords.hint}
            error={error}
            type="password"
            required
            minLength={12}
            autocomplete="new-password"
            wide
          />
        </div>
        <div class="foot-acts">
          <span class="end" />
          <button class="btn go" type="submit">
            {w.addPerson}
          </button>
        </div>
      </form>
    </Panel>
  );
}
