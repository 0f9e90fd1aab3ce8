import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type LeaseRequest,
  parseSpeedGreeting,
  readSpeedAnswer,
  SPEED_ERRORS,
  speedErrorLine,
  speedGreeting,
} from '#contract';
import { systemClock } from '#lib/clock';
import { createLeases, type Leases } from '../../broker/speed/lease.ts';
import { type SpeedServer, startSpeedServer } from '../../broker/speed/server.ts';

const request = (more: Partial<LeaseRequest> = {}): LeaseRequest => ({
  id: 'l1',
  kinds: ['tcp'],
  dir: 'down',
  want_mbps: 36,
  max_bytes: 40_000_000,
  reason: 'slot',
  ...more,
});
function granted(leases: Leases, probe: string, more: Partial<LeaseRequest> = {}, nowMs = Date.now()) {
  const answer = leases.request(probe, request(more), nowMs);
  if (!('grant' in answer)) throw new Error(`denied: ${answer.deny.why}`);
  return answer.grant;
}

describe('leases', () => {
  test('together never book more than 80 % of the uplink, and the denied are told when to come back', () => {
    const leases = createLeases({ uplinkMbps: 100, port: () => 1 });
    granted(leases, 'a', {}, 1000);
    granted(leases, 'b', {}, 1000);
    const third = leases.request('c', request(), 1000);
    expect(third).toMatchObject({ deny: { why: 'busy', retry_after_s: 20, now: 1000 } });
    expect(leases.booked(1000)).toBeLessThanOrEqual(80);
  });

  test('a grant that nobody uses frees its slot', () => {
    const leases = createLeases({ uplinkMbps: 50, port: () => 1 });
    granted(leases, 'a', {}, 0);
    expect(leases.request('b', request(), 19_999)).toHaveProperty('deny');
    expect(leases.request('b', request(), 20_000)).toHaveProperty('grant');
  });

  test('a wish beyond the uplink is granted at what the server has; a repeated request replaces its own', () => {
    const leases = createLeases({ uplinkMbps: 50, port: () => 1 });
    expect(granted(leases, 'a', { want_mbps: 1000 }, 0).pace_mbps).toBe(40);
    expect(granted(leases, 'a', { id: 'l2' }, 0).pace_mbps).toBe(36);
    expect(leases.booked(0)).toBe(36);
  });

  test('a token opens once; an expired, withdrawn or forged one does not', () => {
    const leases = createLeases({ uplinkMbps: 1000, port: () => 1 });
    const { token } = granted(leases, 'a', {}, 0);
    expect(leases.open(`${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`, 1)).toBe('BAD_TOKEN');
    expect(leases.open(token, 1)).toMatchObject({ probe: 'a', paceMbps: 36 });
    expect(leases.open(token, 2)).toBe('USED');
    expect(leases.open(granted(leases, 'b', {}, 0).token, 20_001)).toBe('EXPIRED');
    const old = granted(leases, 'c', { id: 'x' }, 30_000).token;
    granted(leases, 'c', { id: 'y' }, 30_000);
    expect(leases.open(old, 30_001)).toBe('EXPIRED');
    expect(createLeases({ uplinkMbps: 1, port: () => 1 }).open(token, 1)).toBe('BAD_TOKEN');
  });

  test('no text opens anything, and none throws', () => {
    const leases = createLeases({ uplinkMbps: 1000, port: () => 1 });
    fc.assert(fc.property(fc.string(), (text) => leases.open(text, 0) === 'BAD_TOKEN'));
  });
});

describe('the line protocol', () => {
  test('a greeting is read back as its token, anything else is not a greeting', () => {
    expect(parseSpeedGreeting(speedGreeting('a.b.1.x-y'))).toBe('a.b.1.x-y');
    for (const line of [
      '',
      'CARREL-SPEED 2 x',
      'CARREL-SPEED 1 ',
      'CARREL-SPEED 1 a b',
      `CARREL-SPEED 1 ${'x'.repeat(201)}`,
    ])
      expect(parseSpeedGreeting(line)).toBeUndefined();
  });
  test.each(SPEED_ERRORS)('the error %s is told from data, however it is cut', (code) => {
    const line = Buffer.from(speedErrorLine(code));
    for (let cut = 0; cut < line.length; cut++) expect(readSpeedAnswer(line.subarray(0, cut))).toBe('more');
    expect(readSpeedAnswer(line)).toBe(code);
  });
});

describe('the test server', () => {
  let leases: Leases;
  let server: SpeedServer;
  beforeEach(async () => {
    leases = createLeases({ uplinkMbps: 10_000, port: () => server.port() });
    server = await startSpeedServer({ address: { host: '127.0.0.1', port: 0 }, leases, clock: systemClock });
  });
  afterEach(() => server.stop());

  /** Sends the text, reads to the end. */
  function ask(text: string, stopAtBytes = Infinity): Promise<{ bytes: number; first: Buffer; tookMs: number }> {
    return new Promise((resolve) => {
      const startMs = performance.now();
      const socket = connect(server.port(), '127.0.0.1', () => socket.write(text));
      let bytes = 0;
      let first = Buffer.alloc(0);
      socket.on('data', (chunk) => {
        if (first.length < 64) first = Buffer.concat([first, chunk]);
        bytes += chunk.length;
        if (bytes >= stopAtBytes) socket.destroy();
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve({ bytes, first, tookMs: performance.now() - startMs }));
    });
  }

  test('streams exactly the granted bytes, no faster than the booked pace', async () => {
    const { token } = granted(leases, 'a', { want_mbps: 80, max_bytes: 3_000_000 });
    const { bytes, first, tookMs } = await ask(speedGreeting(token));
    expect(readSpeedAnswer(first)).toBe('stream');
    expect(bytes).toBe(3_000_000);
    expect((bytes * 8) / tookMs / 1000).toBeLessThan(88); // 80 Mb/s and the first tick
    await vi.waitUntil(() => server.stats().running === 0);
    expect(server.stats()).toMatchObject({ running: 0, streams: 1, bytes: 3_000_000 });
    expect(leases.booked(Date.now())).toBe(0);
  });

  test('a client that has seen enough ends the test and frees its slot', async () => {
    const { token } = granted(leases, 'a', { want_mbps: 1000 });
    await ask(speedGreeting(token), 500_000);
    await vi.waitUntil(() => server.stats().running === 0);
    expect(leases.booked(Date.now())).toBe(0);
  });

  test('a used token, a forged one, rubbish and too long a line each get one error line', async () => {
    const { token } = granted(leases, 'a', { max_bytes: 1000 });
    await ask(speedGreeting(token));
    expect((await ask(speedGreeting(token))).first.toString()).toBe('CARREL-ERROR USED\n');
    expect((await ask(speedGreeting('l1.a.99.forged'))).first.toString()).toBe('CARREL-ERROR BAD_TOKEN\n');
    expect((await ask('GET / HTTP/1.1\r\n\r\n')).first.toString()).toBe('CARREL-ERROR BAD_GREETING\n');
    expect((await ask('x'.repeat(600))).first.toString()).toBe('CARREL-ERROR BAD_GREETING\n');
    expect(server.stats().refused).toEqual({ USED: 1, BAD_TOKEN: 1, BAD_GREETING: 2 });
  });
});
