/**
 * Why: the heartbeat. Slots come from monotonic timers, so that no clock step can stall or burst them, and are aligned to the
 * wall minute where the wall is trusted, so that probes and databases agree on when a sample was due.
 */
import { acceptValue, type MetricName, roundToStep } from '#contract';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Capability, Reading, Sensor, Slot } from './sensor.ts';
import type { WallClock } from './wall.ts';

/** One stamped set of readings. */
export interface Sample {
  monoMs: number;
  values: Reading;
}

export interface Sampler {
  /** The first sample comes within a second, the others on their slots. */
  start(): void;
  /** One more within a second: a probe that was just plugged in, or nudged, is seen on the page at once. */
  soon(): void;
  /** One sample at this moment, for `--once`; `onSample` does not see it. */
  sampleNow(): Promise<Sample>;
  /** New period; the next slot follows it. */
  setPeriod(seconds: number): void;
  /** Aligns anew after a clock step or new trust. */
  realign(): void;
  /** Asks every sensor again what it can do here. */
  probeAll(): Promise<void>;
  capabilities(): ReadonlyMap<string, Capability>;
  stop(): void;
}

/** A sensor may take up to 10 s (lost pings wait that long), but never longer than nine tenths of a period. */
const READ_CAP_MS = 10_000;

export function createSampler(deps: {
  sensors: readonly Sensor[];
  wall: WallClock;
  log: Logger;
  periodS: number;
  /** `prompt`: it was asked for out of turn, so somebody waits for it. */
  onSample(sample: Sample, prompt: boolean): void;
}): Sampler {
  const { sensors, wall, log, onSample } = deps;
  const readers = sensors.map((sensor) => createReader(sensor, log));
  let periodMs = deps.periodS * 1000;
  let lastSlot = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let running = false;
  let prompt = false;

  async function take(monoMs: number): Promise<Sample> {
    const timeoutMs = Math.min(READ_CAP_MS, periodMs * 0.9);
    const abort = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(() => {
        abort.abort();
        resolve(`no answer within ${Math.round(timeoutMs)} ms`);
      }, timeoutMs);
    });
    const slot = { monoMs, signal: abort.signal };
    const readings = await Promise.all(readers.map((reader) => reader.read(slot, late)));
    clearTimeout(timer);
    return { monoMs, values: Object.assign({}, ...readings) };
  }
  function schedule(): void {
    clearTimeout(timer);
    if (!running) return;
    const now = wall.monoMs();
    // Out of turn, but still on a whole second: stored times are whole seconds, and a restart must not put two runs into one.
    const at = { now, last: lastSlot, periodMs: prompt ? Math.min(periodMs, 1000) : periodMs };
    const slot = nextSlot({ ...at, offsetMs: wall.sync() === 0 ? null : wall.offsetMs() });
    timer = setTimeout(() => fire(slot), Math.max(1, slot - now));
  }
  function soon(): void {
    prompt = true;
    schedule();
  }
  function fire(slot: number): void {
    // libuv may fire a millisecond early; a process that was held up (SIGSTOP, a starved CPU) fires late and skips what passed.
    if (wall.monoMs() < slot - 1) {
      schedule();
      return;
    }
    lastSlot = slot;
    const asked = prompt;
    prompt = false;
    wall.check();
    take(slot).then(
      (sample) => {
        if (running) onSample(sample, asked);
      },
      (error: unknown) => log.error({ error: messageOf(error) }, 'sample failed'),
    );
    schedule();
  }
  return {
    start() {
      running = true;
      soon();
    },
    soon,
    sampleNow() {
      lastSlot = Math.max(Math.round(wall.monoMs()), lastSlot + 1);
      return take(lastSlot);
    },
    setPeriod(seconds) {
      if (seconds * 1000 === periodMs) return;
      periodMs = seconds * 1000;
      schedule();
    },
    realign: schedule,
    async probeAll() {
      await Promise.all(readers.map((reader) => reader.probe()));
    },
    capabilities: () => new Map(readers.map((reader) => [reader.name, reader.capability()])),
    stop() {
      running = false;
      clearTimeout(timer);
      for (const reader of readers) reader.stop();
    },
  };
}

/**
 * The next slot, in whole monotonic ms after `now`. With an offset (wall - mono) it falls on a multiple of the period on the
 * wall, and never comes sooner than half a period after the last; without one it keeps the cadence of the last.
 */
export function nextSlot(at: { now: number; last: number; periodMs: number; offsetMs: number | null }): number {
  const { now, last, periodMs, offsetMs } = at;
  if (offsetMs === null) {
    if (!Number.isFinite(last)) return Math.ceil(now) + 1;
    return Math.round(last + periodMs * Math.max(1, Math.floor((now - last) / periodMs) + 1));
  }
  let slot = Math.round((Math.floor((now + offsetMs) / periodMs) + 1) * periodMs - offsetMs);
  while (slot <= now || slot < last + periodMs / 2) slot += periodMs;
  return slot;
}

interface Reader {
  name: string;
  probe(): Promise<void>;
  capability(): Capability;
  /** `late` settles when the slot's time is over, with why. */
  read(slot: Slot, late: Promise<string>): Promise<Reading>;
  stop(): void;
}

/** One sensor behind a watch: it may throw, hang or answer nonsense, and only its own values become unknown. */
function createReader(sensor: Sensor, log: Logger): Reader {
  let capability: Capability = { available: false, why: 'not asked yet' };
  let busy = false;
  let troubled = false;
  const trouble = (why: string): void => {
    if (!troubled)
      log.warn({ sensor: sensor.name, why }, 'sensor could not be read; its values are unknown until it can');
    troubled = true;
  };
  async function readGuarded(slot: Slot): Promise<Reading> {
    busy = true;
    try {
      const reading = acceptReading(await sensor.read(slot), sensor.metrics);
      if (!slot.signal.aborted) troubled = false;
      return reading;
    } catch (error) {
      trouble(messageOf(error));
      return {};
    } finally {
      busy = false;
    }
  }
  return {
    name: sensor.name,
    capability: () => capability,
    async probe() {
      try {
        capability = await sensor.probe();
      } catch (error) {
        capability = { available: false, why: messageOf(error) };
      }
    },
    async read(slot, late) {
      if (!capability.available) return {};
      if (busy) {
        trouble('still busy with an earlier slot');
        return {};
      }
      const reading = await Promise.race([readGuarded(slot), late]);
      if (typeof reading !== 'string') return reading;
      trouble(reading);
      return {};
    },
    stop: () => sensor.stop(),
  };
}

/** The sensor's own metrics with values inside their bounds; anything else is unknown, never sent. */
function acceptReading(reading: Reading, metrics: readonly MetricName[]): Reading {
  const accepted: Partial<Record<MetricName, number | null>> = {};
  for (const name of metrics) {
    const value = reading[name];
    if (value === undefined || value === null) continue;
    const within = acceptValue(name, value);
    accepted[name] = within === null ? null : roundToStep(name, within);
  }
  return accepted;
}
