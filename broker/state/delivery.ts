/** Why: which frames of which run have arrived, so that a restart of the server forgets none of the proof. */
import { LOST_CLASSES } from '#contract';
import type { Database } from './database.ts';
import type { Arrived, DeliveryState, RunDelivery, ToldLost } from './index.ts';
import { json, number, numberOrNull, type Row, text } from './row.ts';

export function deliveryState(database: Database): DeliveryState {
  return {
    runs: (probe) => database.all('SELECT * FROM delivery WHERE probe = ?', probe).map(runOf),
    put(probe, run) {
      database.run(
        `INSERT OR REPLACE INTO delivery (probe, run, boot, arrived, lost, frames, duplicates, unlisted, first_ms, last_ms, live_first_ms, live_last_ms, waiting)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        probe,
        run.run,
        run.boot,
        JSON.stringify(run.arrived.map(({ from, to, at }) => [from, to, at])),
        JSON.stringify(run.lost.map((lost) => [lost.from, lost.to, lost.at, lost.class])),
        run.frames,
        run.duplicates,
        run.unlisted,
        run.firstMs,
        run.lastMs,
        run.liveFirstMs,
        run.liveLastMs,
        run.waiting,
      );
    },
    drop(probe, run) {
      database.run('DELETE FROM delivery WHERE probe = ? AND run = ?', probe, run);
    },
    forget: (beforeMs) => database.run('DELETE FROM delivery WHERE last_ms < ?', beforeMs).changes,
  };
}

function runOf(row: Row): RunDelivery {
  return {
    run: text(row, 'run'),
    boot: text(row, 'boot'),
    arrived: json(row, 'arrived', (value) => listOf(value, arrivedOf)),
    lost: json(row, 'lost', (value) => listOf(value, lostOf)),
    frames: number(row, 'frames'),
    duplicates: number(row, 'duplicates'),
    unlisted: number(row, 'unlisted'),
    firstMs: number(row, 'first_ms'),
    lastMs: number(row, 'last_ms'),
    liveFirstMs: numberOrNull(row, 'live_first_ms'),
    liveLastMs: numberOrNull(row, 'live_last_ms'),
    waiting: numberOrNull(row, 'waiting'),
  };
}

function listOf<T>(value: unknown, parse: (parts: readonly unknown[]) => T | null): T[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: T[] = [];
  for (const parts of value) {
    const parsed = Array.isArray(parts) ? parse(parts) : null;
    if (parsed === null) return undefined;
    list.push(parsed);
  }
  return list;
}

function arrivedOf([from, to, at]: readonly unknown[]): Arrived | null {
  return typeof from === 'number' && typeof to === 'number' && typeof at === 'number' ? { from, to, at } : null;
}

function lostOf(parts: readonly unknown[]): ToldLost | null {
  const range = arrivedOf(parts);
  const kind = LOST_CLASSES.find((one) => one === parts[3]);
  return range && kind ? { ...range, class: kind } : null;
}
