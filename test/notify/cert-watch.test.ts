import { expect, test } from 'vitest';
import { makeAuthority } from '../../broker/tls-authority.ts';
import { createCertWatch } from '../../dashboard/notify/cert-watch.ts';
import { createReceivers } from '../../dashboard/notify/receivers.ts';
import { wordNotice } from '../../dashboard/said/say.ts';
import { memoryState } from '../support/state.ts';
import { settingsWith } from './cases.ts';

const DAY = 86_400_000;

test('a certificate that runs out is told 30, 7 and 1 days before, each once, and stands on the page', async () => {
  const made = Date.UTC(2026, 0, 1);
  const { cert } = await makeAuthority(made);
  const end = Date.parse(new (await import('node:crypto')).X509Certificate(cert).validTo);
  const state = memoryState();
  const receivers = createReceivers(settingsWith({ CARREL_WEBHOOKS: ['https://hooks.example/x'] }), state);
  const watch = createCertWatch({
    state,
    receivers,
    certificates: () => [
      { name: 'CARREL_TLS_CERT', pem: cert },
      { name: 'broken', pem: 'no' },
    ],
  });
  const told = (): number => state.outbox.waiting();
  const counts: [daysBefore: number, told: number, severity: string | undefined][] = [];
  for (const days of [31, 30, 29, 8, 7, 6, 2, 1, 0.5, -1]) {
    watch.tick(end - days * DAY);
    counts.push([days, told(), watch.notices()[0]?.severity]);
  }
  expect(counts).toEqual([
    [31, 0, undefined],
    [30, 1, 'warning'],
    [29, 1, 'warning'],
    [8, 1, 'warning'],
    [7, 2, 'critical'],
    [6, 2, 'critical'],
    [2, 2, 'critical'],
    [1, 3, 'critical'],
    [0.5, 3, 'critical'],
    [-1, 3, 'critical'],
  ]);
  expect(watch.notices().map((one) => wordNotice(one, 'en').text)[0]).toMatch(
    /^The certificate CARREL_TLS_CERT ends \w{3} \d+ \w+ 20\d\d, \d\d:\d\d UTC\.$/,
  );
});
