/** Why: what is asked for wrongly is mended in one go: everything that is wrong with it is told at once, by field. */
import { CarrelError } from '#lib/errors';

/** @throws CarrelError with every field that is wrong */
export function refuseProblems(code: string, problems: Readonly<Record<string, string | null>>): void {
  const wrong = Object.entries(problems).filter((entry): entry is [string, string] => entry[1] !== null);
  if (wrong.length > 0)
    throw new CarrelError(
      code,
      wrong.map(([field, words]) => `${field} ${words}`).join('; '),
      Object.fromEntries(wrong),
    );
}

/** Of a range whose beginning cannot be: `message` goes on after "from". */
export function rangeError(message: string): CarrelError {
  return new CarrelError('RANGE_INVALID', `from ${message}`, { from: message });
}
