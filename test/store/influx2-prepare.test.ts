/** Why: on the first start bucket and mapping are made as InfluxDB 2's API describes it; a token without rights is told so, and never shown. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { Store } from '#store';
import { openInflux2Store } from '../../broker/store/influx2.ts';
import { batchOf } from './batches.ts';
import { type Influx2Server, type Influx2ServerOptions, startInflux2Server } from './influx2-server.ts';

const CANARY = 'canary-8f3b1c-token==';
const dir = mkdtempSync(join(tmpdir(), 'carrel-influx2-prepare-'));
let server: Influx2Server;
const start = async (options: Omit<Influx2ServerOptions, 'token'> = {}): Promise<void> => {
  server = await startInflux2Server({ token: CANARY, ...options });
};
const open = (change: { token?: string; org?: string; keepDays?: number } = {}): Promise<Store> =>
  openInflux2Store({
    url: server.url,
    org: 'library',
    bucket: 'raw',
    token: CANARY,
    cursorPath: join(dir, 'cursor.json'),
    keepDays: 1827,
    requestTimeoutMs: 2000,
    ...change,
  });
afterEach(async () => {
  await server.stop();
  await rm(join(dir, 'cursor.json'), { force: true });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('the first start makes the bucket with its retention and the mapping for InfluxQL; the second finds them', async () => {
  await start();
  await open();
  expect(server.asked).toEqual([
    'GET /api/v2/buckets',
    'GET /api/v2/orgs',
    'POST /api/v2/buckets',
    'GET /api/v2/dbrps',
    'POST /api/v2/dbrps',
  ]);
  expect(server.buckets).toMatchObject([
    {
      name: 'raw',
      retentionRules: [{ type: 'expire', everySeconds: 189_475_200, shardGroupDurationSeconds: 604_800 }],
    },
  ]);
  expect(server.dbrps).toMatchObject([{ database: 'raw', retention_policy: 'autogen', default: true }]);
  server.asked.length = 0;
  const store = await open();
  expect(server.asked).toEqual(['GET /api/v2/buckets', 'GET /api/v2/dbrps']);
  await store.write(batchOf({ probe: 'p', seq: 0, t: [1_790_000_000], m: { rtt_ms: [1] } }), { next: 1, held: [] });
  expect(server.lines).toEqual(['probe,probe=p approx=0i,rtt_ms=1 1790000000000000000']);
  expect(await store.latest(0)).toEqual([]);
  expect(server.violations).toEqual([]);
});

test('a bucket that was written to and is gone is not made anew, empty', async () => {
  await start();
  const store = await open();
  server.buckets.length = 0;
  await open(); // nothing was in it
  await store.write(batchOf({ probe: 'p', seq: 0, t: [1_790_000_000] }), { next: 1, held: [] });
  server.buckets.length = 0;
  await expect(open()).rejects.toMatchObject({
    code: 'STORE_MISSING_DATABASE',
    message: expect.stringMatching(/^the bucket raw is gone, .*cursor\.json/),
  });
  expect(server.buckets).toEqual([]);
});

test('a bucket of an installation that keeps everything has no end', async () => {
  await start();
  await open({ keepDays: 0 });
  expect(server.buckets).toMatchObject([{ retentionRules: [{ everySeconds: 0 }] }]);
});

test('a token that may only write into its bucket is enough when bucket and mapping are there', async () => {
  await start({ bucket: 'raw', may: { seeOrgs: false, makeBuckets: false, seeDbrps: false, makeDbrps: false } });
  const store = await open();
  await store.write(batchOf({ probe: 'p', seq: 0, t: [1_790_000_000] }), { next: 1, held: [] });
  expect(server.lines).toHaveLength(1);
});

test.each([
  [
    'no right to make buckets',
    { may: { makeBuckets: false } },
    'STORE_REFUSED_CREDENTIALS',
    /raw is missing.*influx bucket create/,
  ],
  [
    'no right to see the organisation',
    { may: { seeOrgs: false } },
    'STORE_MISSING_DATABASE',
    /no organisation library or the token/,
  ],
  ['another organisation', { org: 'elsewhere' }, 'STORE_MISSING_DATABASE', /no organisation library/],
  [
    'no right to make mappings',
    { may: { makeDbrps: false } },
    'STORE_REFUSED_CREDENTIALS',
    /influx v1 dbrp create.*--rp autogen/,
  ],
])('%s is said in words, with what to do', async (_, options, code, words) => {
  await start(options);
  await expect(open()).rejects.toMatchObject({ code, message: expect.stringMatching(words) });
  expect(server.violations).toEqual([]);
});

test('a token that is wrong is refused, and stands in no error and no output, though the server repeats it', async () => {
  await start();
  const wrong = 'wrong-canary-77aa';
  const spies = [
    vi.spyOn(process.stdout, 'write'),
    vi.spyOn(process.stderr, 'write'),
    vi.spyOn(console, 'warn'),
    vi.spyOn(console, 'error'),
  ];
  const error: unknown = await open({ token: wrong }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'STORE_REFUSED_CREDENTIALS', message: 'unauthorized access: Token (hidden)' });
  const shown = JSON.stringify(spies.flatMap((spy) => spy.mock.calls)) + String(error instanceof Error && error.stack);
  expect(shown).not.toContain(wrong);
  expect(JSON.stringify(error)).not.toContain(wrong);
  for (const spy of spies) spy.mockRestore();
});
