/** Why: what can go wrong on the way to a receiver, in Russian. No full stop: it stands within sentences. */
import type { Catalogue } from '../say.ts';
import type { TroubleSayings } from '../sayings-trouble.ts';

export const ruTrouble: Catalogue<TroubleSayings> = {
  'trouble.words': ({ text }) => `«${text}»`,
  'trouble.no_url': () => 'его адрес – не URL',
  'trouble.private': ({ address }) =>
    `${address} – частный адрес; если так и нужно, укажите его в CARREL_WEBHOOK_ALLOW`,
  'trouble.no_address': ({ name }) => `у ${name} нет адреса`,
  'trouble.redirects': ({ status }) => `получатель перенаправляет (${status}); укажите конечный адрес`,
  'trouble.answered': ({ status, words }) => `получатель ответил ${status}${words === null ? '' : `: «${words}»`}`,
  'trouble.no_answer': ({ s }) => `нет ответа за ${s} с`,
  'trouble.hung_up': () => 'получатель разорвал соединение (ECONNRESET)',
  'trouble.nobody': () => 'писать некому',
  'trouble.no_alert': () => 'такого предупреждения больше нет',
  'trouble.no_receiver': () => 'такого получателя больше нет',
  'trouble.too_much': () => 'для этого получателя накопилось слишком много',
  'trouble.too_late': ({ error }, s) => `не удалось доставить за 24 ч${error === null ? '' : ` (${s.told(error)})`}`,
  'trouble.over': () => 'это уже закончилось',
  'trouble.never_told': () => 'этому получателю не сообщали о начале, поэтому отменять нечего',
  'trouble.over_long': () => 'закончилось более 24 ч назад, пока не удавалось сообщить',
  'trouble.over_long_perhaps_told': () => 'закончилось более 24 ч назад; одна из попыток могла дойти',
  'trouble.told_together': () => 'закончилось раньше, чем удалось сообщить; одно сообщение говорит обо всём',
  'trouble.no_device': () => 'не осталось устройства, на которое можно отправить',
  'trouble.unsubscribed': () => 'это устройство отказалось от уведомлений',
  'trouble.push_address': () => 'адрес службы уведомлений – не адрес',
  'trouble.push_plain': () => 'служба уведомлений доступна не по https',
  'trouble.push_host': ({ host }) => `${host} – неизвестная служба уведомлений; её можно указать в CARREL_PUSH_HOSTS`,
  'trouble.teams': () => 'принято; Teams не говорит, выполнился ли его поток',
};
