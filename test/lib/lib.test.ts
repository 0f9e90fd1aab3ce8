/** Clock, errors, compressor and shutdown: the small parts that everything stands on. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemClock } from '#lib/clock';
import { CarrelError, errnoOf, isCarrelError, messageOf } from '#lib/errors';
import { nodeRawDeflate } from '#lib/raw-deflate';

const SHUTDOWN = fileURLToPath(new URL('../../infra/lib/shutdown.ts', import.meta.url));

test('the monotonic clock never falls and runs in ms', async () => {
  const [mono, wall] = [systemClock.monoMs(), systemClock.wallMs()];
  while (systemClock.wallMs() < wall + 30) await new Promise((resolve) => setImmediate(resolve));
  const passed = systemClock.monoMs() - mono;
  expect(passed).toBeGreaterThanOrEqual(25);
  expect(Math.abs(passed - (systemClock.wallMs() - wall))).toBeLessThan(20);
});

test('an error of ours is known by its code, and only by that one', () => {
  const error = new CarrelError('DISK_FULL', 'the disk is full', { path: 'x' });
  expect([
    isCarrelError(error),
    isCarrelError(error, 'DISK_FULL'),
    isCarrelError(error, 'OTHER'),
    isCarrelError(new Error('x')),
  ]).toEqual([true, true, false, false]);
  expect(errnoOf(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toBe('ENOSPC');
  expect([errnoOf(new Error('x')), errnoOf('x'), messageOf('text'), messageOf(error)]).toEqual([
    null,
    null,
    'text',
    'the disk is full',
  ]);
});

test('what is deflated comes back; damage and bombs are null, not a throw', () => {
  const dictionary = new TextEncoder().encode('cpu_pct');
  const bytes = new TextEncoder().encode('{"cpu_pct":[1]}');
  const packed = nodeRawDeflate.deflate(bytes, dictionary);
  expect(new Uint8Array(nodeRawDeflate.inflate(packed, dictionary, 100) ?? [])).toEqual(bytes);
  expect(nodeRawDeflate.inflate(packed, dictionary, 5)).toBeNull();
  expect(nodeRawDeflate.inflate(packed.subarray(0, 3), dictionary, 100)).toBeNull();
});

/** A program that stops as ours do; `work` is what its stop waits for. */
async function endOf(work: string, ...signals: NodeJS.Signals[]): Promise<number | NodeJS.Signals> {
  const program = `import { stopOnSignals } from ${JSON.stringify(SHUTDOWN)};
    const log = { debug() {}, info() { console.log('stopping'); }, warn() {}, error() {} };
    stopOnSignals(() => ${work}, log); setInterval(() => {}, 1000); console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for (const signal of signals) {
    await once(child.stdout, 'data');
    child.kill(signal);
  }
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}

test.each(['SIGINT', 'SIGTERM'] as const)('%s stops in order and exits 0', async (signal) => {
  expect(await endOf('Promise.resolve()', signal)).toBe(0);
});

test('a stop that fails exits 1; a second signal ends it as it would have without us', async () => {
  expect(await endOf('Promise.reject(new Error("x"))', 'SIGTERM')).toBe(1);
  expect(await endOf('new Promise(() => {})', 'SIGTERM', 'SIGINT')).toBe('SIGINT');
});
