/** Why: wall screens are added with a code and revoked in one place; each says when it was last seen. */
import { useState } from 'preact/hooks';
import type { ScreenView } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import { moment } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { commonZone, serverNow } from '../store.ts';
import { wallWords } from '../words-wall.ts';

const w = wallWords.screens;
interface Added {
  screen: ScreenView;
  code: string;
  link: string;
}

export function Screens() {
  const screens = useLoad<{ items: ScreenView[] }>('/screens');
  const [added, setAdded] = useState<Added | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const act = async (work: () => Promise<void>) => {
    try {
      await work();
      setError(null);
      screens.again();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
  };
  const add = (form: HTMLFormElement) =>
    act(async () => {
      setAdded(await post<Added>('/screens', { name: textsOf(form)['name'] ?? '' }));
      form.reset();
    });
  const revoke = async ({ id, name }: ScreenView) => {
    if (!confirm(w.revokeSure(name))) return;
    await act(async () => {
      await ask('DELETE', `/screens/${id}`);
      if (added?.screen.id === id) setAdded(null);
      say(w.revoked(name));
    });
  };
  return (
    <Panel title={w.title} id="screens" end={<a href="/wall">{w.open}</a>}>
      <div class="pad grid tight">
        <p class="q">{w.text}</p>
        {screens.value ? null : screens.problem ? (
          <Failed what={w.title} problem={screens.problem} again={screens.again} />
        ) : (
          <Waiting what={w.title} />
        )}
        {screens.value?.items.length === 0 ? <p>{w.none}</p> : null}
        <ul>
          {screens.value?.items.map((screen) => (
            <li key={screen.id} class="line-note">
              <b>{screen.name}</b>
              <span class="q">
                {w.state[screen.state]}
                {screen.seen_at === null
                  ? ''
                  : `, ${w.seen(moment(screen.seen_at, serverNow.value, commonZone.value))}`}
              </span>
              <button class="link" type="button" onClick={() => void revoke(screen)}>
                {w.revoke} <span class="vh">{screen.name}</span>
              </button>
            </li>
          ))}
        </ul>
        {added ? (
          <div class="note" role="status">
            <span>
              <b class="mono">{w.code(added.code)}</b> {w.codeText}
            </span>
            <CopyButton text={added.link} label={w.copy} />
          </div>
        ) : null}
        <form
          class="grid tight"
          onSubmit={(event) => {
            event.preventDefault();
            void add(event.currentTarget);
          }}
        >
          <Field scope="screens" label={w.name} name="name" required autocomplete="off" />
          <Refusal error={error} />
          <div class="acts">
            <button class="btn go" type="submit">
              {w.add}
            </button>
          </div>
        </form>
      </div>
    </Panel>
  );
}
