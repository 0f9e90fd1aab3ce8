import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTickets, same } from '../../../broker/speed/ticket.ts';
import { ticketOf } from './lab.ts';

const tickets = createTickets('a secret of this test', 'main');

test('a token says what was granted, to whoever has the key', () => {
  const ticket = ticketOf({ id: 'a_b-C', kinds: ['udp', 'full'], dir: 'up', paceMbps: 36.5, maxBytes: 1e9 });
  const { token, key } = tickets.issue(ticket);
  expect(token).toMatch(/^[\w.-]{1,200}$/);
  expect(createTickets('a secret of this test', 'main').read(token)).toEqual({ ...ticket, key });
});

test('the longest ids fit', () => {
  const { token } = tickets.issue(
    ticketOf({ id: 'i'.repeat(64), probe: 'p'.repeat(48), kinds: ['udp', 'tcp', 'full'] }),
  );
  expect(token.length).toBeLessThanOrEqual(200);
  expect(tickets.read(token)).not.toBeNull();
});

test('a ticket for one server, or of another key, is none', () => {
  const { token } = tickets.issue(ticketOf());
  expect(createTickets('a secret of this test', 'north').read(token)).toBeNull();
  expect(createTickets('another secret', 'main').read(token)).toBeNull();
});

test('no changed letter and no text at all is a ticket, and none throws', () => {
  const { token } = tickets.issue(ticketOf());
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...'abcXYZ019.-_'), (at, letter) => {
      const changed = token.slice(0, at) + letter + token.slice(at + 1);
      expect(tickets.read(changed) === null).toBe(changed !== token);
    }),
  );
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => tickets.read(text) === null));
  expect(same('a', 'ab')).toBe(false);
});
