import { describe, expect, test } from 'vitest';
import { smsText } from '../../dashboard/notify/sms/gsm7.ts';
import { smsOf } from '../../dashboard/notify/sms/sms.ts';
import { inputOf, postOf } from './cases.ts';

describe('a short message', () => {
  test('writes Lithuanian without its marks, so that 160 signs fit instead of 70', () => {
    expect(smsText('Žemiau: ąčęėįšųūž ĄČĘĖĮŠŲŪŽ „Ryšys“ – 5 val.…', 1)).toEqual({
      text: 'Zemiau: aceeisuuz ACEEISUUZ "Rysys" - 5 val....',
      encoding: 'gsm7',
      parts: 1,
    });
  });
  test('keeps letters that the GSM alphabet has', () => {
    expect(smsText('Ä ö ü à ñ é Æ ß £ €', 1)).toMatchObject({ text: 'Ä ö ü à ñ é Æ ß £ €', encoding: 'gsm7' });
  });
  test('keeps Cyrillic as it is, at 70 signs, and 67 in each of several', () => {
    expect(smsText('я'.repeat(70), 2)).toEqual({ text: 'я'.repeat(70), encoding: 'ucs2', parts: 1 });
    expect(smsText('я'.repeat(71), 2)).toMatchObject({ parts: 2 });
    expect(smsText('я'.repeat(500), 2)).toEqual({ text: `${'я'.repeat(131)}...`, encoding: 'ucs2', parts: 2 });
  });
  test('counts 160 signs alone and 153 in each of several; brackets count twice', () => {
    expect(smsText('a'.repeat(160), 2).parts).toBe(1);
    expect(smsText('a'.repeat(161), 2).parts).toBe(2);
    expect(smsText('['.repeat(80), 1).parts).toBe(1);
    expect(smsText('['.repeat(81), 2).parts).toBe(2);
    expect(smsText('a'.repeat(999), 2)).toEqual({ text: `${'a'.repeat(303)}...`, encoding: 'gsm7', parts: 2 });
    expect(smsText('a'.repeat(999), 1).text).toHaveLength(160);
  });
  test('never cuts a sign in two', () => {
    expect(smsText('😀'.repeat(99), 1).text).toBe(`${'😀'.repeat(33)}...`);
  });
  test.each([
    [
      'en',
      'Below 30 Mb/s: Zarasu r. Antazaves biblioteka, 11.5 Mb/s. Since 14:00. It can wait until working hours. https://carrel.example/a/k3x',
    ],
    [
      'lt',
      'Maziau nei 30 Mb/s: Zarasu r. Antazaves biblioteka, 11,5 Mb/s. Nuo 14:00. Gali palaukti darbo valandu. https://carrel.example/a/k3x',
    ],
    [
      'ru',
      'Ниже 30 Мбит/с: Zarasų r. Antazavės biblioteka, 11,5 Мбит/с. С 14:00. Может подождать до рабочего времени. https://carrel.example/a/k3x',
    ],
  ] as const)('in %s says what, since when, whether it can wait, and where to act', (lang, said) => {
    expect(smsOf(postOf({ lang, actUrl: 'https://carrel.example/a/k3x' }), 3)).toBe(said);
  });
  test('with a long name is shortened before the link, which stays whole', () => {
    const text = smsOf(
      postOf({ place: 'Labai ilgas pavadinimas '.repeat(30), actUrl: 'https://carrel.example/a/k3x' }),
      2,
    );
    expect(text).toMatch(/^Below 30 Mb\/s: Labai ilgas .*\.\.\. https:\/\/carrel\.example\/a\/k3x$/);
    expect(smsText(text, 2).text).toBe(text);
    expect(inputOf().place).not.toContain('Labai');
  });
});
