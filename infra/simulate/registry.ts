/** Why: virtual libraries join like real ones: sites by the import, probes one by one, each with its own credential, kept for the next run. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type ImportReport, isObject, type Probe, type ProbeCredential, parseJson } from '#contract';
import { CarrelError, isCarrelError } from '#lib/errors';
import type { ApiClient } from '../api-client.ts';
import type { Library } from './library.ts';

export interface Covered {
  fromMs: number;
  untilMs: number;
}
/** What a second run needs to know of the first. */
export interface FleetMemory {
  credentials: Record<string, { token: string; ca: string | null; broker: string }>;
  /** Wall ms between which samples were sent, so that a second run does not send them again. A pause in between stays a gap. */
  covered: Covered;
}

/** An unreadable file is taken as none: credentials are then renewed. */
export function readMemory(path: string): FleetMemory {
  const memory: FleetMemory = { credentials: {}, covered: { fromMs: 0, untilMs: 0 } };
  let text = '';
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return memory;
  }
  const value = parseJson(text);
  const { credentials, covered } = isObject(value) ? value : {};
  if (!isObject(credentials) || !isObject(covered)) return memory;
  for (const [id, entry] of Object.entries(credentials)) {
    if (!isObject(entry)) continue;
    const { token, ca, broker } = entry;
    if (typeof token === 'string' && typeof broker === 'string')
      memory.credentials[id] = { token, broker, ca: typeof ca === 'string' ? ca : null };
  }
  const { fromMs, untilMs } = covered;
  if (typeof fromMs === 'number' && typeof untilMs === 'number') memory.covered = { fromMs, untilMs };
  return memory;
}

/** Replaced in one step and readable by its owner only: it holds credentials. */
export function writeMemory(path: string, memory: FleetMemory): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(memory), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Makes the server know every library, watched since `sinceMs`, and gives each a credential; answers with how many were new. */
export async function register(
  api: ApiClient,
  libraries: readonly Library[],
  memory: FleetMemory,
  sinceMs: number,
): Promise<number> {
  const known = new Map((await api.all<Probe>('/probes')).map((probe) => [probe.id, probe]));
  const missing = libraries.filter(({ id }) => !known.has(id));
  if (missing.length > 0) await importSites(api, missing);
  const without = libraries.filter(({ id }) => !known.get(id)?.admitted || !memory.credentials[id]);
  const waiting = [...without];
  const worker = async (): Promise<void> => {
    for (let library = waiting.shift(); library; library = waiting.shift()) {
      const { token, ca, broker } = await credentialOf(api, library.id, known.has(library.id), sinceMs);
      memory.credentials[library.id] = { token, ca, broker };
    }
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return without.length;
}

async function credentialOf(api: ApiClient, id: string, exists: boolean, sinceMs: number): Promise<ProbeCredential> {
  if (exists) return api.call('POST', `/probes/${id}/credential`);
  try {
    return await api.call('POST', '/probes', { id, access_point: id, watched_since: sinceMs });
  } catch (error) {
    if (isCarrelError(error, 'PROBE_EXISTS')) return api.call('POST', `/probes/${id}/credential`);
    throw error;
  }
}

async function importSites(api: ApiClient, libraries: readonly Library[]): Promise<void> {
  const head = 'id;name;region;isp;zone;opening;contract_mbps;target_mbps;metered;lat;lon;notes';
  const lines = libraries.map(({ site, openingText }) =>
    [
      site.id,
      site.name,
      site.region,
      site.isp,
      site.zone,
      `"${openingText}"`,
      site.contract_mbps,
      30,
      site.metered ? 'yes' : 'no',
      site.lat,
      site.lon,
      site.notes,
    ].join(';'),
  );
  const report = await api.upload<ImportReport>(
    '/sites/import',
    'text/csv',
    new TextEncoder().encode(`${[head, ...lines].join('\n')}\n`),
  );
  const refused = report.lines.find(({ outcome }) => outcome === 'refused');
  if (refused)
    throw new CarrelError(
      'IMPORT_REFUSED',
      `the server refused ${refused.id ?? 'a site'}: ${refused.messages.join('; ')}`,
      {},
    );
}
