/** Why: frames of a probe's few hours for property tests: values on the grid of their metric, distinct seconds, outages and tests. */
import fc from 'fast-check';
import { METRICS, type MetricName, roundToStep } from '#contract';
import { outageEvent, type TestFrame, testEvent } from '../store/batches.ts';

export const START_S = Date.UTC(2026, 10, 20) / 1000;
const METRIC_CHOICE: MetricName[] = ['rtt_ms', 'wan_rx_bytes', 'internet_up', 'temp_c', 'clients', 'wan_rx_mbps'];

/** Frames of one probe within `hours` from START_S; no two samples of one second. */
export function anyFrames(hours: number): fc.Arbitrary<TestFrame[]> {
  const second = fc.integer({ min: 0, max: hours * 3600 - 1 });
  const samples = fc.uniqueArray(fc.record({ second, values: anySample }), {
    selector: (one) => one.second,
    maxLength: 60,
  });
  return fc.tuple(samples, fc.array(anyEvent(hours), { maxLength: 6 })).map(([rows, events]) => [
    ...rows.map(({ second: at, values }, seq): TestFrame => {
      const m = Object.fromEntries(METRIC_CHOICE.map((name) => [name, [values[name]]]));
      return { probe: 'p', seq, t: [START_S + at], m };
    }),
    ...events.map(({ t_ms, event }, seq): TestFrame => {
      const e = [{ t_ms, event: { ...event, id: `e-${seq}` } }];
      return { probe: 'p', run: 'events', seq, t: [], e };
    }),
  ]);
}

const anySample = fc.record(
  Object.fromEntries(
    METRIC_CHOICE.map((name) => {
      const { min, max } = METRICS[name];
      const value = fc.double({ min, max: Math.min(max, 1e9), noNaN: true }).map((raw) => roundToStep(name, raw));
      return [name, fc.option(value, { nil: null })];
    }),
  ),
) as fc.Arbitrary<Record<MetricName, number | null>>;

const anyEvent = (hours: number) =>
  fc.record({
    t_ms: fc.integer({ min: 0, max: hours * 3_600_000 - 1 }).map((ms) => START_S * 1000 + ms),
    event: fc.oneof(
      fc.integer({ min: 0, max: 3 * 3_600_000 }).map((length) => outageEvent('o', 0, length)),
      fc
        .record({
          rate_mbps: fc.option(
            fc.integer({ min: 1, max: 200_000 }).map((n) => n / 1000),
            { nil: null },
          ),
          verdict: fc.constantFrom('pass' as const, 'fail' as const, 'inconclusive' as const),
          reason: fc.constantFrom('slot' as const, 'confirm' as const),
        })
        .map((change) => testEvent('t', change)),
    ),
  });
