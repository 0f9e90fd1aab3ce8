/**
 * Why: a batch of frames or a tick is first worked out on a draft of the rules' memories; only when the draft is committed
 * does it become what the engine believes. A failed commit leaves nothing behind.
 */
import { type AlertRule, isOpen, openSince, type TestReason, type TestView, type ThroughputEvent } from '#contract';
import { type DarkEvent, type DarkMemory, type DarkParams, emptyDarkMemory, reduceDark } from './dark.ts';
import type { FleetEntry } from './fleet.ts';
import type { Memories } from './memory.ts';
import { emptySlowMemory, reduceSlow, type SlowEvent, type SlowMemory, type SlowParams } from './slow.ts';
import { testViewOf } from './test-view.ts';
import { mbps, measured } from './words.ts';

/** What the transaction must write besides memories. */
export type Action =
  | {
      kind: 'fire';
      rule: AlertRule;
      ap: string;
      site: string;
      title: string;
      since: number;
      reasons: string[];
      evidence: TestView[];
    }
  | { kind: 'resolve'; rule: AlertRule; ap: string; at: number; reasons: string[]; evidence: TestView[] }
  | { kind: 'retest'; probe: string; reason: TestReason };

export interface Work {
  slow: Map<string, SlowMemory>;
  dark: Map<string, DarkMemory>;
  actions: Action[];
  /** False while only "last seen" moved: that may wait for the next commit. */
  urgent: boolean;
}
export interface DarkSettings {
  darkAfterMs: number;
  graceUntil: number;
}

export function emptyWork(): Work {
  return { slow: new Map(), dark: new Map(), actions: [], urgent: false };
}

/** Takes one throughput test at its wall time. */
export function workTest(
  work: Work,
  memories: Memories,
  entry: FleetEntry,
  probe: string,
  at: number,
  event: ThroughputEvent,
  now: number,
): void {
  workSlow(work, memories, entry, { kind: 'test', test: testViewOf(entry.ap.id, probe, at, event) }, now);
}

/** Takes a test or the passing of time into the rule *slow*. */
export function workSlow(work: Work, memories: Memories, entry: FleetEntry, event: SlowEvent, now: number): void {
  const ap = entry.ap.id;
  const before = work.slow.get(ap) ?? memories.slow.get(ap) ?? emptySlowMemory;
  const { memory, effects } = reduceSlow(before, event, now, slowParams(entry));
  if (memory === before) return;
  work.slow.set(ap, memory);
  work.urgent = true;
  for (const effect of effects) {
    if (effect.kind === 'retest') work.actions.push(effect);
    else if (effect.kind === 'resolve') work.actions.push({ ...effect, rule: 'slow', ap });
    else
      work.actions.push({
        ...effect,
        rule: 'slow',
        ap,
        site: entry.site.id,
        title: `Below ${mbps(entry.ap.target_mbps)}: ${placeOf(entry)}, ${measured(effect.valueMbps)}`,
      });
  }
}

/** Takes a frame's arrival or a look at the connection into the rule *dark*. */
export function workDark(
  work: Work,
  memories: Memories,
  entry: FleetEntry,
  event: DarkEvent,
  now: number,
  settings: DarkSettings,
): void {
  const ap = entry.ap.id;
  const before = work.dark.get(ap) ?? memories.dark.get(ap) ?? emptyDarkMemory;
  const { memory, effects } = reduceDark(before, event, now, darkParams(entry, settings));
  if (memory === before) return;
  work.dark.set(ap, memory);
  for (const effect of effects) {
    work.urgent = true;
    if (effect.kind === 'resolve') work.actions.push({ ...effect, rule: 'dark', ap, evidence: [] });
    else
      work.actions.push({
        ...effect,
        rule: 'dark',
        ap,
        site: entry.site.id,
        title: `Offline: ${placeOf(entry)}`,
        evidence: [],
      });
  }
}

export function slowParams({ ap, site }: FleetEntry): SlowParams {
  return { targetMbps: ap.target_mbps, zone: site.zone, open: (at) => isOpen(site, at) };
}

export function darkParams({ site, quietByDesign }: FleetEntry, settings: DarkSettings): DarkParams {
  return { ...settings, quietByDesign, zone: site.zone, openSince: (at) => openSince(site, at) };
}

/** The site's name, with the access point's where the site has more than its own one. */
export function placeOf({ ap, site }: FleetEntry): string {
  return ap.id === site.id || ap.name === site.name ? site.name : `${site.name}, ${ap.name}`;
}
