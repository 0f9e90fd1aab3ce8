/** Why: the Russian of words-tests.ts. */
import type { TestWords } from '../words-tests.ts';

export const testWords: TestWords = {
  columns: {
    time: 'Время',
    verdict: 'Вывод',
    down: 'Загрузка',
    others: 'Другие',
    method: 'Метод',
    cost: 'Расход',
    note: 'Заметка',
  },
  method: { passive: 'Пассивно', udp: 'UDP', tcp: 'TCP', 'tcp-full': 'TCP, полный' },
  reason: { slot: '', confirm: 'подтверждение', recovery: 'восстановление', manual: 'по запросу', audit: 'сверка' },
  limit: {
    cpu: 'скорость ограничил процессор зонда',
    nic: 'скорость ограничил порт зонда',
    wifi: 'зонд подключён по Wi-Fi',
    server: 'скорость ограничил измерительный сервер',
    budget: 'лимит данных исчерпан',
    cross_traffic: 'линию занимали другие',
    route: 'этот компьютер и есть измерительный сервер',
    aborted: 'тест прерван',
    unreachable: 'измерительный сервер недоступен',
    time: 'к концу теста скорость ещё росла',
  },
  marginal: 'близко к цели',
  upload: 'отдача',
  offHours: 'вне часов работы',
  burstShaped: 'вначале быстрее, чем потом',
  loss: (share) => `потеряно ${share}`,
  loaded: (idle, loaded) => `задержка ${idle}, под нагрузкой ${loaded}`,
};
