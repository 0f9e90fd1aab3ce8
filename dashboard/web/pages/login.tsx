/** Why: signing in. Whatever address was asked for stays in the bar and opens after it. */

import { useState } from 'preact/hooks';
import type { Me } from '#contract';
import { ApiError, post } from '../api.ts';
import { Refusal } from '../parts/answers.tsx';
import { Door } from '../parts/door.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { useTitle } from '../parts/head.tsx';
import { go, place, routeOf } from '../router.ts';
import { signedIn } from '../store.ts';
import { words } from '../words.ts';

export function Login() {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const w = words.login;
  useTitle(w.title);
  const submit = async (form: HTMLFormElement) => {
    const { name = '' } = textsOf(form);
    const password = new FormData(form).get('password');
    setBusy(true);
    try {
      signedIn(await post<Me>('/login', { name, password }));
      if (routeOf(place.value.path).page === 'login') go('/');
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
      setBusy(false);
    }
  };
  return (
    <Door title={w.title} text={w.text}>
      <form
        class="pad fields one"
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <Refusal error={error} known={['name', 'password']} />
        <Field
          scope="login"
          name="name"
          label={w.name}
          error={error}
          required
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          defaultValue="admin"
          maxLength={100}
        />
        <Field
          scope="login"
          name="password"
          label={w.password}
          error={error}
          type={shown ? 'text' : 'password'}
          required
          autocomplete="current-password"
          maxLength={1024}
        />
        <label class="tick">
          <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
          {w.show}
        </label>
        <button class="btn go" type="submit" disabled={busy}>
          {w.go}
        </button>
      </form>
    </Door>
  );
}
