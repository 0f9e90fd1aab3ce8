/** Why: saved views are links, so that they open in a new tab and can be copied; naming the present one is one field. */
import { hrefOf, place } from '../router.ts';
import { keepViews, views, withView } from '../views.ts';
import { sitesWords as w } from '../words-sites.ts';
import { Field, textsOf } from './field.tsx';
import { Pop } from './pop.tsx';

export function Views() {
  return (
    <Pop label={w.views}>
      {views.value.length === 0 ? <p class="q">{w.noViews}</p> : null}
      <ul class="plain">
        {views.value.map(({ name, query }) => (
          <li key={name}>
            <a href={query ? `/sites?${query}` : '/sites'}>{name}</a>
            <button
              class="link"
              type="button"
              aria-label={w.removeView(name)}
              onClick={() => keepViews(views.value.filter((one) => one.name !== name))}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const { name } = textsOf(event.currentTarget);
          if (!name) return;
          const query = hrefOf('', Object.fromEntries(place.value.query)).slice(1);
          keepViews(withView(views.value, { name, query }));
          event.currentTarget.reset();
        }}
      >
        <Field scope="view" name="name" label={w.viewName} hint={w.viewHint} required maxLength={60} />
        <button class="btn go" type="submit">
          {w.saveView}
        </button>
      </form>
    </Pop>
  );
}
