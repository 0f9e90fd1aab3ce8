/** Why: what is said of a line in Russian. */
import type { LimitedBy } from '#contract';
import type { Speech } from '../format.ts';
import type { Catalogue } from '../say.ts';
import type { LineSayings, Needs, RateAt, Skip } from '../sayings-line.ts';

const LIMITS: Readonly<Record<LimitedBy, string>> = {
  cpu: 'ограничивал процессор зонда',
  nic: 'ограничивал порт зонда',
  wifi: 'зонд подключён по Wi-Fi',
  server: 'ограничивал измерительный сервер',
  budget: 'лимит данных исчерпан',
  cross_traffic: 'линию занимали другие',
  route: 'эта машина сама – измерительный сервер',
  aborted: 'измерение прервано',
  unreachable: 'измерительный сервер недоступен',
  time: 'к концу измерения линия всё ещё ускорялась',
};
/** Genitive, after "of" or "after": `из 1 измерения`, `из 5 измерений`. */
const OF_TESTS = { one: '{n} измерения', few: '{n} измерений', many: '{n} измерений', other: '{n} измерения' };

export const ruLine: Catalogue<LineSayings> = {
  'slow.title': ({ target, place, value }, s) => `Ниже ${s.mbps(target)}: ${place}, ${s.measured(value)}`,
  'slow.title_was': ({ target, place }, s) => `Было ниже ${s.mbps(target)}: ${place}`,
  'slow.tests': ({ lows, tests, target, median, best }, s) =>
    `В часы работы ниже ${s.mbps(target)}: ${lows} из ${s.count(tests.length, { one: '{n} годного измерения', few: '{n} годных измерений', many: '{n} годных измерений', other: '{n} годного измерения' })}: ${listed(tests, s)}. Медиана ${s.measured(median)}, лучшее ${s.measured(best)}.`,
  'slow.span': ({ ms, servers }, s) =>
    `Они охватывают ${s.duration(ms)} рабочего времени${servers > 1 ? `, измерительных серверов: ${servers}` : ''}.`,
  'slow.blind': () =>
    'Зонд не видит, сколько в это время занимали посетители, поэтому измерения должны были оставаться низкими дольше, чем длятся загрузки.',
  'slow.sighted': () => 'Трафик посетителей в это время учтён: дело в линии, а не в посетителях.',
  'slow.late': ({ at }, s) => `Последнее измерение сделано в ${s.time(at)}; до нас оно дошло поздно.`,
  'slow.ends_when': ({ lows, of, reach, span_min }, s) =>
    `Закончится, когда ${lows} из ${s.count(of, OF_TESTS)} за ${span_min} мин достигнут ${s.mbps(reach)}.`,
  'slow.rule_changed': () => 'Изменено правило или цель: по новому линия цели достигает.',
  'slow.revised': () => 'Измерения, пришедшие поздно, показывают, что линия цели достигала.',
  'slow.cleared': ({ tests, reach }, s) =>
    `Достигли ${s.mbps(reach)} (${s.count(tests.length, { one: '{n} измерение', few: '{n} измерения', many: '{n} измерений', other: '{n} измерения' })}): ${listed(tests, s)}.`,
  'slow.retro': ({ target, since, until }, s) =>
    `Измерения, пришедшие поздно, показывают, что линия была ниже ${s.mbps(target)} с ${s.dateTime(since)} до ${s.dateTime(until)}. Всё закончилось раньше, чем мы узнали, поэтому никого не вызывали.`,
  'slow.unknown': () => 'Решения пока нет: нужно 3 годных измерения в часы работы.',
  'slow.ok': ({ target }, s) => `Не ниже ${s.mbps(target)}.`,
  'slow.near_misses': ({ n, ended }, s) =>
    `Раньше подозрение было ${s.count(n, { one: '{n} раз', few: '{n} раза', many: '{n} раз', other: '{n} раза' })}${ended ? `; в последний раз ${ENDED[ended]}` : ''}.`,
  'slow.suspect': ({ target, lows, of, ms, needs, passes }, s) =>
    `Возможно, ниже ${s.mbps(target)}: за ${s.duration(ms)} рабочего времени низкими были ${lows} из последних ${s.count(of, OF_TESTS)}. Нужно, чтобы ${needed(needs, s)}; подозрение снимут удачные измерения: ${passes}.`,
  'slow.old': ({ target, ms }, s) =>
    `Ниже ${s.mbps(target)}, но последнее измерение сделано ${s.duration(ms)} назад: только из-за этого никого не вызывают; подтвердит одно свежее низкое измерение.`,
  'slow.firing': ({ target }, s) => `Ниже ${s.mbps(target)}, подтверждено.`,
  'slow.recovering': ({ clear, of, reach }, s) =>
    `Похоже, восстанавливается: ${s.mbps(reach)} достигли ${clear} из ${s.count(of, OF_TESTS)}.`,
  'slow.no_valid': ({ since }, s) => `С ${s.dateTime(since)} нет ни одного годного измерения, хотя зонд на связи.`,
  'slow.behind': ({ tests }, s) => `Измерения, на которых это основано (в часы работы): ${listed(tests, s)}.`,
  'slow.retest_now': () => 'Повторное измерение нужно сейчас.',
  'slow.retest_at': ({ at, closed }, s) =>
    `Следующее повторное измерение нужно в ${s.time(at)}${closed ? ', когда закрыто: оно подождёт до открытия библиотеки' : ''}.`,
  'slow.skipped': ({ at, why }, s) => `Измерение (${s.dateTime(at)}) не учитывается: ${skipped(why, s)}.`,
  'slow.rule': ({ sighted, blind, below, lows, span_min }, s) =>
    `Сообщается, когда ${needed(sighted, s)}; где зонд не видит трафика посетителей – когда ${needed(blind, s)}; ниже ${s.mbps(below)} – уже после ${s.count(lows, OF_TESTS)} за ${span_min} мин.`,
};

const ENDED = {
  passed: 'повторные измерения были удачными',
  waited: 'за 6 ч рабочего времени не выяснилось',
  gap: 'измерений не было 26 ч',
};

function needed({ lows, of, span_min }: Needs, s: Speech): string {
  return `за ${span_min} мин рабочего времени низкими окажутся ${lows} из ${s.count(of, OF_TESTS)}`;
}

function skipped(why: Skip, s: Speech): string {
  switch (why.kind) {
    case 'nothing':
      return 'ничего не измерено';
    case 'cpu':
      return 'ограничивал процессор зонда';
    case 'local':
      return 'ограничивала связь между зондом и маршрутизатором';
    case 'closed':
      return 'оно сделано вне часов работы';
    case 'other_target':
      return `его судили по другой цели (${s.mbps(why.target)})`;
    case 'server':
      return `измерительный сервер ${why.server} был неисправен`;
    case 'inconclusive':
      return `оно неопределённое${why.limit ? ` (${LIMITS[why.limit]})` : ''}`;
    case 'text':
      return why.text;
  }
}

function listed(tests: readonly RateAt[], s: Speech): string {
  return tests.map(({ mbps, at }) => `${s.measured(mbps)} в ${s.time(at)}`).join(', ');
}
