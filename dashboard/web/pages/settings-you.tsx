/** Why: what belongs to the person who looks: password, theme, keys, signing out. On a phone this is the only place for them. */
import { useState } from 'preact/hooks';
import type { Me } from '#contract';
import { ApiError, ask } from '../api.ts';
import { helpOpen } from '../keys.ts';
import { chooseLanguage, LANGUAGES, language } from '../language-choice.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { saveData, savesData } from '../saving.ts';
import { me, signedIn, signOut } from '../store.ts';
import { setTheme, THEMES, theme } from '../theme-choice.ts';
import { manage } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';
import { setupWords } from '../words-setup.ts';

const w = manage.you;
const MIN_LENGTH = 12;

export function You() {
  const who = me.value;
  return (
    <Panel title={w.title} id="you" note={who ? w.who(who.name, settingsWords.roles[who.role]) : undefined}>
      <div class="pad you">
        <div class="field">
          <span class="lab" id="you-theme">
            {w.theme}
          </span>
          <span class="seg" role="group" aria-labelledby="you-theme">
            {THEMES.map((one) => (
              <button key={one} type="button" aria-pressed={theme.value === one} onClick={() => setTheme(one)}>
                {w.themes[one]}
              </button>
            ))}
          </span>
        </div>
        <div class="field">
          <span class="lab" id="you-language">
            {w.language}
          </span>
          <span class="seg" role="group" aria-labelledby="you-language">
            {LANGUAGES.map(([lang, name]) => (
              <button
                key={lang}
                type="button"
                lang={lang}
                aria-pressed={language() === lang}
                onClick={() => chooseLanguage(lang)}
              >
                {name}
              </button>
            ))}
          </span>
        </div>
        <div class="field">
          <span class="lab" id="you-data">
            {w.data}
          </span>
          <span class="seg" role="group" aria-labelledby="you-data">
            {[false, true].map((saves) => (
              <button
                key={saves}
                type="button"
                aria-pressed={savesData.value === saves}
                onClick={() => saveData(saves)}
              >
                {saves ? w.dataSaved : w.dataAsBrowser}
              </button>
            ))}
          </span>
        </div>
        <span class="acts">
          <button
            class="btn"
            type="button"
            onClick={() => {
              helpOpen.value = true;
            }}
          >
            {w.keys}
          </button>
          <button class="btn" type="button" onClick={() => void signOut()}>
            {w.signOut}
          </button>
        </span>
      </div>
      <Password />
    </Panel>
  );
}

function Password() {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    const values = new FormData(form);
    setBusy(true);
    try {
      const body = { old: values.get('old'), new: values.get('new') };
      // Every session ends with the old password; the answer begins a new one, with its own token.
      signedIn(await ask<Me>('PUT', '/me/password', { body }));
      form.reset();
      setError(null);
      say(w.done);
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
    setBusy(false);
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
        <h3 class="all">{w.password}</h3>
        <div class="all">
          <Refusal error={error} known={['old', 'new']} />
        </div>
        <input
          class="vh"
          type="text"
          autocomplete="username"
          value={me.value?.name ?? ''}
          readOnly
          tabIndex={-1}
          aria-hidden="true"
        />
        <Field
          scope="password"
          name="old"
          label={w.old}
          error={error}
          type="password"
          required
          autocomplete="current-password"
          maxLength={1024}
        />
        <Field
          scope="password"
          name="new"
          label={w.fresh}
          hint={setupWords.hint}
          error={error}
          type="password"
          required
          minLength={MIN_LENGTH}
          maxLength={1024}
          autocomplete="new-password"
        />
      </div>
      <div class="foot-acts">
        <span class="end" />
        <button class="btn go" type="submit" disabled={busy}>
          {w.go}
        </button>
      </div>
    </form>
  );
}
