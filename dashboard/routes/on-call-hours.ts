/** Why: hours of a rotation or policy are typed as people write them, and read by programs as pairs of minutes. */
import type { OpeningHours } from '#contract';
import { CarrelError } from '#lib/errors';
import { parseOpening } from '../registry/opening.ts';

/** @throws CarrelError `code` naming `field` */
export function hoursFrom(value: OpeningHours | string, code: string, field: string): OpeningHours {
  const hours = typeof value === 'string' ? parseOpening(value) : value;
  if ('problem' in hours) throw new CarrelError(code, `${field}: ${hours.problem}`, { [field]: hours.problem });
  return hours;
}
