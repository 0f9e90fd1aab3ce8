/**
 * Why: how much evidence "below the target" takes. Nearly all noise pushes a result down, so a pass is strong evidence and a low test is
 * weak: it takes K of N low tests over a stretch of opening time, retested on a schedule. Longer where the probe cannot see what visitors
 * use. The numbers come from the simulated year of `npm run bench -- alerts`.
 */

/** K of N over a time, and when to test again after the first low test. */
export interface Evidence {
  /** Low tests needed. */
  lows: number;
  /** Of so many last ones; one more pass than the difference ends the suspicion. */
  of: number;
  /** From the first to the last of them, minutes of opening time. */
  span_min: number;
  /** Retests after the first low test, minutes; after the last, every 15 minutes. */
  retests_min: readonly number[];
}
/** So far below the target that noise cannot explain it. A probe that does not see visitors' traffic cannot say so. */
export interface Far extends Evidence {
  below_mbps: number;
}
export interface SlowProfile {
  /** The probe sees what others use of the line. */
  sighted: Evidence;
  /** It does not: a visitor's download looks like a slow line, so it must last longer than downloads do. */
  blind: Evidence;
  /** Their median is this close to the target (share of it): a line that just meets it looks like that now and then, so it takes more. */
  close: Omit<Evidence, 'retests_min'> & { above: number };
  /** Far below the target: hardly usable. */
  hard: Far;
  /** Far below it, yet of some use: fewer tests tell. Null: as any other. */
  far: Far | null;
  /** What ends it: so many tests at `up_factor` x target, none of them below the target between. */
  clear: Evidence;
  /** A test this far above the target helps to end it; between it and the target lies the hysteresis band. */
  up_factor: number;
}

export const PROFILE_NAMES = ['default', 'fast', 'metered', 'demo'] as const;
export type ProfileName = (typeof PROFILE_NAMES)[number];

const close = { above: 0.92, lows: 8, of: 9, span_min: 90 } as const;
const hard = { below_mbps: 5, lows: 3, of: 3, span_min: 10, retests_min: [3, 8, 12] } as const;
const clear = { lows: 4, of: 5, span_min: 40, retests_min: [10, 25, 45] } as const;

export const PROFILES: Readonly<Record<ProfileName, SlowProfile>> = {
  default: {
    sighted: { lows: 6, of: 7, span_min: 60, retests_min: [3, 8, 15, 30, 45, 60] },
    blind: { lows: 8, of: 8, span_min: 150, retests_min: [5, 15, 30, 55, 80, 110, 150] },
    close,
    hard,
    far: null,
    clear,
    up_factor: 1.1,
  },
  fast: {
    sighted: { lows: 5, of: 6, span_min: 45, retests_min: [3, 8, 15, 30, 45] },
    blind: { lows: 8, of: 8, span_min: 120, retests_min: [5, 15, 30, 50, 70, 95, 120] },
    close: { above: 0.92, lows: 7, of: 8, span_min: 75 },
    hard,
    far: { below_mbps: 15, lows: 5, of: 6, span_min: 30, retests_min: [3, 8, 15, 30] },
    clear,
    up_factor: 1.1,
  },
  // Each test costs a share of a small budget; UDP tests have less noise, so fewer are enough.
  metered: {
    sighted: { lows: 3, of: 3, span_min: 60, retests_min: [30, 60] },
    blind: { lows: 5, of: 5, span_min: 150, retests_min: [30, 60, 105, 150] },
    close: { above: 0.9, lows: 5, of: 5, span_min: 120 },
    hard: { below_mbps: 5, lows: 3, of: 3, span_min: 10, retests_min: [5, 12] },
    far: null,
    clear: { lows: 2, of: 3, span_min: 40, retests_min: [45] },
    up_factor: 1.1,
  },
  // To show an alert within minutes, at a table or in an acceptance test of a new library: it would wake people for a visitor's download.
  demo: {
    sighted: { lows: 3, of: 4, span_min: 0, retests_min: [1, 2, 3] },
    blind: { lows: 3, of: 4, span_min: 0, retests_min: [1, 2, 3] },
    close: { above: 1, lows: 3, of: 4, span_min: 0 },
    hard: { below_mbps: 5, lows: 3, of: 3, span_min: 0, retests_min: [1, 2] },
    far: null,
    clear: { lows: 2, of: 2, span_min: 0, retests_min: [1] },
    up_factor: 1.1,
  },
};

/** Ends of waiting, the same for every profile. Minutes of opening time where the name says so. */
export const LIMITS_OF_WAITING = {
  /** A suspicion that neither fires nor ends by then is given up. */
  suspectOpenMin: 360,
  /** A suspicion, and a recovery, does not bridge a longer gap than from one open day to the next. */
  gapMs: 26 * 3_600_000,
  /** A recovery that is not decided by then counts as none. */
  recoveringOpenMin: 1440,
  /** Between retests after the last of the list. */
  furtherRetestMin: 15,
} as const;
