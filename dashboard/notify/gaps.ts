/** Why: a hole in the rota is told a week before somebody falls into it, on the page and to those who can mend it. */
import type { Rotation } from '#contract';
import type { State } from '#state';
import type { Notice } from '../said/said.ts';
import type { GapWhy } from '../said/sayings-server.ts';
import type { Receivers } from './receivers.ts';
import { gapsOf } from './rotation.ts';
import { addNotice } from './telling.ts';

const AHEAD_MS = 7 * 86_400_000;
const LOOK_MS = 3_600_000;

export interface Gap {
  rotation: Rotation;
  from: number;
  to: number;
  why: GapWhy;
}

/** Of rotations that a policy calls. */
export function gapsAhead(state: State, receivers: Receivers, now: number): Gap[] {
  const called = new Set(
    state.oncall
      .policies()
      .flatMap(({ steps }) => steps.flatMap((step) => (step.do === 'notify' ? [step.rotation] : []))),
  );
  return state.oncall
    .rotations()
    .filter(({ id }) => called.has(id))
    .flatMap((rotation) => rotationGaps(state, receivers, rotation, now).map((gap) => ({ rotation, ...gap })));
}

export function rotationGaps(
  state: State,
  receivers: Receivers,
  rotation: Rotation,
  now: number,
): Omit<Gap, 'rotation'>[] {
  const reach = (user: string): GapWhy | null => {
    if (!state.people.user(user)) return { kind: 'no_user', user };
    return receivers.ofPerson(user).length === 0 ? { kind: 'unreachable', user } : null;
  };
  return gapsOf(rotation, state.oncall.overrides(rotation.id, now), { from: now, to: now + AHEAD_MS, reach });
}

/** Looks once an hour; each gap is told once. */
export function createGapWatch({ state, receivers }: { state: State; receivers: Receivers }) {
  let lookedAt = Number.NEGATIVE_INFINITY;
  let found: Gap[] = [];
  return {
    tick(now: number): void {
      if (now - lookedAt < LOOK_MS) return;
      lookedAt = now;
      found = gapsAhead(state, receivers, now);
      state.transaction(() => {
        for (const { rotation, from, to } of found) {
          const detail = { code: 'gap', rotation: rotation.name, from, to, zone: rotation.zone };
          // By its end: the beginning of a gap that lasts is always "now".
          addNotice(state, receivers, null, detail, `gap-${rotation.id}-${to}`, now);
        }
      });
    },
    notices: (): Notice[] =>
      found.map(({ rotation: { name, zone }, from, to, why }) => ({
        code: 'ON_CALL_GAP',
        severity: 'warning',
        said: { code: 'notice.gap', rotation: name, from, to, zone, why },
        since: null,
      })),
  };
}
