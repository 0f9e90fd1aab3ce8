import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '#contract';
import { htmlOf, messageOf, textOf, webhookBody } from '../../dashboard/notify/message.ts';
import { digestMessage, noticeMessage } from '../../dashboard/notify/message-other.ts';
import { MINUTE, NOON } from '../alert/tests.ts';
import { darkAlert, inputOf, slowAlert } from './cases.ts';

describe('what the person on call reads about a slow line', () => {
  test('in English: what, how much, since when, what confirms it, what was excluded, who else, what to do', () => {
    const input = inputOf({ actUrl: 'https://carrel.example/a/x' });
    expect(textOf(messageOf(input))).toBe(`Below 30 Mb/s: Zarasų r. Antazavės biblioteka, 11.5 Mb/s

Site: Zarasų r. Antazavės biblioteka, Utena
Provider: Ryšys Plius
Measured: median 11.5 Mb/s of 4 tests, 4 below 30 Mb/s, best 12.0 Mb/s
Contract: 50 Mb/s
Since: Thu 19 Nov 2026, 14:00 (Europe/Vilnius)
Confirmed by: 1 retest, 1 test server, over 23 min
Excluded: other traffic on the line (at most 1.2 Mb/s, counted in); a busy probe (CPU at most 12 %)
Also affected: nobody else of Ryšys Plius
Urgency: It can wait until working hours. The library is open until 18:00.

Why we say so
- 4 of 4 valid tests in opening hours were below 30 Mb/s: 11.2 Mb/s at 14:00, 12.0 Mb/s at 14:10, 11.9 Mb/s at 14:20, 11.5 Mb/s at 14:23. Median 11.5 Mb/s, the best 12.0 Mb/s.
- What visitors used meanwhile is counted in: it is the line, not the visitors.

Tests
- Thu 19 Nov 2026, 14:00: 11.2 Mb/s, below, tcp download, others' traffic 1.2 Mb/s
- Thu 19 Nov 2026, 14:10: 12.0 Mb/s, below, tcp download, others' traffic unknown
- Thu 19 Nov 2026, 14:20: 11.9 Mb/s, below, tcp download, others' traffic 1.2 Mb/s
- Thu 19 Nov 2026, 14:23: 11.5 Mb/s, below, tcp download, others' traffic 1.2 Mb/s, retest

What to do next
- Call Ryšys Plius with the tests above; what others used at the time is counted in.
- Acknowledge it, so that others know you have it.

Acknowledge, silence or note: https://carrel.example/a/x
Open the alert: https://carrel.example/alerts/7
`);
  });
  test('in Lithuanian', () => {
    expect(
      textOf(messageOf(inputOf({ lang: 'lt', others: 3 }))),
    ).toBe(`Mažiau nei 30 Mb/s: Zarasų r. Antazavės biblioteka, 11,5 Mb/s

Biblioteka: Zarasų r. Antazavės biblioteka, Utena
Tiekėjas: Ryšys Plius
Išmatuota: mediana 11,5 Mb/s iš 4 matavimų, mažiau nei 30 Mb/s – 4, geriausias 12,0 Mb/s
Sutartis: 50 Mb/s
Nuo: 2026 m. lapkričio 19 d. (kt) 14:00 (Europe/Vilnius)
Patvirtino: 1 pakartotinis matavimas, 1 matavimo serveris, per 23 min.
Atmesta: kitas srautas linijoje (daugiausia 1,2 Mb/s, įskaičiuotas); užimtas matuoklis (procesorius daugiausia 12 %)
Kas dar paveikta: dar 3 interneto prieigos pas tiekėją Ryšys Plius
Skubumas: Gali palaukti darbo valandų. Biblioteka dirba iki 18:00.

Kodėl taip manome
- Darbo metu mažiau nei 30 Mb/s parodė 4 iš 4 tinkamų matavimų: 14:00 – 11,2 Mb/s, 14:10 – 12,0 Mb/s, 14:20 – 11,9 Mb/s, 14:23 – 11,5 Mb/s. Mediana 11,5 Mb/s, geriausias 12,0 Mb/s.
- Ką tuo metu naudojo lankytojai, įskaičiuota: kalta linija, o ne lankytojai.

Matavimai
- 2026 m. lapkričio 19 d. (kt) 14:00: 11,2 Mb/s, per mažai, tcp atsiuntimas, kitas srautas 1,2 Mb/s
- 2026 m. lapkričio 19 d. (kt) 14:10: 12,0 Mb/s, per mažai, tcp atsiuntimas, kitas srautas nežinomas
- 2026 m. lapkričio 19 d. (kt) 14:20: 11,9 Mb/s, per mažai, tcp atsiuntimas, kitas srautas 1,2 Mb/s
- 2026 m. lapkričio 19 d. (kt) 14:23: 11,5 Mb/s, per mažai, tcp atsiuntimas, kitas srautas 1,2 Mb/s, pakartotinis

Ką daryti
- Skambinkite tiekėjui (Ryšys Plius) ir perskaitykite matavimus; tai, ką tuo metu naudojo kiti, jau įskaičiuota.
- Pažymėkite, kad ėmėtės, – kiti tai matys.

Atverti įspėjimą: https://carrel.example/alerts/7
`);
  });
  test('in Russian', () => {
    expect(
      textOf(messageOf(inputOf({ lang: 'ru', others: 21 }))),
    ).toBe(`Ниже 30 Мбит/с: Zarasų r. Antazavės biblioteka, 11,5 Мбит/с

Библиотека: Zarasų r. Antazavės biblioteka, Utena
Провайдер: Ryšys Plius
Измерено: медиана 11,5 Мбит/с по 4 измерениям, ниже 30 Мбит/с – 4, лучшее 12,0 Мбит/с
Договор: 50 Мбит/с
С: чт, 19 ноября 2026 г., 14:00 (Europe/Vilnius)
Подтверждено: 1 повторное измерение, 1 измерительный сервер, за 23 мин
Исключено: другой трафик на линии (не более 1,2 Мбит/с, учтён); занятый зонд (процессор не более 12 %)
Кто ещё затронут: ещё 21 точка доступа у провайдера Ryšys Plius
Срочность: Может подождать до рабочего времени. Библиотека открыта до 18:00.

Почему мы так считаем
- В часы работы ниже 30 Мбит/с: 4 из 4 годных измерений: 11,2 Мбит/с в 14:00, 12,0 Мбит/с в 14:10, 11,9 Мбит/с в 14:20, 11,5 Мбит/с в 14:23. Медиана 11,5 Мбит/с, лучшее 12,0 Мбит/с.
- Трафик посетителей в это время учтён: дело в линии, а не в посетителях.

Измерения
- чт, 19 ноября 2026 г., 14:00: 11,2 Мбит/с, ниже нормы, tcp загрузка, другой трафик 1,2 Мбит/с
- чт, 19 ноября 2026 г., 14:10: 12,0 Мбит/с, ниже нормы, tcp загрузка, другой трафик неизвестен
- чт, 19 ноября 2026 г., 14:20: 11,9 Мбит/с, ниже нормы, tcp загрузка, другой трафик 1,2 Мбит/с
- чт, 19 ноября 2026 г., 14:23: 11,5 Мбит/с, ниже нормы, tcp загрузка, другой трафик 1,2 Мбит/с, повтор

Что делать
- Позвоните провайдеру (Ryšys Plius) и назовите измерения; трафик других пользователей уже учтён.
- Отметьте, что взялись за это, – другие увидят.

Открыть предупреждение: https://carrel.example/alerts/7
`);
  });
  test('about a line that promises less than the target: that the provider may be right', () => {
    const site = inputOf().site;
    const low = inputOf({ site: site && { ...site, contract_mbps: 20 } });
    expect(textOf(messageOf(low))).toContain('The contract promises less than the target (20 Mb/s)');
  });
  test('about a line whose other traffic the probe cannot see: that it cannot', () => {
    const evidence = slowAlert.evidence.map((one) => ({ ...one, other_mbps: null }));
    const text = textOf(messageOf(inputOf({ alert: { ...slowAlert, evidence, reasons: [] } })));
    expect(text).toContain('Excluded: other traffic could not be excluded: the probe does not see it');
    expect(text).toContain('the probe could not see what others used at the time.');
    expect(text).not.toContain('counted in');
  });
});

describe('what the person on call reads about a dark library', () => {
  test.each([
    [
      'en',
      'Offline: Zarasų r. Antazavės biblioteka',
      'Confirmed by: no sign of life',
      'Ask the library whether it has power',
      'Somebody is needed now. The library is closed; it opens Fri 20 Nov 2026, 10:00.',
    ],
    [
      'lt',
      'Nėra ryšio: Zarasų r. Antazavės biblioteka',
      'Patvirtino: nuo to laiko matuoklis neatsiliepia',
      'Paklauskite bibliotekos, ar yra elektra',
      'Reikia žmogaus dabar. Biblioteka uždaryta; atsidarys 2026 m. lapkričio 20 d. (pn) 10:00.',
    ],
    [
      'ru',
      'Нет связи: Zarasų r. Antazavės biblioteka',
      'Подтверждено: с тех пор зонд не отвечает',
      'Спросите библиотеку, есть ли электричество',
      'Нужен человек сейчас. Библиотека закрыта; откроется пт, 20 ноября 2026 г., 10:00.',
    ],
  ] as const)('in %s', (lang, title, confirmed, next, urgency) => {
    const message = messageOf(inputOf({ lang, alert: darkAlert, now: NOON + 5 * 3_600_000 }));
    expect(message.title).toBe(title);
    for (const said of [confirmed, next, urgency]) expect(textOf(message)).toContain(said);
    expect(message.sections.map(({ heading }) => heading)).not.toContain('Tests');
  });
  test('whose cause is known by now: which, and that it was told otherwise before', () => {
    const cause = { cause: 'power', revised: true, reasons: [] } as const;
    expect(
      textOf(messageOf(inputOf({ lang: 'lt', alert: { ...darkAlert, cause: { ...cause, reasons: [] } } }))),
    ).toContain('Priežastis: nėra elektros arba įranga išjungta (patikslinta)');
  });
});

describe('what follows', () => {
  const over = { ...slowAlert, condition: 'resolved', resolved_at: NOON + 130 * MINUTE } as const;
  test.each([
    [
      'en',
      'Resolved: Below 30 Mb/s: Zarasų r. Antazavės biblioteka, 11.5 Mb/s',
      'Until: Thu 19 Nov 2026, 16:10, after 2 h 10 min',
      'Nothing to do.',
    ],
    [
      'lt',
      'Baigėsi: Mažiau nei 30 Mb/s: Zarasų r. Antazavės biblioteka, 11,5 Mb/s',
      'Iki: 2026 m. lapkričio 19 d. (kt) 16:10, truko 2 val. 10 min.',
      'Nieko daryti nereikia.',
    ],
    [
      'ru',
      'Закончилось: Ниже 30 Мбит/с: Zarasų r. Antazavės biblioteka, 11,5 Мбит/с',
      'До: чт, 19 ноября 2026 г., 16:10, длилось 2 ч 10 мин',
      'Ничего делать не нужно.',
    ],
  ] as const)('is its end, with until when and how long, in %s', (lang, title, until, next) => {
    const message = messageOf(inputOf({ kind: 'resolved', lang, alert: over }));
    expect(message.title).toBe(title);
    for (const said of [until, next]) expect(textOf(message)).toContain(said);
    expect(message.act).toBeNull();
  });
  test.each([
    ['en', 'Over already, 14:00–16:10: Below 30 Mb/s: Zarasų r. Antazavės biblioteka, 11.5 Mb/s'],
    ['lt', 'Jau baigėsi, 14:00–16:10: Mažiau nei 30 Mb/s: Zarasų r. Antazavės biblioteka, 11,5 Mb/s'],
    ['ru', 'Уже закончилось, 14:00–16:10: Ниже 30 Мбит/с: Zarasų r. Antazavės biblioteka, 11,5 Мбит/с'],
  ] as const)('is one message when it ended before it could be told, in %s', (lang, title) => {
    expect(messageOf(inputOf({ kind: 'past', lang, alert: over })).title).toBe(title);
  });
  test.each([
    [1, 'Nobody has taken it on for 1 minute.', 'Jau 1 minutę niekas nesiėmė.', 'Уже 1 минуту никто не взялся.'],
    [2, 'Nobody has taken it on for 2 minutes.', 'Jau 2 minutes niekas nesiėmė.', 'Уже 2 минуты никто не взялся.'],
    [15, 'Nobody has taken it on for 15 minutes.', 'Jau 15 minučių niekas nesiėmė.', 'Уже 15 минут никто не взялся.'],
    [21, 'Nobody has taken it on for 21 minutes.', 'Jau 21 minutę niekas nesiėmė.', 'Уже 21 минуту никто не взялся.'],
    [45, 'Nobody has taken it on for 45 minutes.', 'Jau 45 minutes niekas nesiėmė.', 'Уже 45 минут никто не взялся.'],
  ])('is a reminder after %d minutes, with the right plural in every language', (unackedMinutes, ...said) => {
    expect(LANGUAGES.map((lang) => messageOf(inputOf({ lang, unackedMinutes })).remarks[0])).toEqual(said);
  });
  test.each([
    ['en', 'Still in trouble: 1. Recovered: 1.'],
    ['lt', 'Sutrikimas tebesitęsia: 1. Atsistatė: 1.'],
    ['ru', 'Сбой продолжается: 1. Восстановились: 1.'],
  ] as const)(
    'is news of a group: how it stands and who is still in trouble, as loud as its news is, in %s',
    (lang, said) => {
      const member = (name: string, until: number | null) => ({
        ap: name,
        site: name,
        site_name: name,
        since: NOON,
        until,
      });
      const members = [member('Utena', null), member('Zarasai', NOON + MINUTE)];
      const alert = { ...darkAlert, rule: 'group', ap: 'isp:Telia', members } as const;
      const message = messageOf(inputOf({ kind: 'update', lang, alert, severity: 'digest' }));
      expect([message.severity, message.remarks]).toEqual(['digest', [said]]);
      expect([textOf(message).includes('Utena'), textOf(message).includes('Zarasai')]).toEqual([true, false]);
    },
  );
  test('says in words when it may be a repeat', () => {
    expect(LANGUAGES.map((lang) => messageOf(inputOf({ lang, uncertain: true })).remarks)).toEqual([
      ['This may be a repeat: it is not known whether the first attempt arrived.'],
      ['Gali būti pakartojimas: nežinome, ar pirmas bandymas pasiekė.'],
      ['Возможно, это повтор: неизвестно, дошла ли первая попытка.'],
    ]);
  });
  test('is one digest where much has waited: what goes on first, each once', () => {
    const frame = { severity: 'page', publicUrl: 'https://carrel.example', uncertain: false } as const;
    const later = { ...slowAlert, id: 8, since: NOON + 60 * MINUTE };
    for (const [lang, title, open, ended] of [
      ['en', '2 alerts waited', 'still goes on', 'over'],
      ['lt', 'Laukė 2 įspėjimai', 'tęsiasi', 'baigėsi'],
      ['ru', 'Ожидало 2 предупреждения', 'продолжается', 'закончилось'],
    ] as const) {
      const inputs = [
        inputOf({ lang, alert: over }),
        inputOf({ lang, kind: 'resolved', alert: over }),
        inputOf({ lang, alert: later }),
      ];
      const { message } = digestMessage(inputs, { ...frame, lang });
      expect([message.title, message.sections[0]?.lines.length]).toEqual([title, 2]);
      expect(message.sections[0]?.lines[0]).toMatch(new RegExp(`15:00: .*\\(${open}\\)$`));
      expect(message.sections[0]?.lines[1]).toMatch(new RegExp(`14:00: .*\\(${ended}\\)$`));
    }
  });
  test('is a word about a channel that fails, by another one', () => {
    const detail = {
      code: 'failing',
      receiver: 'night@library.example',
      error: { code: 'trouble.answered', status: 503, words: null },
      since: NOON,
    };
    const said = LANGUAGES.map(
      (lang) =>
        noticeMessage(detail, { lang, severity: 'ticket', publicUrl: 'https://c.example', uncertain: false }).message,
    );
    expect(said.map(({ title, remarks }) => [title, remarks[0]])).toEqual([
      [
        'Alerts do not reach night@library.example',
        'Nothing has got through since Thu 19 Nov 2026, 12:00 UTC: the receiver answered 503. What waits there is not lost.',
      ],
      [
        'Įspėjimai nepasiekia: night@library.example',
        'Nuo 2026 m. lapkričio 19 d. (kt) 12:00 UTC niekas neišsiųsta: gavėjas atsakė 503. Kas laukia, nebus prarasta.',
      ],
      [
        'Предупреждения не доходят: night@library.example',
        'С чт, 19 ноября 2026 г., 12:00 UTC ничего не отправлено: получатель ответил 503. То, что ждёт, не потеряно.',
      ],
    ]);
  });
});

describe('a name that somebody typed', () => {
  test('is text in HTML, never markup', () => {
    const site = inputOf().site;
    const html = htmlOf(
      messageOf(inputOf({ place: '<img src=x onerror=alert(1)>', site: site && { ...site, name: '"><script>' } })),
    );
    expect(html).not.toMatch(/<img|<script/);
    expect(html).toContain('&#60;script&#62;');
  });
  test('ends no header and turns no text around', () => {
    expect(messageOf(inputOf({ place: 'a\r\nBcc: all@example\u2028b\u202ec' })).title).toBe(
      'Below 30 Mb/s: a Bcc: all@example b c, 11.5 Mb/s',
    );
  });
});

test('the webhook body carries the same as data', () => {
  expect(webhookBody(inputOf(), messageOf(inputOf()))).toMatchObject({
    version: 1,
    kind: 'firing',
    id: 7,
    rule: 'slow',
    severity: 'ticket',
    access_point: 'antazave',
    target_mbps: 30,
    link: 'https://carrel.example/alerts/7',
    since: NOON,
    possibly_repeated: false,
  });
});
