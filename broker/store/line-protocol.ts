/**
 * Why: one builder of InfluxDB lines for all servers that read them. The clients' own builders are slower, send null and NaN as text (400)
 * and do not escape everything. Integers are typed from the metric table: a field keeps its type for ever.
 */
import { type FrameEvent, METRICS, type MetricName } from '#contract';
import { createLineWriter, type Lines, type LineWriter, NUMBER_BYTES } from './lines.ts';
import { type Batch, type EventRow, isKnown, type MetricColumn, type SampleBatch } from './store.ts';

/** Measurement `probe`, tag `probe`, one field per metric; `approx` is always there, so that a sample without values exists too. */
export const SAMPLES = 'probe';
/** Measurement `event`, tags `kind` and `probe`; `body` is the event as JSON, numbers stand beside it for charts of others. */
export const EVENTS = 'event';

/** All rows as lines with nanosecond times: the same batch always makes the same lines. */
export function linesOf(batch: Batch): Lines {
  const lines = linePartsOf(batch, { rows: Number.POSITIVE_INFINITY, lane: 0, lanes: 1 }).next();
  return lines.done ? createLineWriter().take() : lines.value;
}

/** Which rows of a batch, and how many of them at once. */
export interface LinePart {
  rows: number;
  /** Of 0 to `lanes` - 1. All rows of a probe belong to one lane: rows that overwrite each other must arrive in their order. */
  lane: number;
  lanes: number;
}

/** The same, of one lane, at most so many at once, made when they are asked for. */
export function* linePartsOf({ samples, events }: Batch, { rows, lane, lanes }: LinePart): Generator<Lines> {
  const isMine = laneFilter(lane, lanes);
  const writer = createLineWriter();
  const columns = columnsOf(samples);
  const write = sampleWriter(writer, samples, columns);
  for (let row = 0; row < samples.t_s.length; row++) {
    if (!isMine(samples.probe[row] ?? '')) continue;
    write(row);
    if (writer.count() === rows) yield writer.take();
  }
  for (const event of events) {
    if (!isMine(event.probe)) continue;
    writer.line(eventLine(event));
    if (writer.count() === rows) yield writer.take();
  }
  if (writer.count() > 0) yield writer.take();
}

/** Rows of a probe stand together: it is looked at once for all of them. */
function laneFilter(lane: number, lanes: number): (probe: string) => boolean {
  let known: string | null = null;
  let mine = false;
  return (probe) => {
    if (probe !== known) [known, mine] = [probe, laneOf(probe, lanes) === lane];
    return mine;
  };
}

function laneOf(probe: string, lanes: number): number {
  return (hashOf(probe) >>> 8) % lanes;
}

interface Column {
  /** `,name=` */
  head: Buffer;
  integer: boolean;
  decimals: number;
  values: MetricColumn;
}

function columnsOf({ columns }: SampleBatch): Column[] {
  return (Object.keys(columns) as MetricName[]).map((name) => ({
    head: Buffer.from(`,${name}=`),
    integer: isInteger(name),
    decimals: decimalsOf(METRICS[name].step),
    values: columns[name] ?? [],
  }));
}

/** Of a multiple of `step`, as it is written. */
export function decimalsOf(step: number): number {
  let decimals = 0;
  while (decimals < 6 && !Number.isInteger(Number((step * 10 ** decimals).toPrecision(12)))) decimals++;
  return decimals;
}

/** All of one class: another one beside it would make each copy slower. */
const [INTEGER_END, FIELDS_END, APPROX, EXACT, NANOSECONDS] = ['i', ' ', '1i', '0i', '000000000'].map((text) =>
  Buffer.from(text),
) as [Buffer, Buffer, Buffer, Buffer, Buffer]; // five in, five out

function sampleWriter(
  writer: LineWriter,
  { probe, t_s, approx }: SampleBatch,
  columns: readonly Column[],
): (row: number) => void {
  let known: string | undefined;
  let head = Buffer.alloc(0);
  const most = columns.reduce((bytes, column) => bytes + column.head.length + NUMBER_BYTES + 1, 2 * NUMBER_BYTES);
  return (row) => {
    const name = probe[row] ?? '';
    if (name !== known) [known, head] = [name, Buffer.from(`${SAMPLES},probe=${escapeTag(name)} approx=`)];
    writer.room(head.length + most);
    writer.bytes(head);
    writer.bytes(approx[row] ? APPROX : EXACT);
    for (const column of columns) {
      const value = column.values[row];
      if (!isKnown(value) || !Number.isFinite(value)) continue;
      writer.bytes(column.head);
      if (column.integer) {
        writer.number(Math.round(value), 0);
        writer.bytes(INTEGER_END);
      } else writer.number(value, column.decimals);
    }
    writer.bytes(FIELDS_END);
    writer.number(t_s[row] ?? Number.NaN, 0);
    writer.bytes(NANOSECONDS);
    writer.end();
  };
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

/** Six digits from the id: 0 to 999,999 ns. */
function belowMs(id: string): string {
  return String(hashOf(id) % 1_000_000).padStart(6, '0');
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
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
