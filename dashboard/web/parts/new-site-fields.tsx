/** Why: a library is added in the settings and while setting up, by the same questions; its id follows its name until somebody writes another. */
import { useState } from 'preact/hooks';
import { isId, slugOf } from '#contract';
import type { ApiError } from '../api.ts';
import { viewerZone } from '../format.ts';
import { settingsWords } from '../words-settings.ts';
import { Field } from './field.tsx';
import { SITE_FIELDS, SiteFields } from './site-fields.tsx';

const w = settingsWords;

export const NEW_SITE_FIELDS = ['name', 'id', ...SITE_FIELDS];

export function NewSiteFields({ scope, error }: { scope: string; error: ApiError | null }) {
  const [id, setId] = useState('');
  const [ownId, setOwnId] = useState(false);
  const field = (name: string, label: string) => ({ scope, name, label, error });
  return (
    <>
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
      <SiteFields scope={scope} error={error} values={{ zone: viewerZone(), opening: 'Mo-Fr 09:00-18:00' }} />
    </>
  );
}
