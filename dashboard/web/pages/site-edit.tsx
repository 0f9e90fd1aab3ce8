/** Why: a library's hours, contract and target change; they are changed where they are seen. */
import { useState } from 'preact/hooks';
import type { AccessPoint, Site } from '#contract';
import { ApiError, ask } from '../api.ts';
import type { Line } from '../fleet.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { SITE_FIELDS, SiteFields, siteBodyOf } from '../parts/site-fields.tsx';
import { say } from '../parts/toast.tsx';
import { go } from '../router.ts';
import { refreshRoster } from '../store.ts';
import { words } from '../words.ts';
import { manage as w } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';

/** GET /sites/:site: the hours also as people write them. */
type SiteText = Site & { opening_text: string };

export function EditSite({ line, onDone }: { line: Line; onDone: () => void }) {
  const known = useLoad<SiteText>(`/sites/${encodeURIComponent(line.site.id)}`);
  return (
    <Panel title={w.editSite} id="h-edit" end={<span class="mono">{line.site.id}</span>}>
      {known.value ? (
        <Form site={known.value} ap={line.ap} unwatched={line.row.probe === null} onDone={onDone} />
      ) : known.problem ? (
        <Failed what={words.what.page} problem={known.problem} again={known.again} />
      ) : (
        <Waiting what={words.what.page} />
      )}
    </Panel>
  );
}

interface FormProps {
  site: SiteText;
  ap: AccessPoint;
  /** No probe is there now; only then may it be one that never had any. */
  unwatched: boolean;
  onDone: () => void;
}

function Form({ site, ap, unwatched, onDone }: FormProps) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
    setBusy(false);
  };
  const remove = () =>
    attempt(async () => {
      await ask('DELETE', `/sites/${encodeURIComponent(site.id)}`);
      await refreshRoster();
      say(w.deletedSite(site.name));
      go('/sites');
    });
  const submit = (form: HTMLFormElement) =>
    attempt(async () => {
      const { ap_name, target_mbps, ...body } = siteBodyOf(form);
      await ask('PUT', `/sites/${encodeURIComponent(site.id)}`, { body });
      await ask('PUT', `/access-points/${encodeURIComponent(ap.id)}`, {
        body: { name: ap_name, ...(target_mbps === undefined ? {} : { target_mbps }) },
      });
      await refreshRoster();
      say(w.saved(site.name));
      onDone();
    });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <div class="pad fields">
        <div class="all">
          <Refusal error={error} known={['name', ...SITE_FIELDS]} />
        </div>
        <Field
          scope="edit"
          name="name"
          label={settingsWords.name}
          error={error}
          defaultValue={site.name}
          required
          maxLength={120}
        />
        <Field
          scope="edit"
          name="ap_name"
          label={w.apName}
          error={error}
          defaultValue={ap.name}
          required
          maxLength={120}
        />
        <SiteFields
          scope="edit"
          error={error}
          values={{ ...site, opening: site.opening_text, target_mbps: ap.target_mbps }}
        />
      </div>
      <div class="foot-acts">
        {unwatched ? (
          <button
            class="btn"
            type="button"
            disabled={busy}
            onClick={() => {
              if (confirm(w.deleteSiteSure(site.name))) void remove();
            }}
          >
            {w.deleteSite}
          </button>
        ) : null}
        <span class="end" />
        <button class="btn" type="button" onClick={onDone}>
          {w.cancel}
        </button>
        <button class="btn go" type="submit" disabled={busy}>
          {w.save}
        </button>
      </div>
    </form>
  );
}
