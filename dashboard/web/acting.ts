/** Why: a form that changes something says what the server refused, and what it shows is fetched again. */
import { useState } from 'preact/hooks';
import { ApiError } from './api.ts';

export interface Acting {
  error: ApiError | null;
  /** True when it was done. */
  act(work: () => Promise<unknown>): Promise<boolean>;
}

/** `done` runs after each success. */
export function useActing(done: () => void): Acting {
  const [error, setError] = useState<ApiError | null>(null);
  return {
    error,
    async act(work) {
      try {
        await work();
        setError(null);
        done();
        return true;
      } catch (refused) {
        if (!(refused instanceof ApiError)) throw refused;
        setError(refused);
        return false;
      }
    },
  };
}
