/** Why: what is said in Russian of a site, its probe and those around it. */
import type { Speech } from '../format.ts';
import { holidayName } from '../holidays.ts';
import type { Catalogue } from '../say.ts';
import type { Fault, GroupKey, SiteSayings } from '../sayings-site.ts';
import { RULE_NAMES } from './rule-names.ts';

/** Genitive, after "из". */
const OF_POINTS = {
  one: '{n} точки доступа',
  few: '{n} точек доступа',
  many: '{n} точек доступа',
  other: '{n} точки доступа',
};
const OF_SAMPLES = { one: '{n} замера', few: '{n} замеров', many: '{n} замеров', other: '{n} замера' };

export const ruSite: Catalogue<SiteSayings> = {
  'dark.title': ({ place }) => `Нет связи: ${place}`,
  'dark.no_probe': () => 'Эту точку доступа не оценивает ни один допущенный зонд.',
  'dark.probe_gone': () => 'Эту точку доступа больше не оценивает ни один допущенный зонд.',
  'dark.never': () => 'Её зонд ещё ни разу не отозвался: неизвестно, а не «нет связи».',
  'dark.last_sign': ({ at, ms, connection }, s) =>
    `Последний раз зонд отозвался ${s.dateTime(at)}, ${s.duration(ms)} назад; ${CONNECTION[connection]}.`,
  'dark.so_far': ({ limit, silence }, s) =>
    `Связи нет, если молчание в часы работы длится ${s.duration(limit)}; пока ${s.duration(silence)}.`,
  'dark.closed': () => 'Сейчас закрыто: молчание считается только в часы работы.',
  'dark.grace': ({ at }, s) =>
    `Сервер наблюдает слишком недолго, чтобы сказать, что связи нет; станет ясно в ${s.time(at)}.`,
  'dark.silent': ({ silence, limit }, s) =>
    `В часы работы зонд не отзывается уже ${s.duration(silence)}; предел – ${s.duration(limit)}.`,
  'dark.ends_when': () => 'Закончится, когда данные зонда снова пойдут.',
  'dark.ended': ({ at, silent }, s) =>
    `Данные зонда снова идут с ${s.time(at)}${silent === null ? '' : ` после ${s.duration(silent)} молчания`}.`,
  'dark.rule': ({ after }, s) =>
    `Сообщается, когда зонд не отзывается в часы работы ${s.duration(after)}; заканчивается, когда данные идут снова.`,

  'cause.power': ({ samples, expected }, s) =>
    `Не работал сам зонд: он запустился заново и сохранил за это время ${samples} примерно из ${s.count(expected, OF_SAMPLES)}. Пропало электричество, или его кто-то выключил.`,
  'cause.agent': () => 'Устройство работало, но наш агент на нём – нет; он запустился заново.',
  'cause.waiting': () => 'То, что зонд за это время сохранил, ещё не пришло.',
  'cause.worked': ({ working, samples }, s) =>
    `У зонда всё время был работающий интернет (${working} из ${s.count(samples, OF_SAMPLES)}): недоступен был наш сервер или путь к нему.`,
  'cause.lan': (share, s) => `У зонда не было линка: кабель, порт или коммутатор (${part(share, s)}).`,
  'cause.access_line': (share, s) =>
    `Линк был, но шлюз не отвечал: маршрутизатор или линия доступа (${part(share, s)}).`,
  'cause.names': (share, s) =>
    `Шлюз отвечал, но имена не находились: за линией доступа, у провайдера (${part(share, s)}).`,
  'cause.internet': (share, s) =>
    `Шлюз отвечал, а интернет – нет: за линией доступа, у провайдера (${part(share, s)}).`,
  'cause.server': (share, s) => `Интернет отвечал, а наш сервер – нет (${part(share, s)}).`,

  'group.title': ({ trouble, n, of, key }, s) =>
    `${trouble === 'dark' ? 'Нет связи' : 'Низкие измерения'}: ${n} из ${s.count(of, OF_POINTS)}${whose(key)}`,
  'group.begun': ({ n, of, key, since }, s) =>
    `С ${s.dateTime(since)} сбой у ${n} из ${s.count(of, OF_POINTS)}${whose(key)}, а остальные почти все работают: ${cause(key)}.`,
  'group.covers': () =>
    'Каждая из них оценивается по-прежнему; пока это длится, об отдельных не сообщается. У кого сбой останется и после, станет отдельным инцидентом.',
  'group.recovered': ({ n, of }) => `Восстановились ${n} из ${of}.`,
  'group.ends_when': () => 'Закончится, когда сбой останется не более чем у десятой части.',

  'device.title': ({ place, faults }, s) => `Неполадка зонда: ${place}, ${all(faults, s)}`,
  'device.lasts': ({ faults, ms }, s) => `Уже ${s.duration(ms)} или дольше: ${all(faults, s)}.`,
  'device.effect': () => 'Он может перестать измерять или измерять неверно.',
  'quality.title': ({ place, faults }, s) => `Плохое качество связи: ${place}, ${all(faults, s)}`,
  'quality.lasts': ({ faults, ms }, s) => `В часы работы уже ${s.duration(ms)} или дольше: ${all(faults, s)}.`,
  'quality.effect': () => 'Страницы открываются медленно, а разговоры прерываются, какой бы ни была скорость.',
  'budget.title': ({ place }) => `Исчерпан лимит данных: ${place}`,
  'budget.spent': ({ at }, s) =>
    `Месячный лимит данных на измерения исчерпан (сообщено ${s.dateTime(at)}): до следующего месяца ничего не измеряется, и медленная линия осталась бы незамеченной.`,
  'budget.advice': () => 'Увеличьте лимит библиотеки или измеряйте её реже.',
  'weak.title': ({ place }) => `Зонд слишком слаб: ${place}`,
  'weak.limited': ({ faults }, s) =>
    `${all(faults, s)}: ограничивал процессор или порт самого зонда, а не линия; цель он измерить не может. Удачное его измерение всё же засчитывается.`,
  'silent.title': ({ place }) => `Нет измерений: ${place}`,
  'silent.no_valid': ({ since }, s) =>
    `Зонд на связи, но в часы работы ${since === null ? 'долго' : `с ${s.dateTime(since)}`} не прислал ни одного годного измерения.`,
  'cloned.title': ({ place }) => `Двойной зонд: ${place}`,
  'cloned.both': ({ probe }) =>
    `Под именем ${probe} работают два устройства. Их результаты смешиваются, и они отключают друг друга. Выдайте одному из них собственный ключ.`,
  'outdated.title': ({ place }) => `Устаревший агент: ${place}`,
  'outdated.agent': ({ faults, current }, s) =>
    `Версия агента ${all(faults, s)}, а этот сервер раздаёт ${current}. Выполните команду установки ещё раз.`,
  'clock.title': ({ place, faults }, s) => `Неверные часы: ${place}, ${all(faults, s)}`,
  'clock.skew': ({ faults }, s) =>
    `Часы зонда ${all(faults, s)}. Где возможно, у результатов ставится исправленное время; сертификаты могут быть отклонены.`,
  'database.title': ({ name }) => `База данных не принимает: ${name}`,
  'database.refuses': ({ name, ms, faults }, s) =>
    `${name} уже ${s.duration(ms)} или дольше ничего не принимает: ${all(faults, s)}.`,
  'database.effect': () =>
    'Пока в журнале есть место, ничего не теряется; предупреждения работают. Отчёты и графики не обновляются.',
  'server.title': ({ server }) => `Неполадка измерительного сервера: ${server}`,
  'server.low': ({ faults }, s) =>
    `За полчаса с ним ${all(faults, s)}, а с другими всё хорошо. Низкие результаты с него линиям не засчитываются.`,
  'any.title': ({ rule, place }) => `${RULE_NAMES[rule]}: ${place}`,
  'any.over': () => 'Этого больше нет.',
  'any.well': () => 'Всё хорошо.',
  'any.so': ({ faults, since }, s) =>
    `${faults.length === 0 ? 'Это так' : all(faults, s)}${since === null ? '' : ` с ${s.dateTime(since)}`}.`,
  'any.unregistered': () => 'В реестре этого больше нет.',
  'any.declared_over': ({ who }) => `${who} отметил, что всё закончилось.`,

  'site.closed_today': ({ why }) =>
    `Сегодня закрыто${why ? `: ${why}` : ''}. Ничего не оценивается, никого не вызывают.`,
  'site.holiday': ({ name, provisional }) =>
    `Сегодня закрыто: ${holidayName(name, 'ru')}${provisional ? ' (по расчёту; может быть объявлено днём раньше или позже)' : ''}. Ничего не оценивается, никого не вызывают.`,
  'site.no_hours': () =>
    'Часы работы библиотеки не указаны, поэтому здесь ничего не оценивается; укажите их, чтобы получать предупреждения.',
  'held.silenced': () => 'Заглушено: пока это не закончится, никому не сообщают; оценивается по-прежнему.',
  'held.maintenance': () => 'На это время запланированы работы: пока они не закончатся, никому не сообщают.',
  'held.inhibited': ({ incident }) =>
    `Это часть общего инцидента${incident === null ? '' : ` (${incident})`}: сообщают о нём.`,
  'held.gathering': () => 'Сбой и у других: выясняется, одна ли причина.',
  'held.settling': ({ at }, s) =>
    `Общий инцидент закончился ${s.dateTime(at)}: сообщат, если это продлится ещё полчаса.`,
  'held.told': () => 'Сообщено.',
  'held.flapping': () =>
    'За сутки начиналось и заканчивалось четыре раза: пока сутки не пройдут спокойно, пишется только в дневную сводку.',
  'held.chronic': () => 'Длится больше 14 дней: пишется только в дневную сводку.',
  'overlay.silenced': () => 'заглушено',
  'overlay.maintenance': () => 'плановые работы',
  'overlay.inhibited': () => 'часть общего инцидента',
  'overlay.closed': () => 'вне часов работы',
  'overlay.acknowledged': () => 'кто-то взялся',
  'overlay.flapping': () => 'то начинается, то заканчивается',
  'overlay.chronic': () => 'длится долго',
  'timer.retest': () => 'повторное измерение',
  'timer.too_old': () => 'данные слишком старые, чтобы вызывать',
  'timer.settling': () => 'затишье после общего инцидента',
  'timer.grace': () => 'время после запуска',
};

const CONNECTION = {
  stands: 'соединение с ним держится',
  broke: 'соединение с ним оборвалось',
  closed: 'соединение с ним закрыто',
};

function all(faults: readonly Fault[], s: Speech): string {
  return faults.map((one) => fault(one, s)).join(', ');
}

function fault(one: Fault, s: Speech): string {
  switch (one.kind) {
    case 'hot':
      return `нагрелся до ${one.celsius} °C`;
    case 'disk':
      return `диск занят на ${one.percent} %`;
    case 'memory':
      return `память занята на ${one.percent} %`;
    case 'voltage':
      return 'слишком низкое напряжение';
    case 'loss':
      return `теряется ${s.number(one.percent)} % соединений`;
    case 'rtt':
      return `до интернета ${one.ms} мс`;
    case 'skew':
      return `${one.ms > 0 ? 'спешат' : 'отстают'} на ${s.duration(Math.abs(one.ms))}`;
    case 'weak_tests':
      return s.count(one.n, {
        one: '{n} измерение подряд',
        few: '{n} измерения подряд',
        many: '{n} измерений подряд',
        other: '{n} измерения подряд',
      });
    case 'agent':
      return one.version;
    case 'low_sites':
      return `низкие результаты у ${one.low} из ${s.count(one.sites, { one: '{n} библиотеки', few: '{n} библиотек', many: '{n} библиотек', other: '{n} библиотеки' })}`;
    case 'refused':
      return one.error;
    case 'text':
      return one.text;
  }
}

function part({ seen, samples, ms }: { seen: number; samples: number; ms: number }, s: Speech): string {
  return `${seen} из ${s.count(samples, OF_SAMPLES)} за ${s.duration(ms)}`;
}

function whose({ kind, name }: GroupKey): string {
  return {
    isp: ` у провайдера «${name}»`,
    region: ` в регионе «${name}»`,
    server: `, измеряемых с сервером «${name}»`,
    uplink: '',
  }[kind];
}

function cause({ kind, name }: GroupKey): string {
  return {
    isp: `одна причина у провайдера «${name}»`,
    region: `одна причина в регионе «${name}»`,
    server: `измерительный сервер «${name}»`,
    uplink: 'всё пропало за две минуты, значит, дело в нашей линии или сервере',
  }[kind];
}
