/** Why: a site as people and scripts give it (fields may be missing, hours may be text) becomes a whole site. */
import type { Site } from '#contract';
import { CarrelError } from '#lib/errors';
import { ASSUMED_OPENING, parseOpening } from './opening.ts';

/** As the JSON schema lets it through. */
export type SiteInput = Partial<Omit<Site, 'opening'>> & {
  opening?: Site['opening'] | string;
  /** Of the access point that is made with the site. */
  target_mbps?: number;
};

export function newSite(id: string, zone: string): Site {
  return {
    id,
    name: id,
    region: '',
    isp: '',
    zone,
    opening: openingOrThrow(ASSUMED_OPENING),
    contract_mbps: null,
    metered: false,
    lat: null,
    lon: null,
    notes: '',
  };
}

/** What is left out keeps its value. @throws CarrelError SITE_INVALID when the opening hours cannot be read */
export function withInput(site: Site, { opening, target_mbps: _target, ...given }: SiteInput): Site {
  const hours = opening === undefined ? site.opening : typeof opening === 'string' ? openingOrThrow(opening) : opening;
  return { ...site, ...given, id: site.id, opening: hours };
}

/** The machine's own zone: most fleets live in one. */
export function assumedZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

function openingOrThrow(text: string): Site['opening'] {
  const hours = parseOpening(text);
  if ('problem' in hours)
    throw new CarrelError(
      'SITE_INVALID',
      `The opening hours cannot be read: ${hours.problem}; write them as Mo-Fr 10:00-18:00; Sa 10:00-14:00`,
      { opening: hours.problem },
    );
  return hours;
}
