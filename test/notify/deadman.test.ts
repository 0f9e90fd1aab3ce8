import { afterEach, expect, test } from 'vitest';
import { startDeadman } from '../../dashboard/notify/deadman.ts';
import { wordNotice } from '../../dashboard/said/say.ts';
import { handTime } from '../alert/world.ts';
import { logLines } from '../support/dashboard.ts';
import { openReceiver, until } from './cases.ts';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

test('pings only after the canary came through; tells "fail" with the reason when it did not, and the page says it', async () => {
  const receiver = await openReceiver((_n, response) => response.writeHead(200).end('OK'));
  const time = handTime();
  const log = logLines();
  let broken: string | null = null;
  let sung = 0;
  const deadman = startDeadman({
    url: `${receiver.url}/uuid-secret`,
    allow: ['127.0.0.1'],
    canary: async () => {
      sung++;
      if (broken !== null) throw new Error(broken);
    },
    clock: time.clock,
    log,
    every: time.every,
  });
  ends.push(
    () => receiver.close(),
    () => deadman.stop(),
  );
  await until(() => receiver.calls.length === 1, 'the first ping');
  expect([receiver.calls[0]?.path, sung, deadman.notices()]).toEqual(['/hook/uuid-secret', 1, []]);
  broken = 'the alert engine did not read a frame within 20 s';
  await until(() => {
    time.pass(60_000);
    return receiver.calls.some(({ path }) => path.endsWith('/fail'));
  }, 'the failure');
  expect(receiver.calls.at(-1)).toMatchObject({ path: '/hook/uuid-secret/fail', body: broken });
  expect(deadman.notices().map((one) => wordNotice(one, 'en'))).toEqual([
    expect.objectContaining({
      code: 'CANARY_DEAD',
      severity: 'critical',
      text: `Carrel does not work end to end: ${broken}.`,
    }),
  ]);
  broken = null;
  await until(() => {
    time.pass(60_000);
    return deadman.notices().length === 0;
  }, 'well again');
  expect(log.lines.join()).not.toContain('uuid-secret');
});
test('says on the page when the ping itself does not arrive', async () => {
  const time = handTime();
  const deadman = startDeadman({
    url: 'http://127.0.0.1:1/x',
    allow: ['127.0.0.1'],
    canary: async () => undefined,
    clock: time.clock,
    log: logLines(),
    every: time.every,
  });
  ends.push(() => deadman.stop());
  await until(() => deadman.notices().length === 1, 'the notice');
  expect(deadman.notices().map((one) => wordNotice(one, 'en'))[0]).toMatchObject({
    code: 'DEADMAN_UNREACHABLE',
    text: expect.stringContaining('ECONNREFUSED'),
  });
});
