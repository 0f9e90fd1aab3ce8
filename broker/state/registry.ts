/** Why: sites and access points: what the fleet is meant to be. Probes and what they should do: probes.ts. */
import { type AccessPoint, openingOf, type Site } from '#contract';
import { CarrelError } from '#lib/errors';
import { probeBindings } from './bindings.ts';
import type { Database } from './database.ts';
import { probeDesired } from './desired.ts';
import type { RegistryState } from './index.ts';
import { probesState } from './probes.ts';
import { flag, json, number, numberOrNull, type Row, text } from './row.ts';
import { accessPointProblems, type FieldProblems, siteProblems } from './site-rules.ts';

export function registryState(database: Database): RegistryState {
  // In memory: it is asked for with every frame. A change that is rolled back raises it too, which costs its readers one look.
  let revision = 0;
  const bump = (): void => {
    revision += 1;
  };
  const bindings = probeBindings(database, bump);
  return {
    revision: () => revision,
    ...sitesOf(database, bump),
    ...accessPointsOf(database, bump),
    ...bindings,
    ...probesState(database, bindings, bump),
    ...probeDesired(database),
  };
}

function sitesOf(database: Database, bump: () => void): Pick<RegistryState, 'sites' | 'site' | 'putSite'> {
  const site = (id: string): Site | null => {
    const row = database.get('SELECT * FROM sites WHERE id = ?', id);
    return row && siteOf(row);
  };
  return {
    sites: () => database.all('SELECT * FROM sites ORDER BY id').map(siteOf),
    site,
    putSite: (given) =>
      database.transaction(() => {
        refuse('SITE_INVALID', `site ${given.id}`, siteProblems(given));
        const before = site(given.id);
        database.run(
          `INSERT INTO sites (id, name, region, isp, zone, opening, contract_mbps, metered, lat, lon, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, region = excluded.region, isp = excluded.isp, zone = excluded.zone, opening = excluded.opening,
         contract_mbps = excluded.contract_mbps, metered = excluded.metered, lat = excluded.lat, lon = excluded.lon, notes = excluded.notes`,
          given.id,
          given.name,
          given.region,
          given.isp,
          given.zone,
          JSON.stringify(given.opening),
          given.contract_mbps,
          Number(given.metered),
          given.lat,
          given.lon,
          given.notes,
        );
        bump();
        return before ? 'updated' : 'created';
      }),
  };
}

function accessPointsOf(
  database: Database,
  bump: () => void,
): Pick<RegistryState, 'accessPoints' | 'accessPoint' | 'putAccessPoint'> {
  const accessPoint = (id: string): AccessPoint | null => {
    const row = database.get('SELECT * FROM access_points WHERE id = ?', id);
    return row && accessPointOf(row);
  };
  return {
    accessPoints: () => database.all('SELECT * FROM access_points ORDER BY id').map(accessPointOf),
    accessPoint,
    putAccessPoint: (ap) =>
      database.transaction(() => {
        refuse('ACCESS_POINT_INVALID', `access point ${ap.id}`, accessPointProblems(ap));
        if (!database.get('SELECT 1 FROM sites WHERE id = ?', ap.site))
          throw new CarrelError('SITE_UNKNOWN', `there is no site ${ap.site}`, { site: ap.site });
        const before = accessPoint(ap.id);
        database.run(
          `INSERT INTO access_points (id, site, name, target_mbps) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET site = excluded.site, name = excluded.name, target_mbps = excluded.target_mbps`,
          ap.id,
          ap.site,
          ap.name,
          ap.target_mbps,
        );
        bump();
        return before ? 'updated' : 'created';
      }),
  };
}

function refuse(code: string, what: string, problems: FieldProblems): void {
  const fields = Object.keys(problems);
  if (fields.length > 0)
    throw new CarrelError(
      code,
      `${what} was not stored: ${fields.map((field) => `${field}: ${problems[field]}`).join('; ')}`,
      problems,
    );
}

function siteOf(row: Row): Site {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    region: text(row, 'region'),
    isp: text(row, 'isp'),
    zone: text(row, 'zone'),
    opening: json(row, 'opening', openingOf),
    contract_mbps: numberOrNull(row, 'contract_mbps'),
    metered: flag(row, 'metered'),
    lat: numberOrNull(row, 'lat'),
    lon: numberOrNull(row, 'lon'),
    notes: text(row, 'notes'),
  };
}
function accessPointOf(row: Row): AccessPoint {
  return {
    id: text(row, 'id'),
    site: text(row, 'site'),
    name: text(row, 'name'),
    target_mbps: number(row, 'target_mbps'),
  };
}
