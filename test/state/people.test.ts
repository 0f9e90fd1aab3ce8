/** Why: who may do what survives a restart, and ends at once where it is ended. */
import { expect, it } from 'vitest';
import { memoryState } from '../support/state.ts';

const ona = {
  name: 'ona',
  role: 'operator',
  passwordHash: 'hash',
  email: 'ona@library.example',
  createdAt: 1,
} as const;
const session = { idSha256: 'abc', user: 'ona', csrf: 'token', createdAt: 10, lastSeenAt: 10, expiresAt: 100 };

it('keeps users, and when one was created', () => {
  const { people } = memoryState();
  people.putUser(ona);
  people.putUser({ ...ona, role: 'viewer', email: null, createdAt: 99 });
  expect(people.users()).toEqual([{ ...ona, role: 'viewer', email: null }]);
  expect(people.user('nobody')).toBeNull();
});

it('ends sessions one by one, all of a user, and by time', () => {
  const { people } = memoryState();
  people.putUser(ona);
  for (const [id, expiresAt] of [
    ['a', 100],
    ['b', 200],
    ['c', 300],
  ] as const)
    people.addSession({ ...session, idSha256: id, expiresAt });
  people.dropExpiredSessions(100);
  people.touchSession('b', 50);
  expect([people.session('a'), people.session('b')?.lastSeenAt]).toEqual([null, 50]);
  people.dropSession('b');
  expect(people.session('b')).toBeNull();
  people.dropSessionsOf('ona');
  expect(people.session('c')).toBeNull();
});

it('refuses a session of nobody', () => {
  expect(() => memoryState().people.addSession(session)).toThrow(/FOREIGN KEY/);
});

it('keeps tokens after they are revoked, with the first time of it', () => {
  const { people } = memoryState();
  const id = people.addToken({ name: 'grafana', role: 'viewer', user: 'ona', tokenSha256: 'ff', createdAt: 5 });
  people.revokeToken(id, 10);
  people.revokeToken(id, 20);
  expect(people.tokenBySha256('ff')).toEqual({
    id,
    name: 'grafana',
    role: 'viewer',
    user: 'ona',
    tokenSha256: 'ff',
    createdAt: 5,
    revokedAt: 10,
  });
  expect(people.tokens()).toHaveLength(1);
});
