/** Why: one virtual library is a pure function of its number: where it is, what line it has, what is wrong with it. */
import { type OpeningHours, type Site, slugOf } from '#contract';
import { COUNTIES, PROVIDERS, type Provider, villageOf } from './places.ts';
import { chance, noise, pick } from './random.ts';

export interface Library {
  /** Site, access point and probe share it. */
  id: string;
  site: Site;
  /** The opening hours as a table of libraries has them. */
  openingText: string;
  provider: Provider;
  /** What the line really carries when it is well, Mb/s. */
  carriesMbps: number;
  /** Visitors' devices on a busy afternoon. */
  busyClients: number;
  trouble: 'none' | 'slow' | 'dark' | 'flaky';
}

const ZONE = 'Europe/Vilnius';
const TARGET_MBPS = 30;
const WEEKDAY = [[540, 1080]] as const;
const LUNCH = [
  [540, 780],
  [840, 1080],
] as const;
/** As the import reads them, and as minutes. */
const HOURS: readonly [Hours, ...Hours[]] = [
  { text: 'Mo-Fr 09:00-18:00; Sa 10:00-16:00', week: [WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, [[600, 960]], []] },
  { text: 'Mo-Fr 09:00-18:00', week: [WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, [], []] },
  { text: 'Tu-Fr 09:00-13:00,14:00-18:00; Sa 10:00-15:00', week: [[], LUNCH, LUNCH, LUNCH, LUNCH, [[600, 900]], []] },
];
interface Hours {
  text: string;
  week: OpeningHours;
}

/** The library number `index` (from 0) of every fleet. */
export function libraryOf(index: number): Library {
  const key = `library-${index}`;
  const county = pick(COUNTIES, key, 1);
  const municipality = pick(county.municipalities, key, 2);
  const name = `${municipality} ${villageOf(Math.floor(chance(key, 3) * 192))} biblioteka`;
  const provider = providerOf(chance(key, 4));
  const trouble = troubleOf(chance(key, 5));
  const healthy = Math.max(TARGET_MBPS * 1.15, provider.mbps * Math.exp(0.35 * noise(key, 6)));
  const carriesMbps = trouble === 'slow' ? 8 + 19 * chance(key, 7) : healthy;
  const id = `${slugOf(name).slice(0, 36).replace(/-+$/, '')}-${index + 1}`;
  const hours = pick(HOURS, key, 8);
  const site: Site = {
    id,
    name: `${name} ${index + 1}`,
    region: county.name,
    isp: provider.name,
    zone: ZONE,
    opening: hours.week,
    contract_mbps: Math.ceil(Math.max(healthy, TARGET_MBPS) / 10) * 10,
    metered: provider.kind === 'satellite',
    ...around(county, key),
    notes: 'Simulated',
  };
  return {
    id,
    site,
    openingText: hours.text,
    provider,
    carriesMbps,
    busyClients: Math.round(2 + 28 * chance(key, 11) ** 2),
    trouble,
  };
}

/** Somewhere within 22 km of the middle of its county: inside its borders, nearly always. */
function around({ lat, lon }: { lat: number; lon: number }, key: string): Pick<Site, 'lat' | 'lon'> {
  const angle = 2 * Math.PI * chance(key, 9);
  const far = Math.sqrt(chance(key, 10));
  return { lat: rounded(lat + 0.2 * far * Math.sin(angle)), lon: rounded(lon + 0.36 * far * Math.cos(angle)) };
}

function providerOf(share: number): Provider {
  let sum = 0;
  for (const provider of PROVIDERS) {
    sum += provider.share;
    if (sum > share) return provider;
  }
  return PROVIDERS[0];
}

/** 93 % are well, 4 % below the target, 1 % dark, 2 % come and go. */
function troubleOf(share: number): Library['trouble'] {
  if (share < 0.93) return 'none';
  if (share < 0.97) return 'slow';
  return share < 0.98 ? 'dark' : 'flaky';
}

function rounded(degrees: number): number {
  return Math.round(degrees * 10_000) / 10_000;
}
