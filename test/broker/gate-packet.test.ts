import fc from 'fast-check';
import { expect, test } from 'vitest';
import { emptyFramer, type FramerRules, goOn, takeChunk } from '../../broker/gate-framer.ts';
import { checkFilters, checkTopic, readConnect, readHeader, readPublish } from '../../broker/gate-packet.ts';
import { connectPacket, publishPacket } from './running.ts';

const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));

test('no bytes make the packet readers throw or read beyond their end', () => {
  fc.assert(
    fc.property(bytes, fc.nat(4), (packet, at) => {
      readHeader(packet, at);
      checkFilters(packet, at, true);
      checkTopic(packet, 0, packet.length);
      readConnect(packet, at);
      const head = readPublish(packet, at, 2);
      if (typeof head !== 'string') expect(head.payloadStart).toBeLessThanOrEqual(packet.length);
    }),
    { numRuns: 2000 },
  );
});

test('a damaged CONNECT is read or refused, never half read', () => {
  const good = connectPacket('probe-a', 'token');
  fc.assert(
    fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, value) => {
      const packet = Buffer.from(good);
      packet[at] = value;
      const head = readConnect(packet, 2);
      expect(typeof head === 'string' || typeof head.clientId === 'string').toBe(true);
    }),
  );
});

test('packets are the same however the line cuts them, and wherever something says stop', () => {
  const sent = Array.from({ length: 6 }, (_, i) =>
    publishPacket('carrel/v1/probe-a/frames', Buffer.alloc(1 + i * 40, i), i + 1),
  );
  const stream = Buffer.concat(sent);
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: stream.length - 1 })),
      fc.array(fc.boolean(), { minLength: 6 }),
      (cuts, pauses) => {
        const got: Buffer[] = [];
        let stopped = false;
        const framer = emptyFramer();
        const rules: FramerRules<null> = {
          limitBytes: () => 1000,
          stopped: () => stopped,
          packet(_line, packet) {
            stopped = pauses[got.length] ?? false;
            got.push(Buffer.from(packet));
            return true;
          },
          refuse: (_line, reason) => expect.fail(reason),
          nowMs: () => 1,
        };
        const places = [0, ...cuts.sort((a, b) => a - b), stream.length];
        for (let i = 1; i < places.length; i++) {
          takeChunk(framer, stream.subarray(places[i - 1], places[i]), null, rules);
          while (stopped) {
            stopped = false;
            goOn(framer, null, rules);
          }
        }
        expect(got).toEqual(sent);
      },
    ),
  );
});
