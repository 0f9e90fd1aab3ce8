/** Frames have a short way through the gate. Whichever way the line cuts them, the outcome is that of the long way. */
import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeConnect } from '../../broker/access.ts';
import { accept, openGate } from '../../broker/gate.ts';
import { createRates, GATE_LIMITS } from '../../broker/gate-rate.ts';
import { connectPacket, framesTopic, packet } from './running.ts';

const own = framesTopic('probe-a');
const frame = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 300 }).map((bytes) => Buffer.from([0x7b, ...bytes])),
  fc.constantFrom(Buffer.from([1]), Buffer.alloc(17_000, 1)),
);
const rubbish = fc.constantFrom(Buffer.alloc(0), Buffer.from('no frame'));
const of = (
  firsts: readonly number[],
  topics: readonly string[],
  leastId: number,
  payload: fc.Arbitrary<Buffer>,
): fc.Arbitrary<Buffer> =>
  fc
    .tuple(fc.constantFrom(...firsts), fc.constantFrom(...topics), fc.integer({ min: leastId, max: 999 }), payload)
    .map(([first, topic, id, body]) =>
      packet(first, topic, ...(first === 0x30 ? [] : [Buffer.from([id >> 8, id & 0xff])]), body),
    );
const publish = fc.oneof(
  { weight: 12, arbitrary: of([0x32, 0x3a, 0x30], [own], 1, frame) },
  { weight: 2, arbitrary: of([0x32, 0x34], [own, framesTopic('probe-b')], 1, fc.oneof(frame, rubbish)) },
  { weight: 1, arbitrary: of([0x30, 0x32, 0x33, 0x36], [own, `${own}/x`, '#'], 0, fc.oneof(frame, rubbish)) },
);

interface Outcome {
  kept: string[];
  sent: string;
  refused: string[];
  passed: string;
}
/** What becomes of the stream when it comes in these pieces. */
async function outcomeOf(pieces: readonly Buffer[], burst: number): Promise<Outcome> {
  const outcome: Outcome = { kept: [], sent: '', refused: [], passed: '' };
  const socket = new Duplex({
    read: () => undefined,
    write(chunk: Buffer, _encoding, done) {
      outcome.sent += chunk.toString('hex');
      done();
    },
  });
  const gate = openGate(socket, {
    wal: {
      append: (_receivedMs, _probe, bytes, start, end) =>
        outcome.kept.push(Buffer.from(bytes.subarray(start, end)).toString('hex')),
      durableEnd: () => Number.MAX_SAFE_INTEGER,
    },
    rates: createRates({ packetsPerS: 1, bytesPerS: 1e9, burst }),
    limits: { ...GATE_LIMITS, packetBytes: 20_000 },
    clock: { now: () => ({ wallMs: 0, monoMs: 0 }) },
    refused: (reason) => outcome.refused.push(reason),
    judgeConnect,
    accepted: () => undefined,
    waiting: () => undefined,
    seen: () => undefined,
  });
  const { conn } = gate.aedes;
  conn.on('readable', () => {
    for (let bytes: Buffer | null = conn.read(); bytes; bytes = conn.read()) outcome.passed += bytes.toString('hex');
  });
  socket.push(connectPacket('probe-a', 'token'));
  await nextTurn();
  accept(gate, 'probe-a');
  for (const piece of pieces) {
    if (!gate.cut) socket.push(Buffer.from(piece));
    await nextTurn();
  }
  clearTimeout(gate.rateTimer);
  if (gate.cut) outcome.sent = ''; // what is not acknowledged by then is sent again
  return outcome;
}

test('frames come through the same, whole, many in one piece, or cut anywhere', async () => {
  let kept = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(publish, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(4000)),
      async (packets, cuts) => {
        const stream = Buffer.concat(packets);
        const places = [0, ...cuts.filter((at) => at < stream.length).sort((a, b) => a - b), stream.length];
        const oneByOne = await outcomeOf(packets, 1e6);
        expect(await outcomeOf([stream], 1e6)).toEqual(oneByOne);
        expect(
          await outcomeOf(
            places.slice(1).map((end, i) => stream.subarray(places[i], end)),
            1e6,
          ),
        ).toEqual(oneByOne);
        kept += oneByOne.kept.length;
      },
    ),
    { numRuns: 300 },
  );
  expect(kept).toBeGreaterThan(300); // or the packets were not worth sending
});

test('a probe that sends too fast is stopped behind the same frame, however many come at once', async () => {
  const frame = packet(0x32, own, Buffer.from([0, 1]), Buffer.from('{"v":1}'));
  const many = Array.from({ length: 40 }, () => frame);
  const oneByOne = await outcomeOf(many, 20);
  expect(await outcomeOf([Buffer.concat(many)], 20)).toEqual(oneByOne);
  expect(oneByOne.kept).toHaveLength(21);
});
