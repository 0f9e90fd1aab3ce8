/** Why: a database that is slow or away must not hold back the page of an incident: what it would add is left out. */
const PATIENCE_MS = 1500;

/** The answer, or `otherwise` where it fails or takes too long. */
export function inTime<T>(answer: Promise<T>, otherwise: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, PATIENCE_MS, otherwise);
    const done = (value: T): void => {
      clearTimeout(timer);
      resolve(value);
    };
    answer.then(done, () => done(otherwise));
  });
}
