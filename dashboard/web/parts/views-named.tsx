/** Why: saved views are links, so that they open in a new tab and can be copied; naming the present one is one field. */
import { useEffect } from 'preact/hooks';
import { useActing } from '../acting.ts';
import { hrefOf, place } from '../router.ts';
import { keepViews, loadViews, views, withView } from '../views.ts';
import { sitesWords as w } from '../words-sites.ts';
import { Refusal } from './answers.tsx';
import { Field, textsOf } from './field.tsx';

export function Named() {
  const { error, act } = useActing(() => undefined);
  useEffect(() => void act(loadViews), []);
  const known = views.value ?? [];
  const save = async (form: HTMLFormElement) => {
    const { name } = textsOf(form);
    if (!name) return;
    const query = hrefOf('', Object.fromEntries(place.value.query)).slice(1);
    if (await act(() => keepViews(withView(known, { name, query })))) form.reset();
  };
  return (
    <>
      {known.length === 0 ? <p class="q">{w.noViews}</p> : null}
      <ul class="plain">
        {known.map(({ name, query }) => (
          <li key={name}>
            <a href={query ? `/sites?${query}` : '/sites'}>{name}</a>
            <button
              class="link"
              type="button"
              aria-label={w.removeView(name)}
              onClick={() => {
                if (confirm(w.removeViewSure(name)))
                  void act(() => keepViews(known.filter((one) => one.name !== name)));
              }}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <Refusal error={error} />
        <Field scope="view" name="name" label={w.viewName} hint={w.viewHint} required maxLength={60} />
        <button class="btn go" type="submit" disabled={views.value === null}>
          {w.saveView}
        </button>
      </form>
    </>
  );
}
