/** A wrong setting is answered with what was got, what is accepted and an example; a secret is never shown. */
import { describe, expect, test } from 'vitest';
import { isCarrelError } from '#lib/errors';
import {
  anyText,
  decimal,
  list,
  listenAddress,
  listenAddressOrOff,
  oneOf,
  onOff,
  readSettings,
  type Setting,
  wholeNumber,
} from '#lib/settings';

const table = {
  CARREL_A: { description: 'a number', default: '5', example: '7', parse: wholeNumber(1, 10) },
  CARREL_B: { description: 'a text', default: null, example: 'x', parse: anyText },
  CARREL_KEY: { description: 'a secret', default: null, example: 'the-key', secret: true, parse: decimal(0, 1) },
  CARREL_L: { description: 'a list', default: '', example: 'a,b', parse: list },
} as const satisfies Record<string, Setting<unknown>>;

test('the environment wins over the file, the file over the default; unset stays undefined', () => {
  expect(readSettings(table, { CARREL_A: '6' }, { CARREL_A: 7 })).toEqual({
    CARREL_A: 6,
    CARREL_B: undefined,
    CARREL_KEY: undefined,
    CARREL_L: [],
  });
  expect(readSettings(table, {}, { CARREL_A: 7, CARREL_L: ['a', 'b'] })).toMatchObject({
    CARREL_A: 7,
    CARREL_L: ['a', 'b'],
  });
  expect(readSettings(table, { CARREL_A: '  ' }, {})).toMatchObject({ CARREL_A: 5 });
});

test('a wrong value says what was got, what is accepted and an example', () => {
  expect(() => readSettings(table, { CARREL_A: '11' })).toThrow(
    'CARREL_A is "11"; accepted: a whole number from 1 to 10; for example CARREL_A=7',
  );
  try {
    readSettings(table, { CARREL_A: 'x' });
    expect.unreachable();
  } catch (error) {
    expect(isCarrelError(error, 'SETTING_INVALID')).toBe(true);
  }
});

test('a wrong secret is not repeated', () => {
  expect(() => readSettings(table, { CARREL_KEY: 'hunter2' })).toThrow('CARREL_KEY is (hidden)');
});

describe('addresses', () => {
  test.each([
    ['127.0.0.1:8080', { host: '127.0.0.1', port: 8080 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    [':8883', { host: '127.0.0.1', port: 8883 }],
    ['broker.example:1', { host: 'broker.example', port: 1 }],
  ])('%s is understood', (text, address) => {
    expect(listenAddress(text)).toEqual(address);
  });

  test.each(['8080', 'host', 'host:', 'host:65536', '::1:80', 'host:-1', ''])('%j is refused', (text) => {
    expect(() => listenAddress(text)).toThrow('host:port');
  });

  test('off means no listener', () => {
    expect(listenAddressOrOff('off')).toBeNull();
  });
});

test.each([
  ['on', true],
  ['YES', true],
  ['1', true],
  ['off', false],
  ['no', false],
  ['false', false],
])('%s is %s', (text, value) => {
  expect(onOff(text)).toBe(value);
});

test('words, numbers and lists refuse what they are not', () => {
  expect(() => onOff('maybe')).toThrow('on or off');
  expect(() => oneOf(['a', 'b'])('c')).toThrow('one of a, b');
  expect(() => wholeNumber(0, 9)('1.5')).toThrow('whole number');
  expect(() => decimal(0, 9)('NaN')).toThrow('from 0 to 9');
  expect(list(' a, ,b ,')).toEqual(['a', 'b']);
});
