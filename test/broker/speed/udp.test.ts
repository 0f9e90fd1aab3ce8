import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeUdp, UDP, writeDataHead } from '#contract';
import { systemClock } from '#lib/clock';
import { takeUdpTest } from '../../../broker/speed/companion.ts';
import { helloOf, startOf, udpLab } from './lab.ts';

let lab: Awaited<ReturnType<typeof udpLab>>;
beforeEach(async () => {
  lab = await udpLab();
});
afterEach(() => lab.stop());

const take = (grant: ReturnType<typeof lab.grant>, more: Partial<Parameters<typeof takeUdpTest>[0]> = {}) =>
  takeUdpTest({ grant, host: '127.0.0.1', mode: 'down', rateMbps: 36, clock: systemClock, ...more });

/** A client of raw packets that has a cookie. */
async function proven(grant: ReturnType<typeof lab.grant>, session: number) {
  const client = await lab.raw();
  client.send(helloOf(grant, session));
  const { packet } = await client.next();
  if (packet.type !== 'challenge') throw new Error(`got ${packet.type}`);
  return { ...client, cookie: packet.cookie };
}

const endOf = ({ came }: Pick<Awaited<ReturnType<typeof proven>>, 'came'>) =>
  vi.waitUntil(() => came.find((one) => one.packet.type === 'end')?.packet);

describe('a paced download', () => {
  test('comes at the pace of the IP layer until STOP, and END says how the server did', async () => {
    const result = await take(lab.grant(), { stopAtBytes: 1_800_000 });
    expect(result.end).toMatchObject({ why: 'stop', lost: 0 });
    expect(result.ipBytes).toBeGreaterThan(1_800_000);
    expect(result.ipBytes).toBeLessThan(2_400_000);
    // A machine that cannot keep the pace must say so; it never sends faster.
    const kept = result.end?.paceKept ?? 0;
    expect(result.rateMbps).toBeLessThan(36 * 1.05);
    expect(result.rateMbps).toBeGreaterThan(36 * kept * 0.9);
    expect(result.end?.ticks).toBeGreaterThan(20);
    expect(lab.ends).toMatchObject([{ kind: 'udp-down', watch: { pace_kept: kept } }]);
    expect(lab.events.map(({ state }) => state)).toEqual(['begun', 'idle']);
  });

  test('ends at the granted bytes, whatever the client asks for', async () => {
    const result = await take({ ...lab.grant({ maxBytes: 400_000 }), max_bytes: 4e9 });
    expect(result.end?.why).toBe('max_bytes');
    expect(result.end?.ipBytes).toBeLessThanOrEqual(400_000);
    expect(result.end?.ipBytes).toBeGreaterThan(397_000);
  });

  test('is no faster and no longer than the grant, whatever the client asks for', async () => {
    const result = await take({ ...lab.grant({ paceMbps: 8, maxMs: 400 }), max_ms: 60_000 }, { rateMbps: 1000 });
    expect(result.end?.why).toBe('max_ms');
    expect(result.end?.ipBytes).toBeLessThan((8e6 / 8 / 1000) * 440);
    expect(result.rateMbps).toBeLessThan(9);
  });

  test('over IPv6 counts the longer headers', async ({ skip }) => {
    const six = await udpLab(systemClock, '::1').catch(() => null);
    if (!six) return skip('this machine has no IPv6');
    const result = await take(six.grant({ maxBytes: 200_000 }), { host: '::1' });
    await six.stop();
    expect(result.end?.ipBytes).toBe((result.end?.packets ?? 0) * (1400 + UDP.overhead6));
    expect(result.end?.ipBytes).toBeGreaterThan(198_000);
  });

  test('stops by itself when the probe is not heard any more', async () => {
    const grant = lab.grant();
    const client = await proven(grant, 5);
    client.send(startOf(grant, 5, client.cookie));
    await vi.waitUntil(() => lab.ends.length === 1, { timeout: 3000 });
    // 300 ms of silence at 36 Mb/s are 1.35 MB: it never runs to the end of the grant.
    expect(lab.ends[0]?.ipBytes).toBeLessThan(2_000_000);
    expect(await endOf(client)).toMatchObject({ why: 'silence' });
  });
});

describe('steps of one session', () => {
  test('the train is 30 packets at once, then the paced test goes on with its numbers', async () => {
    const grant = lab.grant();
    const client = await proven(grant, 9);
    client.send(startOf(grant, 9, client.cookie, { mode: 'train' }));
    for (let seq = 0; seq < UDP.trainPackets; seq++) {
      const { packet, size } = await client.next();
      expect(packet).toMatchObject({ type: 'data', seq });
      expect(size).toBe(1400);
    }
    client.send(startOf(grant, 9, client.cookie, { mode: 'train' })); // a repetition of the step
    client.send(startOf(grant, 9, client.cookie, { step: 2, maxMs: 50 }));
    expect((await client.next()).packet).toMatchObject({ type: 'data', seq: UDP.trainPackets });
  });

  test('an echo comes back in the same size, before and while data flows', async () => {
    const grant = lab.grant();
    const client = await proven(grant, 3);
    client.send(startOf(grant, 3, client.cookie, { mode: 'idle' }));
    client.send(encodeUdp({ type: 'echo', session: 3, seq: 1, sentUs: 77 }));
    expect(await client.next()).toMatchObject({
      packet: { type: 'echo-reply', seq: 1, sentUs: 77 },
      size: UDP.echoBytes,
    });
    expect(lab.ends).toEqual([]);
  });

  test('STOP of an earlier step does not end a later one, and an END that was lost comes again', async () => {
    const grant = lab.grant({ maxMs: 300 });
    const client = await proven(grant, 4);
    client.send(startOf(grant, 4, client.cookie));
    await client.next();
    client.send(encodeUdp({ type: 'stop', session: 4, step: 0 }));
    client.send(encodeUdp({ type: 'stop', session: 4, step: 1 }));
    const ends = () => client.came.filter(({ packet }) => packet.type === 'end');
    await vi.waitUntil(() => ends().length === 3);
    expect(ends()[0]?.packet).toMatchObject({ why: 'stop', step: 1 });
    client.send(encodeUdp({ type: 'stop', session: 4, step: 1 }));
    await vi.waitUntil(() => ends().length === 4);
  });
});

describe('an upload', () => {
  test('is counted per window, and what was lost is told', async () => {
    const grant = lab.grant({ dir: 'up' });
    const client = await proven(grant, 6);
    client.send(startOf(grant, 6, client.cookie, { mode: 'up' }));
    for (const seq of [0, 1, 2, 4, 5]) {
      const packet = new Uint8Array(1000);
      writeDataHead(packet, 6, seq, seq * 2000);
      client.send(packet);
    }
    const report = await vi.waitUntil(() => client.came.find((one) => one.packet.type === 'report')?.packet);
    expect(report).toMatchObject({ packets: 5, ipBytes: 5 * 1028, lost: 1, lastSeq: 5, firstWindow: 0 });
    client.send(encodeUdp({ type: 'stop', session: 6, step: 1 }));
    expect(await endOf(client)).toMatchObject({ why: 'stop', packets: 5, ipBytes: 5 * 1028, lost: 1, paceKept: null });
  });
});

describe('who is refused', () => {
  test('nobody gets more bytes than he sent before his address is proven', async () => {
    const grant = lab.grant();
    const client = await lab.raw();
    const hello = helloOf(grant, 1);
    client.send(hello);
    const { size } = await client.next();
    expect(size * 50).toBeLessThanOrEqual(hello.length);
    client.send(hello.subarray(0, 400)); // a short HELLO is none
    await vi.waitUntil(() => lab.refused()['SHAPE'] === 1);
    expect(client.came).toEqual([]);
  });

  test('a cookie of one address opens nothing for another', async () => {
    const grant = lab.grant();
    const { cookie } = await proven(grant, 7);
    const thief = await lab.raw();
    thief.send(startOf(grant, 7, cookie));
    expect((await thief.next()).packet).toMatchObject({ type: 'refuse', code: 'COOKIE' });
    expect(lab.server.sessions()).toBe(0);
  });

  test.each([
    ['a forged token', () => ({ ...lab.grant(), token: `${lab.grant().token.slice(0, -2)}AA` }), 'TOKEN'],
    ['a token that was read on the way, without its key', () => ({ ...lab.grant(), key: 'guessed' }), 'MAC'],
    ['an expired lease', () => lab.grant({ expires: Date.now() - 1 }), 'EXPIRED'],
    ['a lease that has not begun', () => lab.grant({ notBefore: Date.now() + 5000 }), 'EXPIRED'],
    ['a lease for TCP', () => lab.grant({ kinds: ['tcp'] }), 'GRANT'],
  ])('%s', async (_, make, code) => {
    const client = await lab.raw();
    client.send(helloOf(make(), 2));
    expect((await client.next()).packet).toMatchObject({ type: 'refuse', code });
    expect(lab.refused()).toEqual({ [code]: 1 });
  });

  test('a replayed START after the test, and a fifth session, are answered USED', async () => {
    const grant = lab.grant({ maxBytes: 100_000 });
    const client = await proven(grant, 8);
    client.send(startOf(grant, 8, client.cookie));
    await vi.waitUntil(() => lab.ends.length === 1);
    const other = await proven(grant, 10);
    other.send(startOf(grant, 10, other.cookie));
    expect((await other.next()).packet).toMatchObject({ type: 'refuse', code: 'USED' });

    const rich = lab.grant();
    for (const session of [21, 22, 23, 24, 25]) {
      const one = await proven(rich, session);
      one.send(startOf(rich, session, one.cookie, { mode: 'idle' }));
      one.send(encodeUdp({ type: 'echo', session, seq: 1, sentUs: 1 }));
      expect((await one.next()).packet.type).toBe(session === 25 ? 'refuse' : 'echo-reply');
    }
  });

  test('a lease for a download takes no upload, and a withdrawn one nothing', async () => {
    const grant = lab.grant({ id: 'gone' });
    const client = await proven(grant, 11);
    client.send(startOf(grant, 11, client.cookie, { mode: 'up' }));
    expect((await client.next()).packet).toMatchObject({ code: 'GRANT' });
    lab.uses.withdraw('debeikiai-1', 'gone');
    client.send(startOf(grant, 11, client.cookie, { step: 2 }));
    expect((await client.next()).packet).toMatchObject({ code: 'EXPIRED' });
  });

  test('packets of a session from a foreign address change nothing, and are counted', async () => {
    const grant = lab.grant();
    const client = await proven(grant, 12);
    client.send(startOf(grant, 12, client.cookie, { maxMs: 150 }));
    await client.next();
    const foreign = await lab.raw();
    for (let i = 0; i < 3; i++) foreign.send(encodeUdp({ type: 'stop', session: 12, step: 1 }));
    await vi.waitUntil(() => lab.ends.length === 1);
    expect(await endOf(client)).toMatchObject({ why: 'max_ms' });
    expect(lab.refused()['FOREIGN']).toBe(3);
  });

  test('no bytes stop the server', async () => {
    const client = await lab.raw();
    const near = fc.tuple(fc.integer({ min: 0, max: 15 }), fc.uint8Array({ maxLength: 1250, size: 'max' }));
    fc.assert(
      fc.property(near, ([type, rest]) => client.send(Uint8Array.from([0xc5, 0x10 | type, ...rest]))),
      { numRuns: 200 },
    );
    expect((await take(lab.grant(), { stopAtBytes: 50_000 })).end?.why).toBe('stop');
  });
});
