/** Why: what a site, an access point and an id may be, decided once for the API, the CSV import and the state database. */
import { type AccessPoint, isId, openingOf, type Site } from '#contract';

/** Field name -> what is accepted; empty when all is well. */
export type FieldProblems = Record<string, string>;

export function siteProblems(site: Site): FieldProblems {
  const problems: FieldProblems = {};
  if (!isId(site.id)) problems['id'] = ID_RULE;
  checkText(problems, 'name', site.name, 1, 120);
  checkText(problems, 'region', site.region, 0, 80);
  checkText(problems, 'isp', site.isp, 0, 80);
  checkText(problems, 'notes', site.notes, 0, 2000);
  if (!isZone(site.zone)) problems['zone'] = 'an IANA time zone such as Europe/Vilnius';
  if (!openingOf(site.opening))
    problems['opening'] = 'seven days (Monday first) of at most 6 [from, to] pairs in minutes, 0 <= from < to <= 1440';
  checkNumber(problems, 'contract_mbps', site.contract_mbps, 0.1, 100_000);
  checkNumber(problems, 'lat', site.lat, -90, 90);
  checkNumber(problems, 'lon', site.lon, -180, 180);
  if ((site.lat === null) !== (site.lon === null))
    problems[site.lat === null ? 'lat' : 'lon'] = 'latitude and longitude go together: both or neither';
  return problems;
}

export function accessPointProblems(ap: AccessPoint): FieldProblems {
  const problems: FieldProblems = {};
  if (!isId(ap.id)) problems['id'] = ID_RULE;
  if (!isId(ap.site)) problems['site'] = ID_RULE;
  checkText(problems, 'name', ap.name, 1, 120);
  checkNumber(problems, 'target_mbps', ap.target_mbps, 0.1, 100_000);
  return problems;
}

export const ID_RULE = '1 to 48 of a-z, 0-9 and -';

/** Zones that were asked for before: `Intl` takes 30 us for each, an import asks 20,000 times. Wrong names are not kept. */
const knownZones = new Set<string>();

/** A name that the time zone database knows; offsets such as +02:00 have no daylight saving and are refused. */
export function isZone(zone: string): boolean {
  if (knownZones.has(zone)) return true;
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+){0,2}$/.test(zone) || zone.length > 64) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    if (knownZones.size < 1000) knownZones.add(zone);
    return true;
  } catch {
    return false;
  }
}

function checkText(problems: FieldProblems, field: string, value: string, min: number, max: number): void {
  if (value.trim().length < min) problems[field] = 'must not be empty';
  else if (value.length > max) problems[field] = `at most ${max} characters`;
  // Line breaks and tabs are fine in notes; other control characters are nobody's name.
  else if (/(?![\t\n\r])\p{Cc}/u.test(value)) problems[field] = 'no control characters';
}

function checkNumber(problems: FieldProblems, field: string, value: number | null, min: number, max: number): void {
  if (value !== null && !(value >= min && value <= max)) problems[field] = `a number from ${min} to ${max}`;
}
