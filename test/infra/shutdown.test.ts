import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('a second signal ends a program that does not stop, also while its database works: no abort, no core dump', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('stubborn-child.ts', import.meta.url))], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let told = '';
  child.stderr?.on('data', (bytes: Buffer) => {
    told += bytes.toString();
  });
  expect(await once(child, 'message')).toContain('ready');
  child.kill('SIGINT');
  expect(await once(child, 'message')).toContain('stopping');
  child.kill('SIGINT');
  const [code, signal] = await once(child, 'exit');
  expect({ code, signal, told }).toEqual({ code: null, signal: 'SIGINT', told: '' });
});
