/** Why: what a probe tells besides samples: tests with their evidence, outages, boots, losses. `id` makes each unique for ever. */
import { booleanIn, integerIn, isObject, type JsonObject, numberIn, textIn, wordIn } from './json.ts';
import { readThroughput, type ThroughputEvent } from './throughput.ts';

export interface EventBase {
  /** Unique for ever: a random 128-bit id made on the probe. */
  id: string;
  /** Monotonic ms in the frame's clock domain. */
  at: number;
}
/** Internet was not usable from `from` to `at` (both monotonic ms). `first_failure` as in the metric table. */
export interface OutageEvent extends EventBase {
  kind: 'outage';
  from: number;
  first_failure: number;
}
/** First event of each run. */
export interface BootEvent extends EventBase {
  kind: 'boot';
  agent: string;
  node: string;
  reboot: boolean;
  model: string;
  os: string;
}
/** `frame`: samples; `event`: tests, outages and the like, which are kept longest; `damaged`: could not be read any more. */
export const LOST_CLASSES = ['frame', 'event', 'damaged'] as const;
export type LostClass = (typeof LOST_CLASSES)[number];
/** Spooled data had to be dropped: explains a gap in `run` from seq `from` to `to`. */
export interface LostEvent extends EventBase {
  kind: 'lost';
  run: string;
  from: number;
  to: number;
  n: number;
  class: LostClass;
}
/** The wall clock stepped by `step_ms`. */
export interface ClockEvent extends EventBase {
  kind: 'clock';
  step_ms: number;
}
/** Static facts, once a day and at start. Values are short texts: model, os, firmware, ram, cpu, node, agent, capability.* */
export interface InventoryEvent extends EventBase {
  kind: 'inventory';
  facts: Readonly<Record<string, string>>;
}

export type FrameEvent = ThroughputEvent | OutageEvent | BootEvent | LostEvent | ClockEvent | InventoryEvent;
export type EventKind = FrameEvent['kind'];

/** The event, or undefined where the shape is not one of this version's. Unknown keys are ignored. */
export function parseEvent(value: unknown): FrameEvent | undefined {
  if (!isObject(value)) return undefined;
  const id = textIn(value, 'id', 64);
  const at = numberIn(value, 'at', 0, MONO_MAX);
  const kind = textIn(value, 'kind', 32);
  if (id === undefined || !/^[\w-]{1,64}$/.test(id) || at === undefined || kind === undefined) return undefined;
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind as EventKind] : undefined;
  return reader?.(value, { id, at });
}

/** 2^46 ms is 2,200 years: monotonic time cannot be larger. */
export const MONO_MAX = 2 ** 46;

type Reader = (o: JsonObject, base: EventBase) => FrameEvent | undefined;
const READERS: Record<EventKind, Reader> = {
  throughput: readThroughput,
  outage(o, base) {
    const from = numberIn(o, 'from', 0, MONO_MAX);
    if (from === undefined || from > base.at) return undefined;
    return { ...base, kind: 'outage', from, first_failure: integerIn(o, 'first_failure', 0, 5) ?? 0 };
  },
  boot: (o, base) => ({
    ...base,
    kind: 'boot',
    agent: textIn(o, 'agent', 32) ?? '',
    node: textIn(o, 'node', 32) ?? '',
    reboot: booleanIn(o, 'reboot') ?? false,
    model: textIn(o, 'model', 128) ?? '',
    os: textIn(o, 'os', 128) ?? '',
  }),
  lost(o, base) {
    const run = textIn(o, 'run', 40);
    const from = integerIn(o, 'from', 0, Number.MAX_SAFE_INTEGER);
    const to = integerIn(o, 'to', 0, Number.MAX_SAFE_INTEGER);
    const kind = wordIn(o, 'class', LOST_CLASSES);
    if (run === undefined || from === undefined || to === undefined || to < from || !kind) return undefined;
    return {
      ...base,
      kind: 'lost',
      run,
      from,
      to,
      n: integerIn(o, 'n', 0, Number.MAX_SAFE_INTEGER) ?? to - from + 1,
      class: kind,
    };
  },
  clock(o, base) {
    const step = numberIn(o, 'step_ms', -1e14, 1e14);
    return step === undefined ? undefined : { ...base, kind: 'clock', step_ms: step };
  },
  inventory(o, base) {
    const facts: Record<string, string> = {};
    const given = Object.hasOwn(o, 'facts') ? o['facts'] : undefined;
    if (!isObject(given)) return undefined;
    for (const [key, value] of Object.entries(given).slice(0, 64)) {
      if (/^[a-z0-9_.]{1,40}$/.test(key) && typeof value === 'string') facts[key] = value.slice(0, 160);
    }
    return { ...base, kind: 'inventory', facts };
  },
};
