/** Why: probes as an operator finds them on a usual day: most are well, some are away, and each trouble is there once in a while. */
import { type LiveRow, PROBE_TROUBLES, type ProbeFleet, type ProbeTrouble } from '#contract';

const HOUR_S = 3600;
const FRAME_S = 300;
const bit = (trouble: ProbeTrouble): number => 1 << PROBE_TROUBLES.indexOf(trouble);
const numberOf = ({ probe }: LiveRow): number => Number(/\d+$/.exec(probe ?? '')?.[0] ?? 0);

/** Of the fleet's own rows, by id as the server sends them; one more lies on a shelf and was never heard. */
export function probeFleetOf(rows: readonly LiveRow[], at: number): ProbeFleet {
  const known = rows
    .flatMap((row) => (row.probe === null ? [] : [{ row, i: numberOf(row), id: row.probe }]))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const waiting = known.map(({ row, i }) => (row.last_seen === null ? null : i % 37 === 5 ? 40 + i : i % 3));
  const metered = 300e6;
  const shelf = rows.length > 0 ? ['probe-on-the-shelf'] : [];
  const one = <T>(value: T): T[] => shelf.map(() => value);
  return {
    ...{ at, agent: '0.4.2', month: '2026-11' },
    words: ['0.4.2', '0.4.1', '0.3.9', 'config: zone Europe/Vilna is not known here'],
    id: [...known.map(({ id }) => id), ...shelf],
    access_point: [...known.map(({ row }) => row.ap), ...one(null)],
    troubles: [
      ...known.map(({ row, i }, k) =>
        row.last_seen === null
          ? bit('never')
          : (row.probe_online ? 0 : bit('away')) |
            (i % 41 === 7 || i % 83 === 11 ? bit('clock') : 0) |
            (i % 97 === 3 ? bit('refused') | bit('config') : 0) |
            ((waiting[k] ?? 0) * FRAME_S >= HOUR_S ? bit('waiting') : 0) |
            (i % 59 === 8 ? bit('data') : 0) |
            (versionOf(i) > 0 ? bit('outdated') : 0),
      ),
      ...one(bit('never')),
    ],
    online: [...known.map(({ row }) => Number(row.probe_online === true)), ...one(0)],
    seen: [
      ...known.map(({ row }) => (row.last_seen === null ? null : Math.floor((at - row.last_seen) / 1000))),
      ...one(null),
    ],
    version: [...known.map(({ row, i }) => (row.last_seen === null ? null : versionOf(i))), ...one(null)],
    wanted: [...known.map(({ i }) => 3 + (i % 5)), ...one(null)],
    reported: [
      ...known.map(({ row, i }) => (row.last_seen === null ? null : 3 + (i % 5) - Number(i % 97 === 3))),
      ...one(null),
    ],
    error: [...known.map(({ i }) => (i % 97 === 3 ? 3 : null)), ...one(null)],
    clock: [
      ...known.map(({ row, i }) => (row.last_seen === null ? null : i % 41 === 7 ? 0 : 1 + (i % 2))),
      ...one(null),
    ],
    skew_ms: [...known.map(({ i }) => (i % 83 === 11 ? -1_140_000 : 40 - (i % 90))), ...one(null)],
    waiting: [...waiting, ...one(null)],
    waiting_s: [...waiting.map((n) => (n === null ? null : n * FRAME_S)), ...one(null)],
    spent_bytes: [
      ...known.map(({ row, i }) => (row.last_seen === null ? null : i % 59 === 8 ? metered : 90e6 + (i % 70) * 2e6)),
      ...one(null),
    ],
    limit_bytes: [
      ...known.map(({ row, i }) => (row.last_seen === null ? null : i % 59 === 8 ? metered : 2e9)),
      ...one(null),
    ],
  };
}

/** Place in `words`. */
const versionOf = (i: number): number => (i % 29 === 4 ? 1 : i % 211 === 9 ? 2 : 0);
