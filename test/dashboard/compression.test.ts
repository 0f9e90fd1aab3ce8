import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { testDashboard } from '../support/dashboard.ts';
import { site } from '../support/state.ts';

async function dashboardOf(sites: number) {
  const dashboard = await testDashboard();
  for (let i = 0; i < sites; i++) dashboard.state.registry.putSite(site(`site-${i}`));
  const get = (encoding: string) =>
    dashboard.as('viewer', 'GET', '/sites?limit=1000', undefined, { 'accept-encoding': encoding });
  return { ...dashboard, get };
}

test.each([
  ['br, gzip', 'br', brotliDecompressSync],
  ['gzip', 'gzip', gunzipSync],
] as const)('a list is packed for %s', async (accepted, encoding, unpack) => {
  const { get } = await dashboardOf(300);
  const plain = await get('identity');
  const packed = await get(accepted);
  expect(packed.headers).toMatchObject({
    'content-encoding': encoding,
    vary: expect.stringContaining('accept-encoding'),
  });
  expect(unpack(packed.rawPayload).toString()).toBe(plain.body);
  expect(packed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 10);
});

test('a small answer stays as it is, and a packed body is not taken', async () => {
  const { get, as } = await dashboardOf(1);
  expect((await get('br')).headers['content-encoding']).toBeUndefined();
  const body = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  expect((await as('administrator', 'POST', '/sites', Buffer.from('{}'), body)).statusCode).toBe(400);
});
