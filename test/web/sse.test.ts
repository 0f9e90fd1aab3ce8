import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SseEvent, sseReader } from '../../dashboard/web/sse.ts';

function read(...pieces: string[]): SseEvent[] {
  const events: SseEvent[] = [];
  const feed = sseReader((event) => events.push(event));
  for (const piece of pieces) feed(piece);
  return events;
}

test('events, ids and data of several lines are read; comments and unknown fields are not', () => {
  expect(read(': hello\n\nretry: 2000\n\nevent: d\nid: e1-2\ndata: {"a":1,\ndata: "b":2}\n\ndata:x\n\n')).toEqual([
    { event: 'd', id: 'e1-2', data: '{"a":1,\n"b":2}' },
    { event: 'message', id: null, data: 'x' },
  ]);
});

test('an event that is not finished is not told', () => {
  expect(read('event: d\ndata: {}\n')).toEqual([]);
});

test('it does not matter where the network cuts the stream', () => {
  const text = 'event: d\r\nid: 1\r\ndata: é{}\r\n\r\nevent: hb\ndata: {"at":1}\n\n';
  const whole = read(text);
  expect(whole).toHaveLength(2);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), text.length];
      expect(read(...at.slice(1).map((end, i) => text.slice(at[i], end)))).toEqual(whole);
    }),
  );
});
