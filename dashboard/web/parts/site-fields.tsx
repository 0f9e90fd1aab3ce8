/** Why: adding and editing a library ask the same questions, and read the answers the same way. */
import type { Site } from '#contract';
import type { ApiError } from '../api.ts';
import { manage } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';
import { Field, textsOf } from './field.tsx';

const w = settingsWords;

/** Fields of these names stand in the form; what the server says about others stands above it. */
export const SITE_FIELDS = ['region', 'isp', 'zone', 'opening', 'contract_mbps', 'target_mbps', 'lat', 'lon', 'notes'];

type SiteValues = Partial<Omit<Site, 'opening'>> & { opening: string; zone: string; target_mbps?: number };
interface SiteFieldsProps {
  scope: string;
  error: ApiError | null;
  values: SiteValues;
}

export function SiteFields({ scope, error, values }: SiteFieldsProps) {
  const field = (name: string, label: string, value: string | number | null | undefined) => ({
    ...{ scope, name, label, error },
    defaultValue: value === null || value === undefined ? '' : String(value),
  });
  return (
    <>
      <Field {...field('region', w.region, values.region)} maxLength={80} />
      <Field {...field('isp', w.isp, values.isp)} maxLength={80} />
      <Field {...field('contract_mbps', w.contract, values.contract_mbps)} hint={w.contractHint} inputMode="decimal" />
      <Field {...field('target_mbps', w.target, values.target_mbps)} hint={w.targetHint} inputMode="decimal" />
      <Field {...field('opening', w.opening, values.opening)} hint={w.openingHint} wide maxLength={400} />
      <Field {...field('zone', w.zone, values.zone)} wide required maxLength={64} />
      <Field {...field('lat', manage.lat, values.lat)} hint={manage.latHint} inputMode="decimal" />
      <Field {...field('lon', manage.lon, values.lon)} hint={manage.latHint} inputMode="decimal" />
      <div class="field all">
        <label for={`${scope}-notes`}>{w.notes}</label>
        <textarea id={`${scope}-notes`} name="notes" rows={2} maxLength={2000} defaultValue={values.notes ?? ''} />
      </div>
      <label class="tick all">
        <input type="checkbox" name="metered" defaultChecked={values.metered ?? false} />
        {w.metered}
      </label>
    </>
  );
}

/** A number as people write it, with point or comma; null of nothing; NaN where it is none. */
export const numberOf = (text: string): number | null =>
  text === '' ? null : Number(text.replace(',', '.').replace(/\s/g, ''));

const NUMBERS = ['contract_mbps', 'lat', 'lon'];

/** The form as the API takes it. Empty numbers are unknown (null); an empty target is left out. */
export function siteBodyOf(form: HTMLFormElement): Record<string, unknown> {
  const { target_mbps = '', metered, ...texts } = textsOf(form);
  const target = numberOf(target_mbps);
  return {
    ...Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [name, NUMBERS.includes(name) ? numberOf(text) : text]),
    ),
    metered: metered !== undefined,
    ...(target === null ? {} : { target_mbps: target }),
  };
}
