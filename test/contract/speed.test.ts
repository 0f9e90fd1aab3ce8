/** The wire of the throughput test: UDP packets, ndt7 parameters and messages, leases, results. Round trips; nothing hostile throws. */
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeUdp,
  encodeHello,
  encodeStart,
  encodeUdp,
  isServerLimited,
  leaseParameter,
  ndt7Path,
  parseEvent,
  parseLeaseDeny,
  parseLeaseGrant,
  parseLeaseParameter,
  parseLeaseRelease,
  parseLeaseRequest,
  parseNdt7Measurement,
  parseNdt7Target,
  serverWatchOf,
  signedPart,
  UDP,
  UDP_ENDS,
  UDP_MODES,
  UDP_REFUSALS,
  type UdpPacket,
  writeDataHead,
} from '#contract';

const golden = JSON.parse(readFileSync(new URL('./golden/v1/speed.json', import.meta.url), 'utf8'));
const sign = (bytes: Uint8Array): Uint8Array => createHmac('sha256', 'key').update(bytes).digest();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const session = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const token = fc.stringMatching(/^[\w.-]{1,200}$/);
const cookie = fc.uint8Array({ minLength: 16, maxLength: 16 });
const hundredths = u32.map((value) => value / 100);
const counts = { packets: u32, ipBytes: u32, lost: u32 };

const unsigned = fc.oneof(
  fc.record({ type: fc.constant('challenge' as const), session, cookie }),
  fc.record({ type: fc.constant('refuse' as const), session, code: fc.constantFrom(...UDP_REFUSALS) }),
  fc.record({
    type: fc.constant('feedback' as const),
    session,
    seq: u32,
    lastSeq: u32,
    packets: u32,
    ipBytes: u32,
    echoUs: u32,
    holdUs: u32,
    owdRiseUs: u32,
  }),
  fc.record({
    type: fc.constant('report' as const),
    session,
    seq: u32,
    lastSeq: u32,
    ...counts,
    owdRiseUs: u32,
    firstWindow: u16,
    windows: fc.array(fc.record({ packets: u16, ipBytes: u32 }), { maxLength: 32 }),
  }),
  fc.record({ type: fc.constant('echo' as const), session, seq: u32, sentUs: u32 }),
  fc.record({ type: fc.constant('echo-reply' as const), session, seq: u32, sentUs: u32, receivedUs: u32 }),
  fc.record({ type: fc.constant('stop' as const), session, step: fc.integer({ min: 0, max: 255 }) }),
  fc.record({
    type: fc.constant('end' as const),
    session,
    step: fc.integer({ min: 0, max: 255 }),
    why: fc.constantFrom(...UDP_ENDS),
    ...counts,
    durUs: u32,
    ticks: u32,
    lateTicks: u32,
    cpuPct: hundredths,
    lagMs: hundredths,
    paceKept: fc.option(fc.integer({ min: 0, max: 10_000 }).map((value) => value / 10_000)),
  }),
);
const start = fc.record({
  session,
  cookie,
  step: fc.integer({ min: 0, max: 255 }),
  mode: fc.constantFrom(...UDP_MODES),
  size: fc.integer({ min: UDP.minDataBytes, max: UDP.maxDataBytes }),
  rateKbps: u32,
  maxMs: u32,
  maxBytes: u32,
  rttMs: u16,
  token,
});

describe('UDP packets', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(unsigned, (packet) => {
        expect(decodeUdp(encodeUdp(packet))).toEqual(packet);
      }),
    );
    fc.assert(
      fc.property(start, (packet) => {
        const bytes = encodeStart(packet, sign);
        expect(decodeUdp(bytes)).toEqual({ type: 'start', ...packet });
        const part = signedPart(bytes);
        expect(hex(part?.mac ?? bytes)).toBe(hex(sign(part?.signed ?? bytes).subarray(0, 16)));
      }),
    );
    fc.assert(
      fc.property(session, token, (id, text) => {
        const bytes = encodeHello({ session: id, token: text }, sign);
        expect(decodeUdp(bytes)).toEqual({ type: 'hello', session: id, token: text });
        const part = signedPart(bytes);
        expect(hex(part?.mac ?? bytes)).toBe(hex(sign(part?.signed ?? bytes).subarray(0, 16)));
      }),
    );
    fc.assert(
      fc.property(session, u32, u32, fc.integer({ min: 16, max: 1472 }), (id, seq, sentUs, size) => {
        const bytes = new Uint8Array(size);
        writeDataHead(bytes, id, seq, sentUs);
        expect(decodeUdp(bytes)).toEqual({ type: 'data', session: id, seq, sentUs });
      }),
    );
  });

  test('before the address is proven no answer is longer than what it answers', () => {
    const hello = encodeHello({ session: 1, token: 't' }, sign);
    const challenge = encodeUdp({ type: 'challenge', session: 1, cookie: new Uint8Array(16) });
    const refuse = encodeUdp({ type: 'refuse', session: 1, code: 'TOKEN' });
    expect(hello).toHaveLength(1200);
    expect(challenge.length).toBeLessThanOrEqual(24);
    expect(refuse.length).toBeLessThan(10);
    expect(decodeUdp(hello.subarray(0, 1199))).toBeUndefined();
    const [echo, reply] = [
      encodeUdp({ type: 'echo', session: 1, seq: 1, sentUs: 1 }),
      encodeUdp({ type: 'echo-reply', session: 1, seq: 1, sentUs: 1, receivedUs: 2 }),
    ];
    expect(reply.length).toBe(echo.length);
  });

  test('no bytes throw, and a packet that was cut is none', () => {
    const near = fc
      .tuple(fc.integer({ min: 0, max: 15 }), fc.uint8Array({ maxLength: 1300 }))
      .map(([type, rest]) => Uint8Array.from([0xc5, 0x10 | type, ...rest]));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), near), (bytes) => {
        const packet = decodeUdp(bytes);
        signedPart(bytes);
        if (packet) expect(packet.session).toBeLessThan(2 ** 48);
      }),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(unsigned, fc.nat(), (packet, cut) => {
        const bytes = encodeUdp(packet);
        const data = packet.type === 'echo-reply' ? bytes.length - 4 : bytes.length; // its last four are padding
        expect(decodeUdp(bytes.subarray(0, cut % data))).toBeUndefined();
      }),
    );
  });

  test('each flipped bit of a signed packet is seen by its mac, or makes it no packet', () => {
    const bytes = encodeHello({ session: 7, token: 'abc.def' }, sign);
    for (let bit = 0; bit < (8 + 1 + 7 + 16) * 8; bit++) {
      const damaged = bytes.slice();
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const part = signedPart(damaged);
      if (part) expect(hex(part.mac)).not.toBe(hex(sign(part.signed).subarray(0, 16)));
    }
  });
});

describe('ndt7', () => {
  test('parameters are read back as they were asked for', () => {
    const mac = 'A'.repeat(22);
    const path = ndt7Path('up', {
      lease: leaseParameter('a.b-c', 3, mac),
      rateMbps: 36,
      maxBytes: 5_000_000,
      allBytes: 6_000_000,
      maxMs: 8000,
    });
    expect(path).toBe(
      `/ndt/v7/upload?lease=a.b-c~3~${mac}&rate_mbps=36&max_bytes=5000000&all_bytes=6000000&max_ms=8000`,
    );
    expect(parseNdt7Target(path)).toEqual({
      dir: 'up',
      query: {
        lease: { token: 'a.b-c', stream: 3, mac },
        ...{ rateMbps: 36, maxBytes: 5e6, allBytes: 6e6, maxMs: 8000, earlyExit: null },
      },
    });
    expect(parseNdt7Target('/ndt/v7/download')?.query).toMatchObject({ lease: null, rateMbps: null });
  });

  test.each([
    ['/ndt/v7/download?early_exit=250', { earlyExit: 250 }],
    ['/ndt/v7/download?early_exit=100', { earlyExit: 'invalid' }],
    [
      '/ndt/v7/download?client_name=ndt7-js&__proto__=x&rate_mbps=-1&max_bytes=1e5&max_ms=99999999',
      { rateMbps: null, maxBytes: null, maxMs: null },
    ],
    ['/ndt/v7/download?lease=a~4~AAAAAAAAAAAAAAAAAAAAAA', { lease: null }],
  ])('%s', (target, query) => {
    expect(parseNdt7Target(target)?.query).toMatchObject(query);
  });

  test('any target is a test of ours or none, and no text of a measurement throws', () => {
    expect(parseNdt7Target(`/ndt/v7/download?${'a'.repeat(5000)}`)).toBeUndefined();
    expect(parseNdt7Target('/ndt/v7/upload/x')).toBeUndefined();
    const tail = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(
        fc.oneof(
          tail,
          tail.map((text) => `/ndt/v7/download?${text}`),
        ),
        (target) => void parseNdt7Target(target),
      ),
    );
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void parseNdt7Measurement(text)));
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = parseLeaseParameter(text);
        if (read) expect(leaseParameter(read.token, read.stream, read.mac)).toBe(text);
      }),
    );
  });
});

describe('what a server says of itself', () => {
  test('a server that missed its pace or has no processor left is the limit; one that a slow line held back is not', () => {
    const watch = { cpu_pct: 20, lag_ms: 3, ticks: 250, late_ticks: 0, pace_kept: 1, cc: null };
    expect(isServerLimited(watch)).toBe(false);
    expect(isServerLimited({ ...watch, pace_kept: 0.97 })).toBe(true);
    expect(isServerLimited({ ...watch, cpu_pct: 95 })).toBe(true);
    expect(isServerLimited({ ...watch, pace_kept: null })).toBe(false);
    expect(serverWatchOf({ ...watch, cpu_pct: -1 })).toBeUndefined();
  });
});

describe('what version 1 wrote is read for ever', () => {
  test.each(Object.entries<{ hex: string; packet: UdpPacket & { cookie?: string } }>(golden.udp))('%s', (_, one) => {
    const decoded = decodeUdp(Buffer.from(one.hex, 'hex'));
    expect(JSON.parse(JSON.stringify(decoded, (key, value) => (key === 'cookie' ? hex(value) : value)))).toEqual(
      one.packet,
    );
  });
  test.each<{ method: string; verdict: string }>(golden.events)('the result $method $verdict', (event) => {
    expect(parseEvent(event)).toEqual(event);
    expect(parseEvent({ ...event, later: 1 })).toEqual(event);
  });
  test.each([
    ['request', parseLeaseRequest],
    ['grant', parseLeaseGrant],
    ['deny', parseLeaseDeny],
    ['release', parseLeaseRelease],
  ])('the lease %s', (kind, parse) => {
    for (const message of golden.lease[kind]) expect(parse(JSON.stringify(message))).toMatchObject(message);
  });
  test('the last message of an ndt7 test', () => {
    expect(parseNdt7Measurement(JSON.stringify(golden.ndt7))).toEqual(golden.ndt7Read);
  });
});

test('evidence out of bounds is left out, and the result stands', () => {
  const [event] = golden.events;
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(event).slice(18)), fc.jsonValue(), (field, value) => {
      const parsed = parseEvent({ ...event, [field]: value });
      expect(parsed).toMatchObject({ id: event.id, verdict: event.verdict, rate_mbps: event.rate_mbps });
    }),
  );
});
