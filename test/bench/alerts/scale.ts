/** Why: what one more test costs must not depend on how many libraries there are: time and memory per site at 1,200 and at 20,000. */
import { noOverlays } from '../../../dashboard/alert/episode.ts';
import { emptySlowInstance, reduceSlowInstance, type SlowInstance } from '../../../dashboard/alert/slow-instance.ts';
import { always } from '../../alert/line.ts';
import { MINUTE, NOON, testAt } from '../../alert/tests.ts';
import type { Figure } from '../alerts.bench.ts';

const ROUNDS = 24;
/** Caches hold less of 20,000 sites; what grows with their number would be seventeen times as much. */
const FLAT = 1.5;

export function benchScale(figure: Figure, mustHold: (what: string, holds: boolean) => void): void {
  measure(1200); // warms up
  const [small, large] = [measure(1200), measure(20_000)];
  for (const [of, one] of [
    ['1,200 sites', small],
    ['20,000 sites', large],
  ] as const) {
    figure(`event_us_${of.split(' ')[0]?.replace(',', '')}`, one.us, 'us', of);
    figure(`memory_kib_per_site_${of.split(' ')[0]?.replace(',', '')}`, one.kib, 'KiB', of);
  }
  const of = '20,000 sites to 1,200';
  figure('event_ratio', large.us / small.us, 'times', of);
  figure('memory_ratio', large.kib / small.kib, 'times', of);
  mustHold('time per event is flat from 1,200 to 20,000 sites', large.us <= FLAT * small.us);
  mustHold('memory per site is flat from 1,200 to 20,000 sites', large.kib <= FLAT * small.kib);
}

function measure(sites: number): { us: number; kib: number } {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const instances = new Map<string, SlowInstance>();
  const begun = process.cpuUsage();
  for (let round = 0; round < ROUNDS; round++)
    for (let n = 0; n < sites; n++) {
      const id = `site-${n}`;
      const at = NOON + (round * 90 + (n % 60)) * MINUTE;
      const one = testAt(0, (n + round) % 11 === 0 ? 12 : 60, { id: `${id}-${round}`, ap: id, probe: id, at });
      instances.set(
        id,
        reduceSlowInstance(instances.get(id) ?? emptySlowInstance, { kind: 'test', test: one }, at, always, noOverlays)
          .instance,
      );
    }
  const { user, system } = process.cpuUsage(begun);
  const us = (user + system) / (sites * ROUNDS);
  globalThis.gc?.();
  const kib = (process.memoryUsage().heapUsed - before) / 1024 / sites;
  return instances.size === sites ? { us, kib } : { us: Number.NaN, kib: Number.NaN };
}
