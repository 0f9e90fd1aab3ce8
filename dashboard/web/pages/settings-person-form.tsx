/** Why: one form makes a person and changes one: what may be seen belongs to the role, and a password is only asked for where there is none. */
import { useState } from 'preact/hooks';
import { ROLES, type Role, SCOPED, type SiteScope } from '#contract';
import type { ApiError } from '../api.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';
import { setupWords } from '../words-setup.ts';

const w = settingsWords;

export interface Person {
  name: string;
  role: Role;
  email: string | null;
  scope?: SiteScope | null;
  created_at: number;
}
interface FormProps {
  /** Whom it changes; null: it makes a new one. */
  person: Person | null;
  error: ApiError | null;
  /** False when the server refused it. */
  send: (method: 'POST' | 'PUT', path: string, body: object) => Promise<boolean>;
  cancel: () => void;
}

export function PersonForm({ person, error, send, cancel }: FormProps) {
  const [role, setRole] = useState<Role>(person?.role ?? 'viewer');
  const limit = SCOPED[role];
  const submit = async (form: HTMLFormElement) => {
    const { name = '', seen = '' } = textsOf(form);
    const password = new FormData(form).get('password');
    const body = { role, ...(password === '' ? {} : { password }), ...scopeOf(seen, limit, person) };
    if (person) await send('PUT', `/users/${encodeURIComponent(person.name)}`, body);
    else if (await send('POST', '/users', { name, ...body })) {
      form.reset();
      setRole('viewer');
    }
  };
  return (
    <form
      class="ruled"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <div class="pad fields">
        <div class="all">
          <Refusal error={error} known={['name', 'password', 'role', 'scope']} />
          {person ? <p>{manage.people.changes(person.name)}</p> : null}
        </div>
        {person ? null : (
          <Field
            scope="user"
            name="name"
            label={words.login.name}
            error={error}
            required
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            pattern="[a-z0-9._@\-]{1,64}"
          />
        )}
        <Select
          scope="user"
          name="role"
          label={w.role}
          value={role}
          onPick={(picked) => setRole(ROLES.find((one) => one === picked) ?? 'viewer')}
        >
          {ROLES.map((one) => (
            <option key={one} value={one}>
              {w.roles[one]}
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
            errorName="scope"
            defaultValue={(person?.scope?.[limit] ?? []).join(', ')}
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
          hint={person ? manage.people.samePassword : setupWords.hint}
          error={error}
          type="password"
          required={person === null}
          minLength={12}
          autocomplete="new-password"
          wide
        />
      </div>
      <div class="foot-acts">
        <span class="end" />
        {person ? (
          <button class="btn" type="button" onClick={cancel}>
            {manage.cancel}
          </button>
        ) : null}
        <button class="btn go" type="submit">
          {person ? manage.save : w.addPerson}
        </button>
      </div>
    </form>
  );
}

/** What a role without limits sees is all. Only what changes is sent: with another view a person is signed out. */
function scopeOf(
  seen: string,
  limit: 'sites' | 'regions' | undefined,
  person: Person | null,
): { scope?: SiteScope | null } {
  if (!limit) return person?.scope ? { scope: null } : {};
  const given = seen
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  return { scope: { sites: [], regions: [], [limit]: given } };
}
