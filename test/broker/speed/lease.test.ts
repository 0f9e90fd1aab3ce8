import { describe, expect, test } from 'vitest';
import type { LeaseDeny, LeaseGrant, LeaseRequest } from '#contract';
import { createLeases, type LeasesDeps } from '../../../broker/speed/lease.ts';
import { choosePlace, orderPlaces, type Place, parsePlaces } from '../../../broker/speed/places.ts';
import { ANSWER_MS } from '../../../broker/speed/queue.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';

const place = (name: string, more: Partial<Place> = {}): Place => ({
  name,
  host: name === 'main' ? null : `${name}.example`,
  port: () => 4443,
  udpPort: () => 4443,
  weight: 1,
  uplinkMbps: 1000,
  tickets: createTickets('a secret of this test', name),
  hearsTests: true,
  sick: () => false,
  ...more,
});
const wish = (more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  id: 'l1',
  kinds: ['udp', 'tcp'],
  dir: 'down',
  want_mbps: 36,
  max_bytes: 9_000_000,
  reason: 'slot',
  ...more,
});
function deskOf(places: Place[], more: Partial<LeasesDeps> = {}) {
  const answers: { probe: string; grant?: LeaseGrant; deny?: LeaseDeny }[] = [];
  const leases = createLeases({
    places,
    accessPointOf: () => null,
    answer: (probe, answer) => answers.push({ probe, ...answer }),
    random: () => 0.5,
    ...more,
  });
  return { leases, answers, last: () => answers.at(-1) };
}

describe('the desk', () => {
  test('a grant says where, how fast, how much and for how long, and its token says the same', () => {
    const main = place('main');
    const { leases, last } = deskOf([main]);
    leases.ask('debeikiai-1', wish(), 1000);
    const grant = last()?.grant;
    expect(grant).toMatchObject({
      ...{ id: 'l1', host: null, port: 4443, udp_port: 4443, kinds: ['udp', 'tcp'], dir: 'down', pace_mbps: 36 },
      ...{ max_bytes: 9_000_000, max_ms: 10_000, not_before: 1000, expires: 21_000, server: 'main', alternative: null },
    });
    expect(main.tickets.read(grant?.token ?? '')).toMatchObject({ paceMbps: 36, maxBytes: 9e6, key: grant?.key });
  });

  test('a wish beyond the server is granted at 80 % of its uplink, an unpaced test at half of that', () => {
    const { leases, last } = deskOf([place('main')]);
    leases.ask('a', wish({ want_mbps: 5000 }), 0);
    expect(last()?.grant?.pace_mbps).toBe(800);
    leases.release('a', 'l1', 1);
    leases.ask('a', wish({ want_mbps: 5000, kinds: ['full'], max_bytes: 1e9 }), 2);
    expect(last()?.grant).toMatchObject({ pace_mbps: 400, max_bytes: 125_000_000 });
  });

  test('a full server denies within 4 s with a time to come back, and says its load', () => {
    const { leases, answers } = deskOf([place('main', { uplinkMbps: 50 })]);
    leases.ask('a', wish(), 0);
    leases.heard('main', { probe: 'a', id: 'l1', state: 'begun' }, 0);
    leases.ask('b', wish({ id: 'l2' }), 0);
    leases.ask('c', wish({ id: 'l3', reason: 'manual' }), 0);
    leases.tick(ANSWER_MS);
    // The foremost is promised the place of the one that runs; the other is denied.
    expect(answers.find(({ probe }) => probe === 'c')?.grant?.not_before).toBe(15_000);
    expect(answers.find(({ probe }) => probe === 'b')?.deny).toMatchObject({ why: 'busy', now: ANSWER_MS });
    const [stats] = leases.stats(ANSWER_MS);
    expect(stats).toMatchObject({ bookedMbps: 36, peakMbps: 36, capacityMbps: 40, granted: 2, denied: { busy: 1 } });
  });

  test('a probe without a budget, and one that asks for its thirty-first test in an hour, are denied', () => {
    const { leases, last } = deskOf([place('main')], { mayTest: (probe) => probe !== 'none' });
    leases.ask('none', wish(), 0);
    expect(last()?.deny?.why).toBe('budget');
    for (let i = 0; i < 30; i++) leases.ask('greedy', wish({ id: `l${i}` }), i * 1000);
    expect(last()?.grant).toBeDefined();
    leases.ask('greedy', wish({ id: 'more' }), 30_000);
    expect(last()?.deny).toMatchObject({ why: 'budget', retry_after_s: 3570 });
    leases.ask('greedy', wish({ id: 'later' }), 3_600_001);
    expect(last()?.grant).toBeDefined();
  });

  test('what is freed is withdrawn at the test server', () => {
    const freed: string[] = [];
    const { leases } = deskOf([place('main')], { freed: (...what) => freed.push(what.join(' ')) });
    leases.ask('a', wish(), 0);
    leases.release('a', 'l1', 10);
    leases.ask('b', wish({ id: 'l2' }), 20);
    leases.tick(20_020);
    expect(freed).toEqual(['main a l1', 'main b l2']);
  });

  test('one lease per access point, also over several servers', () => {
    const places = [place('main'), place('north')];
    const { leases, answers } = deskOf(places, { accessPointOf: () => 'debeikiai' });
    leases.ask('one', wish(), 0);
    leases.heard(answers[0]?.grant?.server ?? '', { probe: 'one', id: 'l1', state: 'begun' }, 0);
    leases.ask('two', wish({ id: 'l2', avoid: answers[0]?.grant?.server ?? null }), 0);
    leases.tick(ANSWER_MS);
    expect(answers[1]?.deny?.why).toBe('taken');
  });
});

describe('several servers', () => {
  const names = Array.from({ length: 1200 }, (_, i) => `library-${i}`);
  const usual = (places: Place[]) => names.map((name) => orderPlaces(places, name)[0]?.name);

  test('share the access points by weight, and one that leaves moves only its own', () => {
    const three = [place('a'), place('b', { weight: 2 }), place('c')];
    const before = usual(three);
    const count = (name: string) => before.filter((one) => one === name).length;
    expect(count('b')).toBeGreaterThan(520); // 600 of 1200, and chance
    expect(count('b')).toBeLessThan(680);
    const after = usual(three.filter(({ name }) => name !== 'c'));
    expect(before.every((one, i) => one === 'c' || one === after[i])).toBe(true);
  });

  test('a confirmation goes to another, an avoided or a sick one is not chosen while there is one more', () => {
    const [a, b] = [place('a'), place('b')];
    const [first] = orderPlaces([a, b], 'x');
    const other = first === a ? b : a;
    const choose = (more: object, places = [a, b]) =>
      choosePlace(places, { accessPoint: 'x', avoid: null, confirming: false, ...more });
    expect(choose({})).toEqual({ place: first, alternative: other });
    expect(choose({ confirming: true })?.place).toBe(other);
    expect(choose({ avoid: first?.name })?.place).toBe(other);
    expect(choose({ confirming: true, avoid: other.name })?.place).toBe(first);
    const sick = place(first?.name ?? '', { sick: () => true });
    expect(choose({}, [sick, other])?.place).toBe(other);
    expect(choose({}, [sick])?.place).toBe(sick);
    expect(choose({ confirming: true }, [sick, other])?.place).toBe(other);
    expect(choose({}, [])).toBeNull();
  });

  test('are read from one setting', () => {
    expect(parsePlaces('')).toEqual([]);
    expect(parsePlaces('north=speed.example:4443/2.5/500, six=[2001:db8::1]:1')).toEqual([
      { name: 'north', host: 'speed.example', port: 4443, weight: 2.5, uplinkMbps: 500 },
      { name: 'six', host: '2001:db8::1', port: 1, weight: 1, uplinkMbps: 1000 },
    ]);
    for (const wrong of ['north', 'north=x', 'n=x:0', 'N=x:1', 'a=x:1,a=y:2', 'a=x:1/-1'])
      expect(() => parsePlaces(wrong)).toThrow();
  });
});
