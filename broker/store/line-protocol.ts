/**
 * Why: one builder of InfluxDB lines for all servers that read them. The clients' own builders are 4 times slower, send null and NaN
 * as text (400) and do not escape everything. Integers are typed from the metric table: a field keeps its type for ever.
 */
import { type FrameEvent, METRICS, type MetricName } from '#contract';
import { type Batch, type EventRow, isKnown, type MetricColumn } from './store.ts';

/** Measurement `probe`, tag `probe`, one field per metric; `approx` is always there, so that a sample without values exists too. */
export const SAMPLES = 'probe';
/** Measurement `event`, tags `kind` and `probe`; `body` is the event as JSON, numbers stand beside it for charts of others. */
export const EVENTS = 'event';

/** All rows as lines with nanosecond times: the same batch always makes the same lines. */
export function linesOf(batch: Batch): string[] {
  return [...linePartsOf(batch, batch.samples.t_s.length + batch.events.length)].flat();
}

/** The same, at most so many at once, made when they are asked for. */
export function* linePartsOf({ samples, events }: Batch, atOnce: number): Generator<string[]> {
  const columns = (Object.keys(samples.columns) as MetricName[]).map((name) => ({
    name,
    integer: isInteger(name),
    values: samples.columns[name] ?? [],
  }));
  for (let first = 0; first < samples.t_s.length; first += atOnce) {
    const count = Math.min(atOnce, samples.t_s.length - first);
    yield Array.from({ length: count }, (_, i) => sampleLine(samples, columns, first + i));
  }
  for (let first = 0; first < events.length; first += atOnce) yield events.slice(first, first + atOnce).map(eventLine);
}

function sampleLine(
  { probe, t_s, approx }: Batch['samples'],
  columns: readonly { name: MetricName; integer: boolean; values: MetricColumn }[],
  row: number,
): string {
  let fields = `approx=${approx[row] ? 1 : 0}i`;
  for (const { name, integer, values } of columns) {
    const value = values[row];
    if (!isKnown(value) || !Number.isFinite(value)) continue;
    fields += integer ? `,${name}=${Math.round(value)}i` : `,${name}=${value}`;
  }
  return `${SAMPLES},probe=${escapeTag(probe[row] ?? '')} ${fields} ${t_s[row]}000000000`;
}

export function isInteger(name: MetricName): boolean {
  return METRICS[name].type !== 'gauge';
}

/**
 * Two events of one millisecond must both stand, and a tag for each id would make each a series of its own.
 * So the id lies in the time, below the millisecond: the same event always gets the same nanosecond.
 */
function eventLine({ probe, t_ms, approx, event }: EventRow): string {
  const numbers = Object.entries(numbersOf(event))
    .flatMap(([name, value]) => (value === null ? [] : [`,${name}=${value}`]))
    .join('');
  return `${EVENTS},kind=${escapeTag(event.kind)},probe=${escapeTag(probe)} approx=${approx ? 1 : 0}i,body="${escapeText(JSON.stringify(event))}"${numbers} ${Math.round(t_ms)}${belowMs(event.id)}`;
}

function numbersOf(event: FrameEvent): Record<string, number | null> {
  switch (event.kind) {
    case 'throughput': {
      const { rate_mbps, app_mbps, other_mbps, target_mbps, bytes, dur_ms, cpu_pct } = event;
      return { rate_mbps, app_mbps, other_mbps, target_mbps, bytes, dur_ms, cpu_pct };
    }
    case 'outage':
      return { outage_ms: event.at - event.from, first_failure: event.first_failure };
    case 'lost':
      return { lost_frames: event.n };
    case 'clock':
      return { step_ms: event.step_ms };
    case 'boot':
    case 'inventory':
      return {};
  }
}

/** Six digits from the id (FNV-1a): 0 to 999,999 ns. */
function belowMs(id: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return String((hash >>> 0) % 1_000_000).padStart(6, '0');
}

/** Tag values: comma, space and equals are escaped; a line break or an empty value cannot be written at all. */
export function escapeTag(text: string): string {
  return (
    text
      .replace(/[\r\n]/g, ' ')
      .replace(/\\+$/, '')
      .replace(/[, =]/g, (character) => `\\${character}`) || 'unknown'
  );
}

/** String fields: quotes and backslashes. */
export function escapeText(text: string): string {
  return text.replace(/["\\]/g, (character) => `\\${character}`);
}
