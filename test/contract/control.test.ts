/** Control messages, topics and ids: round trips, and nothing hostile throws or passes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isId,
  openingOf,
  parseDesired,
  parseJson,
  parseLeaseDeny,
  parseLeaseGrant,
  parseLeaseRequest,
  parseReported,
  parseState,
  parseTopic,
  slugOf,
  TOPIC_KINDS,
  type TopicKind,
  topicOf,
  withinDepth,
} from '#contract';

const PARSERS = [parseState, parseDesired, parseReported, parseLeaseRequest, parseLeaseGrant, parseLeaseDeny];
const id = fc.stringMatching(/^[a-z0-9-]{1,48}$/);
const kinds = Object.keys(TOPIC_KINDS) as TopicKind[];

describe('topics and ids', () => {
  test('every topic that is built is read back as what it was', () => {
    fc.assert(
      fc.property(id, fc.constantFrom(...kinds), (probe, kind) => {
        expect(parseTopic(topicOf(probe, kind))).toEqual({ probe, kind });
      }),
    );
  });

  test.each([
    'carrel/v1/a/other',
    'carrel/v1/+/frames',
    'carrel/v1/#',
    'carrel/v1/A/frames',
    'carrel/v1//frames',
    'carrel/v1/a/frames/x',
    'carrel/v2/a/frames',
    '$SYS/x',
    'carrel/v1/a/toString',
    'carrel/v1/a\0/frames',
    '',
  ])('%j is no topic of ours', (topic) => {
    expect(parseTopic(topic)).toBeNull();
  });

  test('any text is either one of our topics or null', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((rest) => `carrel/v1/${rest}`),
        ),
        (topic) => {
          const parsed = parseTopic(topic);
          if (parsed !== null) expect(topicOf(parsed.probe, parsed.kind)).toBe(topic);
        },
      ),
    );
  });

  test('a slug is an id or empty, whatever the name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 120 }), (name) => {
        expect(slugOf(name) === '' || isId(slugOf(name))).toBe(true);
      }),
    );
    expect(slugOf('Anykščių r. Debeikių filialas')).toBe('anyksciu-r-debeikiu-filialas');
  });

  test.each(['', 'A', 'ä', 'a_b', 'a/b', 'a b', 'a\n', 'x'.repeat(49), 7, null, ['a']])('%j is not an id', (value) => {
    expect(isId(value)).toBe(false);
  });
});

describe('control messages', () => {
  test('no text makes a parser throw', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.jsonValue().map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        for (const parse of PARSERS) expect(() => parse(text)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  test('damage to one field refuses the message or leaves the field at what it may be', () => {
    const desired = {
      version: 1,
      config: {
        sample_s: 60,
        batch: 5,
        profile: 'default',
        target_mbps: 30,
        zone: 'UTC',
        opening: [[], [], [], [], [], [], []],
        tests_per_day: 6,
        budget_mb: 1500,
      },
      jobs: [],
    };
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(desired.config)), fc.jsonValue(), (field, value) => {
        const parsed = parseDesired(JSON.stringify({ ...desired, config: { ...desired.config, [field]: value } }));
        if (parsed === undefined) return;
        expect(parsed.config.sample_s).toBeGreaterThanOrEqual(1);
        expect(parsed.config.batch).toBeLessThanOrEqual(60);
        expect(parsed.config.tests_per_day).toBeLessThanOrEqual(96);
        expect(parsed.config.opening).toHaveLength(7);
      }),
    );
  });

  test.each([
    ['six days', [[], [], [], [], [], []]],
    ['a day that ends before it starts', [[[600, 540]], [], [], [], [], [], []]],
    ['more than a day', [[[0, 1441]], [], [], [], [], [], []]],
    ['fractions of a minute', [[[0.5, 10]], [], [], [], [], [], []]],
    ['a text', 'always'],
  ])('opening hours with %s are refused', (_, value) => {
    expect(openingOf(value)).toBeUndefined();
  });

  test('a job of an unknown type is left out, the rest stands', () => {
    const config = {
      sample_s: 60,
      batch: 5,
      profile: 'default',
      target_mbps: 30,
      zone: 'UTC',
      opening: [[], [], [], [], [], [], []],
      tests_per_day: 6,
      budget_mb: 0,
    };
    const parsed = parseDesired(
      JSON.stringify({
        version: 3,
        config,
        jobs: [
          { id: 'a', type: 'reboot' },
          { id: 'b', type: 'test.now' },
        ],
      }),
    );
    expect(parsed?.jobs).toEqual([{ id: 'b', type: 'test.now', reason: 'manual', not_before: 0, expires: 8.64e15 }]);
  });
});

describe('JSON', () => {
  test('what is within the depth is parsed as JSON.parse does, what is not is undefined', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 12 }), fc.integer({ min: 1, max: 10 }), (text, depth) => {
        expect(parseJson(text, depth)).toEqual(withinDepth(text, depth) ? JSON.parse(text) : undefined);
      }),
    );
    expect(withinDepth('[[["]"]]]', 3)).toBe(true);
    expect(withinDepth('[[[[]]]]', 3)).toBe(false);
  });
});
