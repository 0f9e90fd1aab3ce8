/** What version 1 once wrote is read for ever: the golden files are never made anew, and decoding may only add fields to them. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  decodeFrame,
  METRIC_NAMES,
  parseDesired,
  parseLeaseDeny,
  parseLeaseGrant,
  parseLeaseRequest,
  parseReported,
  parseState,
} from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { DICTIONARY_V1 } from '../../broker/contract/dictionary.ts';

const GOLDEN = new URL('./golden/v1/', import.meta.url);
const NAMES = ['every-metric', 'every-event', 'unsynchronised', 'empty'];
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, GOLDEN)));
const jsonOf = (name: string) => JSON.parse(readFileSync(new URL(name, GOLDEN), 'utf8'));

test.each(
  NAMES.flatMap((name) => [
    [name, 'plain'],
    [name, 'deflated'],
  ]),
)('the frame %s (%s) still says what it said', (name, encoding) => {
  const decoded = decodeFrame(bytesOf(`${name}.${encoding}.frame`), nodeRawDeflate);
  expect(decoded).toMatchObject({ ok: true, rejected: [], frame: jsonOf(`${name}.decoded.json`) });
});

test('every golden file is checked, and the frames cover each metric', () => {
  const files = readdirSync(GOLDEN).filter((file) => file.endsWith('.frame'));
  expect(files).toHaveLength(NAMES.length * 2);
  expect(METRIC_NAMES).toEqual(expect.arrayContaining(Object.keys(jsonOf('every-metric.decoded.json').m)));
});

test('the dictionary of version 1 has not changed by a byte', () => {
  expect(createHash('sha256').update(DICTIONARY_V1).digest('hex')).toBe(
    'f037bd3bb25106ac4df7e4e0b58c825411d69feb18cbd6118cf08f1a3be1e350',
  );
});

test.each([
  ['state', parseState],
  ['desired', parseDesired],
  ['reported', parseReported],
  ['lease-request', parseLeaseRequest],
  ['lease-grant', parseLeaseGrant],
  ['lease-deny', parseLeaseDeny],
])('the control message %s still says what it said, also with keys that came later', (kind, parse) => {
  const messages = jsonOf('control.json')[kind];
  expect(messages.length).toBeGreaterThan(0);
  for (const message of messages) {
    expect(parse(JSON.stringify(message))).toMatchObject(message);
    expect(parse(JSON.stringify({ ...message, later: { x: 1 } }))).toMatchObject(message);
  }
});
