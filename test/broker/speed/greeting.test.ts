/** The line protocol of the first agents, on the port that speaks ndt7 too. */
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseSpeedGreeting, readSpeedAnswer, SPEED_ERRORS, speedErrorLine, speedGreeting } from '#contract';
import { systemClock } from '#lib/clock';
import { type SpeedServer, startSpeedServer } from '../../../broker/speed/server.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';
import { ticketOf } from './lab.ts';

describe('the line protocol', () => {
  test('a greeting is read back as its token, anything else is not a greeting', () => {
    expect(parseSpeedGreeting(speedGreeting('a.b.1.x-y'))).toBe('a.b.1.x-y');
    for (const line of ['', 'CARREL-SPEED 2 x', 'CARREL-SPEED 1 ', 'CARREL-SPEED 1 a b'])
      expect(parseSpeedGreeting(line)).toBeUndefined();
  });
  test.each(SPEED_ERRORS)('the error %s is told from data, however it is cut', (code) => {
    const line = Buffer.from(speedErrorLine(code));
    for (let cut = 0; cut < line.length; cut++) expect(readSpeedAnswer(line.subarray(0, cut))).toBe('more');
    expect(readSpeedAnswer(line)).toBe(code);
  });
});

describe('the test server', () => {
  const tickets = createTickets('a secret of this test', 'main');
  const tokenOf = (more: Parameters<typeof ticketOf>[0] = {}) => tickets.issue(ticketOf(more)).token;
  let server: SpeedServer;
  beforeEach(async () => {
    server = await startSpeedServer({ address: { host: '127.0.0.1', port: 0 }, tickets, clock: systemClock });
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
    const { bytes, first, tookMs } = await ask(speedGreeting(tokenOf({ paceMbps: 80, maxBytes: 3_000_000 })));
    expect(readSpeedAnswer(first)).toBe('stream');
    expect(bytes).toBe(3_000_000);
    expect((bytes * 8) / tookMs / 1000).toBeLessThan(88); // 80 Mb/s and the first tick
    await vi.waitUntil(() => server.stats().running === 0);
    expect(server.stats()).toMatchObject({ running: 0, streams: 1 });
  });

  test('a client that has seen enough ends the test', async () => {
    await ask(speedGreeting(tokenOf({ paceMbps: 1000, maxBytes: 40_000_000 })), 500_000);
    await vi.waitUntil(() => server.stats().running === 0);
    expect(server.stats().tests['tcp-down']).toBe(1);
  });

  test('a used token, a forged one, rubbish and too long a line each get one error line', async () => {
    const token = tokenOf({ maxBytes: 1000 });
    await ask(speedGreeting(token));
    expect((await ask(speedGreeting(token))).first.toString()).toBe('CARREL-ERROR USED\n');
    expect((await ask(speedGreeting('l1.a.99.forged'))).first.toString()).toBe('CARREL-ERROR BAD_TOKEN\n');
    const expired = tokenOf({ expires: Date.now() - 1 });
    expect((await ask(speedGreeting(expired))).first.toString()).toBe('CARREL-ERROR EXPIRED\n');
    expect((await ask('POST / HTTP/1.1\r\n\r\n')).first.toString()).toBe('CARREL-ERROR BAD_GREETING\n');
    expect((await ask('x'.repeat(600))).first.toString()).toBe('CARREL-ERROR BAD_GREETING\n');
    expect(server.stats().refused).toEqual({ USED: 1, BAD_TOKEN: 1, EXPIRED: 1, BAD_GREETING: 2 });
  });
});
