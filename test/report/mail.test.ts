/** Whoever answers for the network hears of a closed month: the real outbox and delivery, a real mail server. */
import { afterEach, expect, test } from 'vitest';
import { silentLogger } from '#lib/logger';
import { remakeHour } from '../../broker/rollup/remake.ts';
import { createDelivery } from '../../dashboard/notify/deliver.ts';
import { createReportMail } from '../../dashboard/notify/report-mail.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt } from '../../dashboard/report/report.ts';
import { handTime } from '../alert/world.ts';
import { FROM } from '../dashboard/query/month-world.ts';
import { openMailbox, settingsWith, until } from '../notify/cases.ts';
import { batchOf, testEvent } from '../store/batches.ts';
import { reportWorld } from './world.ts';

const MONTH = '2026-10';
const CLOSES = closesAt(MONTH);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function world(lang: 'en' | 'lt' | 'ru' = 'en') {
  const mailbox = await openMailbox();
  const settings = settingsWith({
    CARREL_SMTP: mailbox.url,
    CARREL_REPORT_TO: ['director@library.example', 'funder@ministry.example'],
    CARREL_LANGUAGE: lang,
  });
  const { state, store } = await reportWorld();
  const time = handTime(CLOSES);
  const delivery = createDelivery({
    ...{ settings, state, clock: time.clock, every: time.every, log: silentLogger, random: () => 0.01 },
    alerts: { view: () => null, onChange: () => () => undefined },
    publicUrl: () => 'https://carrel.library.example',
  });
  ends.push(
    () => mailbox.close(),
    () => state.close(),
    () => delivery.stop(),
  );
  const close = (now: number) =>
    closeMonths({ state, store, tell: createReportMail(settings, state, silentLogger) }, now);
  const mails = async (n: number) => {
    await until(() => {
      time.pass(1000);
      return mailbox.mails.length >= n;
    }, `${n} mails`);
    return mailbox.mails;
  };
  return { state, store, delivery, close, mails, mailbox };
}
/** A test of the month that came when it was closed already. */
async function late({ store }: Awaited<ReturnType<typeof world>>, seq: number, n: number) {
  const at = FROM + 3 * DAY_MS + 10 * HOUR_MS;
  const events = Array.from({ length: n }, (_, i) => ({
    t_ms: at + i,
    event: testEvent(`late-${seq}-${i}`, { rate_mbps: 60, verdict: 'pass' }),
  }));
  await store.write(batchOf({ probe: 'p-a', seq, t: [], e: events }), { next: seq, held: [] });
  await store.writeRollups(await remakeHour(store, Math.floor(at / HOUR_MS) * 3600, ['p-a'], seq));
}

test('a closed month is told once to each address, with its figures and where it is', async () => {
  const it = await world();
  it.delivery.start();
  await it.close(CLOSES - 1);
  expect(it.state.outbox.waiting()).toBe(0);
  await it.close(CLOSES);
  await it.close(CLOSES + HOUR_MS);
  const mails = await it.mails(2);
  expect(mails.flatMap(({ to }) => to).sort()).toEqual(['director@library.example', 'funder@ministry.example']);
  expect(mails[0]?.text).toContain("Subject: Month's report: October 2026");
  expect(mails[0]?.text).toMatch(
    /^0\saccess points met the target\. 0 did not\. For 2 there is not enough data to say\.$/m,
  );
  expect(mails[0]?.text).toContain('https://carrel.library.example/reports/2026-10?lang=en&revision=1');
  await until(() => it.state.outbox.waiting() === 0, 'nothing that waits');
  expect(it.mailbox.mails).toHaveLength(2);
});

test('a revision is told when it changes a verdict, and only then', async () => {
  const it = await world();
  await it.close(CLOSES);
  expect(it.state.outbox.waiting()).toBe(2);
  await late(it, 900, 1);
  expect(await it.close(CLOSES + DAY_MS)).toEqual([{ month: MONTH, revision: 2 }]);
  expect(it.state.outbox.waiting()).toBe(2);
  await late(it, 901, 400);
  expect(await it.close(CLOSES + 2 * DAY_MS)).toEqual([{ month: MONTH, revision: 3 }]);
  expect(it.state.outbox.waiting()).toBe(4);
});

test.each([
  ['lt', 'Mėnesio ataskaita: 2026 m. spalis', 'Tikslą pasiekė'],
  ['ru', 'Отчёт за месяц: октябрь 2026', 'Цели достигли'],
] as const)('it is told in %s', async (lang, title, sentence) => {
  const it = await world(lang);
  it.delivery.start();
  await it.close(CLOSES);
  const [mail] = await it.mails(1);
  expect(mail?.text).toContain(title);
  expect(mail?.text).toContain(sentence);
});

test('nobody is told where no address or no mail server is set', async () => {
  const { state, store } = await reportWorld();
  ends.push(() => state.close());
  const warned: string[] = [];
  const log = { warn: (_: object, message: string) => void warned.push(message) };
  const tell = createReportMail(settingsWith({ CARREL_REPORT_TO: ['director@library.example'] }), state, log);
  expect(warned).toEqual([expect.stringContaining('CARREL_SMTP')]);
  expect(await closeMonths({ state, store, tell }, CLOSES)).toEqual([{ month: MONTH, revision: 1 }]);
  expect(state.outbox.waiting()).toBe(0);
});
