/** Why: random frames that a probe could really send, for the properties of the codec. */
import fc from 'fast-check';
import { type Frame, type FrameEvent, METRIC_NAMES, type MetricName, metricOf, roundToStep } from '#contract';

const token = fc.stringMatching(/^[\w-]{1,40}$/);
const rate = fc.double({ min: 0, max: 400_000, noNaN: true });

/** A column in the metric's bounds and resolution, with gaps but not only gaps (those are left out on the wire). */
function column(name: MetricName, samples: number): fc.Arbitrary<(number | null)[]> {
  const { min, max } = metricOf(name);
  const value = fc.double({ min, max, noNaN: true }).map((raw) => roundToStep(name, raw) + 0);
  return fc
    .array(fc.option(value, { freq: 5 }), { minLength: samples, maxLength: samples })
    .filter((values) => values.some((v) => v !== null));
}

const event: fc.Arbitrary<FrameEvent> = fc
  .oneof(
    fc.record({
      id: token,
      at: fc.nat(),
      kind: fc.constant('throughput' as const),
      method: fc.constantFrom('passive', 'udp', 'tcp', 'tcp-full'),
      dir: fc.constantFrom('down', 'up'),
      verdict: fc.constantFrom('pass', 'fail', 'inconclusive'),
      marginal: fc.boolean(),
      reason: fc.constantFrom('slot', 'confirm', 'recovery', 'manual', 'audit'),
      target_mbps: fc.double({ min: 0.1, max: 1000, noNaN: true }),
      rate_mbps: rate,
      app_mbps: fc.option(rate),
      other_mbps: fc.option(rate),
      bytes: fc.nat(),
      dur_ms: fc.nat(3_600_000),
      limited_by: fc.option(fc.constantFrom('cpu', 'server', 'unreachable')),
      cpu_pct: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      wan: fc.string({ maxLength: 32 }),
      server: fc.string({ maxLength: 128 }),
      job: fc.option(fc.string({ maxLength: 64 })),
    }),
    fc.record({
      id: token,
      at: fc.integer({ min: 1000, max: 2 ** 31 }),
      kind: fc.constant('outage' as const),
      from: fc.nat(1000),
      first_failure: fc.integer({ min: 0, max: 5 }),
    }),
    fc.record({ id: token, at: fc.nat(), kind: fc.constant('clock' as const), step_ms: fc.integer() }),
    fc.record({
      id: token,
      at: fc.nat(),
      kind: fc.constant('inventory' as const),
      facts: fc.dictionary(fc.stringMatching(/^[a-z0-9.]{1,40}$/), fc.string({ maxLength: 160 }), {
        noNullPrototype: true,
      }),
    }),
  )
  .map((made) => JSON.parse(JSON.stringify(made))); // -0 and lone surrogates as JSON carries them

/** Times rise by at least 1 ms; values are what the wire can carry exactly. */
export const anyFrame: fc.Arbitrary<Frame> = fc.integer({ min: 0, max: 20 }).chain((samples) =>
  fc.record({
    v: fc.constant(1 as const),
    boot: token,
    run: token,
    seq: fc.nat(),
    wall: fc.nat({ max: 2 ** 43 }),
    mono: fc.nat({ max: 2 ** 45 }),
    sync: fc.constantFrom(0, 1, 2),
    t: fc
      .array(fc.integer({ min: 1, max: 600_000 }), { minLength: samples, maxLength: samples })
      .map((gaps) => gaps.map((_, i) => gaps.slice(0, i + 1).reduce((a, b) => a + b, 0))),
    m:
      samples === 0
        ? fc.constant({})
        : fc
            .uniqueArray(fc.constantFrom(...METRIC_NAMES), { maxLength: 12 })
            .chain((names) => fc.record(Object.fromEntries(names.map((name) => [name, column(name, samples)])))),
    e: fc.array(event, { maxLength: 4 }),
  }),
);
