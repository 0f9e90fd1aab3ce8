/** Why: adding one library, with its first access point of the same id. */

import { useState } from 'preact/hooks';
import { isId, type Site, slugOf } from '#contract';
import { ApiError, post } from '../api.ts';
import { viewerZone } from '../format.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { SITE_FIELDS, SiteFields, siteBodyOf } from '../parts/site-fields.tsx';
import { say } from '../parts/toast.tsx';
import { refreshRoster } from '../store.ts';
import { settingsWords } from '../words-settings.ts';

const w = settingsWords;
export function AddSite() {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [id, setId] = useState('');
  const [ownId, setOwnId] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    try {
      const site = await post<Site>('/sites', siteBodyOf(form));
      await refreshRoster();
      form.reset();
      setId('');
      setOwnId(false);
      setError(null);
      say(w.created(site.name));
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
    setBusy(false);
  };
  const field = (name: string, label: string) => ({ scope: 'site', name, label, error });
  return (
    <Panel title={w.sites} id="h-site">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit(event.currentTarget);
        }}
      >
        <div class="pad fields">
          <div class="all">
            <Refusal error={error} known={['name', 'id', ...SITE_FIELDS]} />
          </div>
          <Field
            {...field('name', w.name)}
            wide
            required
            maxLength={120}
            onInput={(event) => {
              if (!ownId) setId(slugOf(event.currentTarget.value));
            }}
          />
          <Field
            {...field('id', w.id)}
            hint={w.idHint}
            wide
            required
            pattern="[a-z0-9\-]{1,48}"
            maxLength={48}
            value={id}
            onInput={(event) => {
              setOwnId(true);
              setId(event.currentTarget.value);
            }}
            aria-invalid={id !== '' && !isId(id)}
          />
          <SiteFields scope="site" error={error} values={{ zone: viewerZone(), opening: 'Mo-Fr 09:00-18:00' }} />
        </div>
        <div class="foot-acts">
          <span class="end" />
          <button class="btn go" type="submit" disabled={busy}>
            {w.create}
          </button>
        </div>
      </form>
    </Panel>
  );
}
