/** Why: adding one library, with its first access point of the same id. */

import { useState } from 'preact/hooks';
import { isId, type Site } from '#contract';
import { ApiError, post } from '../api.ts';
import { viewerZone } from '../format.ts';
import { folded } from '../order.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { refreshRoster } from '../store.ts';
import { words } from '../words.ts';

const w = words.settings;
const FIELDS = [
  'name',
  'id',
  'region',
  'isp',
  'zone',
  'opening',
  'contract_mbps',
  'target_mbps',
  'lat',
  'lon',
  'notes',
  'metered',
];

/** "Anykščių r. Debeikių filialas" -> "anyksciu-r-debeikiu-filialas". */
export const idFrom = (name: string): string =>
  folded(name)
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');

/** A number as people write it, with point or comma; null of nothing; NaN where it is none. */
export const numberOf = (text: string): number | null =>
  text === '' ? null : Number(text.replace(',', '.').replace(/\s/g, ''));

export function AddSite() {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [id, setId] = useState('');
  const [ownId, setOwnId] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    try {
      const site = await post<Site>('/sites', bodyOf(form));
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
            <Refusal error={error} known={FIELDS} />
          </div>
          <Field
            {...field('name', w.name)}
            wide
            required
            maxLength={120}
            onInput={(event) => {
              if (!ownId) setId(idFrom(event.currentTarget.value));
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
          <Field {...field('region', w.region)} maxLength={80} />
          <Field {...field('isp', w.isp)} maxLength={80} />
          <Field {...field('contract_mbps', w.contract)} hint={w.contractHint} inputMode="decimal" />
          <Field {...field('target_mbps', w.target)} inputMode="decimal" placeholder="" />
          <Field {...field('zone', w.zone)} defaultValue={viewerZone()} required maxLength={64} />
          <Field
            {...field('opening', w.opening)}
            hint={w.openingHint}
            defaultValue="Mo-Fr 09:00-18:00"
            wide
            maxLength={400}
          />
          <label class="tick all">
            <input type="checkbox" name="metered" />
            {w.metered}
          </label>
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

/** What is left empty is left out: the server then takes its own default. */
function bodyOf(form: HTMLFormElement): Record<string, unknown> {
  const { contract_mbps = '', target_mbps = '', metered, ...texts } = textsOf(form);
  const body: Record<string, unknown> = {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')),
    metered: metered !== undefined,
  };
  if (contract_mbps !== '') body['contract_mbps'] = numberOf(contract_mbps);
  if (target_mbps !== '') body['target_mbps'] = numberOf(target_mbps);
  return body;
}
