/** Why: tests arrange a small registry in a real state database with one line each. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AccessPoint, Site } from '#contract';
import { openState, type State } from '#state';

/** Open from 10:00 to 18:00, Monday to Friday. */
export const weekdays = [[[600, 1080]], [[600, 1080]], [[600, 1080]], [[600, 1080]], [[600, 1080]], [], []] as const;

export function site(id: string, more: Partial<Site> = {}): Site {
  return {
    id,
    name: `Library ${id}`,
    region: 'Utena',
    isp: 'Telia',
    zone: 'Europe/Vilnius',
    opening: weekdays,
    contract_mbps: 100,
    metered: false,
    lat: 55.5,
    lon: 25.6,
    notes: '',
    ...more,
  };
}
export function accessPoint(id: string, siteId: string, more: Partial<AccessPoint> = {}): AccessPoint {
  return { id, site: siteId, name: 'Main line', target_mbps: 30, ...more };
}

/** A state database in memory, closed with the test. */
export function memoryState(): State {
  const state = openState({ path: ':memory:' });
  onTestFinished(() => state.close());
  return state;
}

/** A folder that is gone after the test. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `sites` named site-1.. with one access point each (`site-1-main`) and one probe each (`site-1-probe`). */
export function seedRegistry(state: State, sites: number): void {
  for (let i = 1; i <= sites; i++) {
    state.registry.putSite(site(`site-${i}`));
    state.registry.putAccessPoint(accessPoint(`site-${i}-main`, `site-${i}`));
    state.registry.addProbe(`site-${i}-probe`, `site-${i}-main`, 1000);
  }
}
