/** Why: what is said of Carrel itself in Russian. */
import type { ChannelKind } from '#contract';
import type { Catalogue } from '../say.ts';
import type { GapWhy, ServerSayings } from '../sayings-server.ts';

export const ruServer: Catalogue<ServerSayings> = {
  'notice.no_hours': ({ n }, s) =>
    `У ${s.count(n, { one: '{n} библиотеки', few: '{n} библиотек', many: '{n} библиотек', other: '{n} библиотеки' })} не указаны часы работы: там ничего не оценивается и никого не предупреждают.`,
  'notice.wal_unwritable': ({ error }) =>
    `Журнал принятых данных не удаётся записывать${because(error)}. До тех пор зонды хранят данные у себя.`,
  'notice.wal_80': () =>
    'Журнал принятых данных заполнен больше чем на 80 %: база данных должна скоро забрать непринятое, иначе зондам придётся ждать.',
  'notice.wal_50': () => 'Журнал принятых данных заполнен больше чем наполовину: база данных не успевает.',
  'notice.store_down': ({ name, error, primary }) =>
    `База данных ${name} не работает${because(error)}. ${primary ? 'Графики и отчёты ждут; текущие значения и предупреждения работают' : 'Графики берутся из первой базы данных'}; данные ждут в журнале, ничего не теряется.`,
  'notice.store_refused': ({ name, error }) =>
    `База данных ${name} не принимает то, что пишет Carrel${because(error)}; кто-то должен её починить. Данные ждут в журнале, ничего не теряется.`,
  'notice.store_filling': ({ name, from, percent }) =>
    `База данных ${name} новая и заполняется из ${from}: в ней уже ${percent} % времени.`,
  'notice.store_quarantine': ({ name }) =>
    `База данных ${name} не приняла некоторые строки; они лежат в карантине, в настройках.`,
  'notice.live_incomplete': () =>
    'После запуска база данных ещё не ответила: прежние значения пока не показаны, новые показываются.',
  'notice.no_channel': ({ nobody }) =>
    `Предупреждения показываются только здесь: ${nobody ? 'почтовый сервер задан, но писать некому (CARREL_ONCALL)' : 'не создан ни один канал, не заданы ни почтовый сервер (CARREL_SMTP), ни вебхук (CARREL_WEBHOOKS)'}.`,
  'notice.channel_failing': ({ kind, label, final, error }, s) =>
    `${nameOf(kind, label)}: ${final ? 'предупреждения отклоняются' : 'предупреждения пока не доходят'}: ${error ? s.told(error) : 'причина не указана'}.`,
  'notice.outbox_stuck': ({ error }) => `Предупреждения не удаётся отправить: ${error}.`,
  'notice.alerts_stuck': ({ error }) => `Предупреждения не удаётся оценить или записать: ${error}.`,
  'notice.rules_file': ({ error }) => `Файл правил в нынешнем виде не используется: ${error}`,
  'notice.gap': ({ rotation, from, to, zone, why }, s) =>
    `Никто не дежурит (${rotation}) с ${s.dateTimeIn(from, zone)} до ${s.dateTimeIn(to, zone)}: ${gapWhy(why)}.`,
  'notice.certificate': ({ name, at }, s) => `Сертификат ${name} истекает ${s.dateTimeIn(at, 'UTC')} UTC.`,
  'notice.canary_dead': ({ error }) => `Carrel не работает от начала до конца: ${error}.`,
  'notice.deadman_unreachable': ({ error }, s) => `Сигнал, за которым следят другие, не доходит: ${s.told(error)}.`,
  'notice.cloned': ({ names, n }) =>
    `${n === 1 ? 'Ключом зонда' : 'Ключом каждого из этих зондов'} пользуются два устройства: ${names.join(', ')}${n > names.length ? ` и ещё ${n - names.length}` : ''}. Их значения смешиваются; выдайте каждому устройству собственный ключ.`,
  'gap.why': ({ why }) => gapWhy(why),
};

function nameOf(kind: ChannelKind, label: string): string {
  return kind === 'email' ? `Почта ${label}` : kind === 'webhook' ? `Вебхук ${label}` : label;
}

function because(error: string | null): string {
  return error === null ? '' : ` (${error})`;
}

function gapWhy(why: GapWhy): string {
  switch (why.kind) {
    case 'nobody':
      return 'никто не дежурит';
    case 'no_user':
      return `пользователя ${why.user} нет`;
    case 'unreachable':
      return `с ${why.user} нельзя связаться`;
  }
}
