/** Why: adding one library, with its first access point of the same id. */

import { useState } from 'preact/hooks';
import type { Site } from '#contract';
import { ApiError, post } from '../api.ts';
import { Refusal } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { NEW_SITE_FIELDS, NewSiteFields } from '../parts/new-site-fields.tsx';
import { siteBodyOf } from '../parts/site-fields.tsx';
import { say } from '../parts/toast.tsx';
import { refreshRoster } from '../store.ts';
import { settingsWords } from '../words-settings.ts';

const w = settingsWords;
export function AddSite() {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [added, setAdded] = useState(0);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    try {
      const site = await post<Site>('/sites', siteBodyOf(form));
      await refreshRoster();
      setAdded(added + 1);
      setError(null);
      say(w.created(site.name));
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
    setBusy(false);
  };
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
            <Refusal error={error} known={NEW_SITE_FIELDS} />
          </div>
          <NewSiteFields key={added} scope="site" error={error} />
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
