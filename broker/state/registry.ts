/** Why: sites and access points: what the fleet is meant to be. Probes and what they should do: probes.ts. */
import { type AccessPoint, type OpeningHours, openingOf, type Site } from '#contract';
import { CarrelError } from '#lib/errors';
import { probeBindings } from './bindings.ts';
import type { Database } from './database.ts';
import { probeDesired } from './desired.ts';
import { siteDropper } from './drop-site.ts';
import { type JudgedHistory, judgedHistory } from './history.ts';
import type { RegistryState } from './index.ts';
import { probesState } from './probes.ts';
import { flag, json, number, numberOrNull, type Row, text } from './row.ts';
import { accessPointProblems, type FieldProblems, siteProblems } from './site-rules.ts';
import { probesTold } from './told.ts';

export function registryState(database: Database): RegistryState {
  // In memory: it is asked for with every frame. A change that is rolled back raises it too, which costs its readers one look.
  let revision = 0;
  const bump = (): void => {
    revision += 1;
  };
  const bindings = probeBindings(database, bump);
  const [siteList, apList] = [siteListOf(database), accessPointListOf(database)];
  const history = judgedHistory(database);
  return {
    revision: () => revision,
    ...sitesOf(database, siteList, history, bump),
    ...accessPointsOf(database, apList, history, bump),
    dropSite: siteDropper(database, history, () => {
      siteList.changed();
      apList.changed();
      bump();
    }),
    judgedBefore: history.judgedBefore,
    ...bindings,
    ...probesState(database, bindings, bump),
    ...probeDesired(database),
    ...probesTold(database),
  };
}

function siteListOf(database: Database): KeptList<Site> {
  return keptList(database, () => {
    const shared = sharedValues();
    return database.all('SELECT * FROM sites ORDER BY id').map((row) => siteOf(row, shared));
  });
}

function accessPointListOf(database: Database): KeptList<AccessPoint> {
  return keptList(database, () => {
    const shared = sharedValues();
    return database.all('SELECT * FROM access_points ORDER BY id').map((row) => accessPointOf(row, shared));
  });
}

function sitesOf(
  database: Database,
  list: KeptList<Site>,
  history: JudgedHistory,
  bump: () => void,
): Pick<RegistryState, 'sites' | 'site' | 'putSite'> {
  const site = (id: string): Site | null => {
    const row = database.get('SELECT * FROM sites WHERE id = ?', id);
    return row && siteOf(row, sharedValues());
  };
  return {
    sites: list.all,
    site,
    putSite: (given, at) =>
      database.transaction(() => {
        refuse('SITE_INVALID', `site ${given.id}`, siteProblems(given));
        const before = site(given.id);
        if (before) history.siteChanges(before, given, at ?? null);
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
        list.changed();
        bump();
        return before ? 'updated' : 'created';
      }),
  };
}

function accessPointsOf(
  database: Database,
  list: KeptList<AccessPoint>,
  history: JudgedHistory,
  bump: () => void,
): Pick<RegistryState, 'accessPoints' | 'accessPoint' | 'putAccessPoint'> {
  const accessPoint = (id: string): AccessPoint | null => {
    const row = database.get('SELECT * FROM access_points WHERE id = ?', id);
    return row && accessPointOf(row, sharedValues());
  };
  return {
    accessPoints: list.all,
    accessPoint,
    putAccessPoint: (ap, at) =>
      database.transaction(() => {
        refuse('ACCESS_POINT_INVALID', `access point ${ap.id}`, accessPointProblems(ap));
        if (!database.get('SELECT 1 FROM sites WHERE id = ?', ap.site))
          throw new CarrelError('SITE_UNKNOWN', `there is no site ${ap.site}`, { site: ap.site });
        const before = accessPoint(ap.id);
        if (before) history.accessPointChanges(before, ap, at ?? null);
        database.run(
          `INSERT INTO access_points (id, site, name, target_mbps) VALUES (?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET site = excluded.site, name = excluded.name, target_mbps = excluded.target_mbps`,
          ap.id,
          ap.site,
          ap.name,
          ap.target_mbps,
        );
        list.changed();
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

function siteOf(row: Row, { word, opening }: SharedValues): Site {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    region: word(text(row, 'region')),
    isp: word(text(row, 'isp')),
    zone: word(text(row, 'zone')),
    opening: opening(row),
    contract_mbps: numberOrNull(row, 'contract_mbps'),
    metered: flag(row, 'metered'),
    lat: numberOrNull(row, 'lat'),
    lon: numberOrNull(row, 'lon'),
    notes: word(text(row, 'notes')),
  };
}
function accessPointOf(row: Row, { word }: SharedValues): AccessPoint {
  return {
    id: text(row, 'id'),
    site: text(row, 'site'),
    name: word(text(row, 'name')),
    target_mbps: number(row, 'target_mbps'),
  };
}

interface KeptList<T> {
  all(): readonly T[];
  changed(): void;
}

interface SharedValues {
  word(text: string): string;
  opening(row: Row): OpeningHours;
}

/** What is the same in many rows is one value: the opening hours of 20,000 sites, each by itself, are half of the server's memory. */
function sharedValues(): SharedValues {
  const words = new Map<string, string>();
  const openings = new Map<string, OpeningHours>();
  return {
    word(text) {
      const known = words.get(text);
      if (known !== undefined) return known;
      words.set(text, text);
      return text;
    },
    opening(row) {
      const key = text(row, 'opening');
      const known = openings.get(key);
      if (known) return known;
      const made = json(row, 'opening', openingOf);
      openings.set(key, made);
      return made;
    },
  };
}

/**
 * A list that is read again only when it changed. The live view, the alert rules and the pages share it, so nobody may change it. What a
 * transaction sees is not kept: it may be rolled back.
 */
function keptList<T extends object>(database: Database, read: () => T[]): KeptList<T> {
  let kept: readonly T[] | null = null;
  return {
    all() {
      if (kept) return kept;
      const list: readonly T[] = Object.freeze(read().map((one) => Object.freeze(one)));
      if (!database.inTransaction()) kept = list;
      return list;
    },
    changed() {
      kept = null;
    },
  };
}
