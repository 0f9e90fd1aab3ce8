/** Why: every word about alerts on the page, in Russian. */
import { plural } from '../format.ts';
import type { alertWords as alertsEn, whyWords as whyEn } from '../words-alerts.ts';

export const alertWords: typeof alertsEn = {
  title: (n) =>
    n === 0
      ? 'Ни один инцидент не требует действий'
      : plural(n, {
          one: '{n} инцидент требует действий',
          few: '{n} инцидента требуют действий',
          many: '{n} инцидентов требуют действий',
          other: '{n} инцидента требуют действий',
        }),
  silences: 'Заглушено',
  summary: (open, acked) =>
    `Открыто: ${open}, в работе: ${acked}. Если зонд молчит вне часов работы, состояние неизвестно; сбоем это не считается, и никого не вызывают.`,
  lists: 'Списки инцидентов',
  group: { open: 'Требует действий', acknowledged: 'В работе', closed: 'Закрыто' },
  incidents: (n) =>
    plural(n, { one: '{n} инцидент', few: '{n} инцидента', many: '{n} инцидентов', other: '{n} инцидента' }),
  members: (n) =>
    plural(n, {
      one: '{n} точка доступа',
      few: '{n} точки доступа',
      many: '{n} точек доступа',
      other: '{n} точки доступа',
    }),
  memberOver: (age) => `прошло через ${age}`,
  open: 'Открытые',
  acknowledged: 'В работе',
  closed: 'Закрытые',
  none: {
    open: 'Открытых инцидентов нет',
    acknowledged: 'Никто ни за что не взялся',
    closed: 'Закрытых инцидентов пока нет',
  },
  noneText: {
    open: 'Когда точка доступа окажется ниже цели или без связи, она появится здесь вместе с причинами.',
    acknowledged: 'То, за что кто-то взялся, остаётся здесь, пока не закончится.',
    closed: 'Закончившиеся инциденты остаются здесь.',
  },
  rule: {
    slow: 'Ниже цели',
    dark: 'Нет связи',
    silent: 'Нет измерений',
    quality: 'Плохое качество связи',
    device: 'Неполадка зонда',
    budget: 'Исчерпан лимит данных',
    clock: 'Неверные часы',
    weak: 'Зонд слишком слаб',
    cloned: 'Двойной зонд',
    server: 'Неполадка измерительного сервера',
    outdated: 'Устаревший агент',
    database: 'База данных не принимает',
    group: 'Общий сбой',
  },
  severity: {
    ticket: 'Может подождать до рабочего времени',
    page: 'Нужен человек сейчас',
    digest: 'Войдёт в дневную сводку',
  },
  since: (at, age) => `С ${at}, ${age}.`,
  lasted: (from, to, age) => `${from} – ${to}, ${age}.`,
  id: (id) => `Инцидент ${id}.`,
  saw: 'Что мы видели',
  calling: (at) => `Следующих вызовут: ${at}, если никто не возьмётся.`,
  notes: 'Заметки',
  note: 'Оставить заметку',
  addNote: 'Добавить',
  reasons: 'Почему',
  told: 'Кому сообщено',
  toldNobody: 'Никому не сообщено: не настроена ни почта, ни вебхук, или сообщение ещё ждёт.',
  ackBy: (who, until) => `В работе: ${who}, до ${until}`,
  more: 'Показать ещё',
  select: 'Выберите инцидент, чтобы увидеть причины',
  toSite: 'Открыть библиотеку',
  hours: (n) => plural(n, { one: '{n} час', few: '{n} часа', many: '{n} часов', other: '{n} часа' }),
  fired: 'Инцидент открыт',
  resolved: 'Закончилось',
  acked: (who) => `Взял в работу: ${who}`,
  channel: {
    email: 'Почта',
    webhook: 'Вебхук',
    slack: 'Slack',
    mattermost: 'Mattermost',
    teams: 'Teams',
    ntfy: 'ntfy',
    gotify: 'Gotify',
    pagerduty: 'PagerDuty',
    telegram: 'Telegram',
    sms: 'SMS',
    alertmanager: 'Alertmanager',
    push: 'Уведомление на телефон',
  },
  kind: {
    firing: '',
    update: ', новое',
    resolved: ', что закончилось',
    closed: ', что закрыто',
    past: ', что уже закончилось',
    digest: ', сводка',
    notice: ', о работе Carrel',
  },
  delivery: { waiting: 'ждёт', sent: 'отправлено', failed: 'не удалось', expired: 'больше не пытаемся' },
  attempts: (n) =>
    n > 1 ? plural(n, { one: ' после {n} попытки', few: ' после {n} попыток', other: ' после {n} попыток' }) : '',
  to: 'для',
};

/** The explanation on a site's page: "yes" is the answer of trouble. */
export const whyWords: typeof whyEn = {
  held: (overlays) => `Пока никому не сообщают или сообщают иначе: ${overlays}.`,
  waits: (what, due) => `Ждём: ${what}, ${due}.`,
  rule: {
    slow: 'Слишком медленно?',
    dark: 'Нет связи?',
    silent: 'Зонд перестал измерять?',
    quality: 'Потери или задержка велики?',
    device: 'Зонд неисправен?',
    budget: 'Лимит данных исчерпан?',
    clock: 'Часы зонда неверны?',
    weak: 'Зонд слишком слаб?',
    cloned: 'Зонд раздвоился?',
    server: 'Измерительный сервер неисправен?',
    outdated: 'Агент устарел?',
    database: 'Базы данных не принимают?',
    group: 'Это часть общего сбоя?',
  },
  condition: {
    ok: 'нет',
    suspect: 'возможно, не подтверждено',
    firing: 'да',
    recovering: 'да, похоже, восстанавливается',
    no_data: 'нет данных',
    unknown: 'неизвестно',
  },
};
