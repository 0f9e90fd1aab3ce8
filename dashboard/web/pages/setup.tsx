/** Why: the one-time link of the first start leads here: choose the administrator's password and be signed in. */

import { useState } from 'preact/hooks';
import type { Me } from '#contract';
import { ApiError, post } from '../api.ts';
import { Empty, Refusal } from '../parts/answers.tsx';
import { Door } from '../parts/door.tsx';
import { Field } from '../parts/field.tsx';
import { useTitle } from '../parts/head.tsx';
import { go, place } from '../router.ts';
import { signedIn } from '../store.ts';
import { words } from '../words.ts';
import { setupWords } from '../words-setup.ts';

const MIN_LENGTH = 12;

export function Setup() {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);
  const w = setupWords;
  const token = place.value.query.get('token');
  useTitle(w.title);
  if (!token)
    return (
      <Door title={w.noToken} text={w.noTokenText}>
        <Empty title={w.noToken} text={w.noTokenText}>
          <a class="btn" href="/login">
            {w.toLogin}
          </a>
        </Empty>
      </Door>
    );

  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    try {
      signedIn(await post<Me>('/setup', { token, password: new FormData(form).get('password') }));
      go('/start', 'replace');
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
        <Refusal error={error} known={['password']} />
        <input
          class="vh"
          type="text"
          name="name"
          autocomplete="username"
          value="admin"
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field
          scope="setup"
          name="password"
          label={w.password}
          hint={w.hint}
          error={error}
          type={shown ? 'text' : 'password'}
          required
          minLength={MIN_LENGTH}
          maxLength={1024}
          autocomplete="new-password"
        />
        <label class="tick">
          <input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />
          {words.login.show}
        </label>
        <button class="btn go" type="submit" disabled={busy}>
          {w.go}
        </button>
      </form>
    </Door>
  );
}
