import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import { createAddressGuard } from '../../dashboard/notify/address-guard.ts';
import { type HttpOptions, post, retryAfterMs } from '../../dashboard/notify/http-post.ts';
import type { Outcome } from '../../dashboard/notify/outcome.ts';
import { webhookCall } from '../../dashboard/notify/webhook/webhook.ts';
import { openReceiver, postOf, type Receiver } from './cases.ts';

const open: Receiver[] = [];
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver.close();
});
async function receiver(answer: Parameters<typeof openReceiver>[0]): Promise<Receiver> {
  const made = await openReceiver(answer);
  open.push(made);
  return made;
}
const local = { guard: createAddressGuard(['127.0.0.1']) };
const told = { ...postOf(), data: { a: 'ąž' }, key: 'k-1', now: 1_795_000_000_500 };
const call = (url: string) => webhookCall(told, { config: {}, secrets: { url } }, 'key');
const sendWebhook = (made: ReturnType<typeof call>, options: HttpOptions): Promise<Outcome> => post(made, options);

describe('a webhook', () => {
  test('is signed over timestamp and body, and carries its key', async () => {
    const { url, calls } = await receiver((_n, response) => response.writeHead(204).end());
    expect(await sendWebhook(call(url), local)).toEqual({ kind: 'sent' });
    const signature = `sha256=${createHmac('sha256', 'key').update(`1795000000.${calls[0]?.body}`).digest('hex')}`;
    expect(calls[0]?.headers).toMatchObject({
      'idempotency-key': 'k-1',
      'x-carrel-timestamp': '1795000000',
      'x-carrel-signature': signature,
      'carrel-signature': `t=1795000000,v1=${signature.slice('sha256='.length)}`,
    });
    expect(calls[0]?.body).toBe('{"a":"ąž"}');
  });
  test.each([
    [503, {}, { kind: 'retry', error: { code: 'trouble.answered', status: 503, words: null }, afterMs: null }],
    [
      429,
      { 'retry-after': '7' },
      { kind: 'retry', error: { code: 'trouble.answered', status: 429, words: null }, afterMs: 7000 },
    ],
    [404, {}, { kind: 'refused', error: { code: 'trouble.answered', status: 404, words: null } }],
    [
      302,
      { location: 'http://169.254.169.254/' },
      { kind: 'refused', error: { code: 'trouble.redirects', status: 302 } },
    ],
  ])('answered with %d ends as told', async (status, headers, outcome) => {
    const { url, calls } = await receiver((_n, response) => response.writeHead(status, headers).end());
    expect(await sendWebhook(call(url), local)).toEqual(outcome);
    expect(calls).toHaveLength(1);
  });
  test('whose receiver hangs up is tried again', async () => {
    const { url } = await receiver((_n, response) => response.destroy());
    expect(await sendWebhook(call(url), local)).toEqual({
      kind: 'retry',
      error: { code: 'trouble.hung_up' },
      afterMs: null,
      uncertain: true,
    });
  });
  test('whose receiver never answers is given up in time', async () => {
    const { url } = await receiver(() => undefined);
    expect(await sendWebhook(call(url), { ...local, timeoutMs: 50 })).toEqual({
      kind: 'retry',
      error: { code: 'trouble.no_answer', s: 0.05 },
      afterMs: null,
      uncertain: true,
    });
  });
  test('whose receiver answers drop by drop is given up in time all the same', async () => {
    const { url } = await receiver((_n, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await sendWebhook(call(url), { ...local, timeoutMs: 200 })).toMatchObject({
      kind: 'retry',
      uncertain: true,
    });
  });
  test('whose receiver answers for ever is not read to the end', async () => {
    const { url } = await receiver((_n, response) => {
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        response.once('drain', pour);
      };
      pour();
    });
    expect(await sendWebhook(call(url), local)).toEqual({ kind: 'sent' });
  });
});

describe('where a webhook may go', () => {
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::1]/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://192.168.1.1/',
    'http://169.254.169.254/latest/',
    'http://[fe80::1]/',
    'http://[fd00::1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://100.64.0.1/',
    'http://localhost/',
    'http://0/',
    'http://127.1/',
    'http://0177.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://[::ffff:7f00:1]/',
    'http://[::ffff:0:127.0.0.1]/',
    'http://[2002:7f00:1::]/',
    'http://[fec0::1]/',
    'http://[ff02::1]/',
    'http://198.18.0.1/',
    'http://255.255.255.255/',
  ])('%s is private and refused', async (url) => {
    expect(await sendWebhook(call(url), { guard: createAddressGuard([]) })).toMatchObject({
      kind: 'refused',
      error: { code: 'trouble.private' },
    });
  });
  test('public addresses are fine, and private ones that were named', () => {
    const guard = createAddressGuard(['10.0.0.0/8', 'hooks.internal', 'fd00::/8']);
    expect(guard.refusedHost('93.184.216.34')).toBeNull();
    expect(guard.refusedHost('[2606:2800:220:1::1]')).toBeNull();
    expect(guard.refusedHost('10.9.9.9')).toBeNull();
    expect(guard.refusedHost('[fd00::7]')).toBeNull();
    expect(guard.refusedAddress('hooks.internal', '192.168.7.7')).toBeNull();
    expect(guard.refusedAddress('other.example', '192.168.7.7')).toEqual({
      code: 'trouble.private',
      address: '192.168.7.7',
    });
  });
  test('a name whose answer changes between the check and the connection (DNS rebinding) gets no byte', async () => {
    const { url, calls } = await receiver((_n, response) => response.writeHead(204).end());
    const rebound = url.replace('127.0.0.1', 'rebind.example');
    const fooled: ReturnType<typeof createAddressGuard> = {
      ...createAddressGuard([]),
      // The resolver was asked and its answer was fine; the socket is led elsewhere.
      lookupFor: () => (_name, options, callback) =>
        options.all ? callback(null, [{ address: '127.0.0.1', family: 4 }]) : callback(null, '127.0.0.1', 4),
    };
    expect(await sendWebhook(call(rebound), { guard: fooled })).toMatchObject({
      kind: 'refused',
      error: { code: 'trouble.private', address: '127.0.0.1' },
    });
    expect(calls).toEqual([]);
  });
  test('a name that resolves to a private address is refused before a connection is made', async () => {
    const { url, calls } = await receiver((_n, response) => response.writeHead(204).end());
    const named = url.replace('127.0.0.1', 'localhost');
    expect(await sendWebhook(call(named), { guard: createAddressGuard([]) })).toMatchObject({
      kind: 'refused',
    });
    expect(calls).toEqual([]);
    expect(await sendWebhook(call(named), { guard: createAddressGuard(['localhost']) })).toEqual({
      kind: 'sent',
    });
  });
});

test('Retry-After is read as seconds or as a date, within an hour', () => {
  const now = Date.parse('2026-11-19T12:00:00Z');
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Thu, 19 Nov 2026 12:00:30 GMT', now)).toBe(30_000);
  expect(retryAfterMs('99999999', now)).toBe(3_600_000);
  expect(retryAfterMs('soon', now)).toBeNull();
});
