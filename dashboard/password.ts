/** Why: passwords are kept as scrypt hashes, made one at a time: scrypt borrows the threads that also sync the log of frames. */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { CarrelError } from '#lib/errors';

/** OWASP Password Storage Cheat Sheet: N=2^15, r=8, p=3; 32 MiB. */
const PARAMETERS = { N: 2 ** 15, r: 8, p: 3 };
const HASH_BYTES = 32;
const WAITING_MAX = 20;
const PASSWORD_MIN = 12;
/** Longer texts only cost time. */
export const PASSWORD_MAX = 256;

export interface Passwords {
  /** @throws CarrelError PASSWORD_INVALID, TOO_MANY_LOGINS */
  hash(password: string): Promise<string>;
  /** Takes as long for `null` (nobody of that name) as for a wrong password. @throws CarrelError TOO_MANY_LOGINS */
  verify(password: string, hash: string | null): Promise<boolean>;
}

/** `cost` is for tests: what scrypt takes is the same in all of them. */
export function createPasswords(cost: Parameters = PARAMETERS): Passwords {
  const queue = oneAtATime();
  const nobody = encode(cost, randomBytes(16), randomBytes(HASH_BYTES));
  return {
    async hash(password) {
      if (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX) {
        throw new CarrelError(
          'PASSWORD_INVALID',
          `the password must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters`,
          { password: `${PASSWORD_MIN} to ${PASSWORD_MAX} characters` },
        );
      }
      const salt = randomBytes(16);
      return encode(cost, salt, await queue(() => derive(password, salt, cost)));
    },
    async verify(password, hash) {
      const { salt, expected, parameters } = decode(hash ?? nobody);
      const got = await queue(() => derive(password.slice(0, PASSWORD_MAX), salt, parameters));
      return timingSafeEqual(got, expected) && hash !== null && password.length <= PASSWORD_MAX;
    },
  };
}

type Parameters = typeof PARAMETERS;

function derive(password: string, salt: Uint8Array, parameters: Parameters): Promise<Buffer> {
  const options: ScryptOptions = { ...parameters, maxmem: 256 * parameters.N * parameters.r };
  // One person, one text: an é typed on a Mac and on Windows is the same letter.
  return new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}

function encode({ N, r, p }: Parameters, salt: Buffer, hash: Buffer): string {
  return `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

function decode(text: string): { parameters: Parameters; salt: Buffer; expected: Buffer } {
  const match = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]{16,})\$([\w-]{43})$/.exec(text);
  const [, N = '', r = '', p = '', salt = '', hash = ''] = match ?? [];
  if (!match)
    throw new CarrelError(
      'PASSWORD_HASH_DAMAGED',
      'a stored password cannot be read; set it anew with npm run carrel',
      {},
    );
  return {
    parameters: { N: Number(N), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64url'),
    expected: Buffer.from(hash, 'base64url'),
  };
}

function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return (work) => {
    if (waiting >= WAITING_MAX)
      throw new CarrelError('TOO_MANY_LOGINS', 'too many people log in at this moment; try again in a few seconds', {
        retry_after_s: 5,
      });
    waiting++;
    const run = last.then(work).finally(() => waiting--);
    last = run.catch(() => undefined);
    return run;
  };
}
