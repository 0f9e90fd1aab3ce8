/** Why: times of the conditions that are no parameters; the rules and what they say of themselves must agree on them. */
const MINUTE = 60_000;

/** What ended must have ended for so long. */
export const CLEAR_MS = 15 * MINUTE;
export const CLOCK_HOLD_MS = 10 * MINUTE;
