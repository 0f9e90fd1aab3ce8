import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { openState } from '#state';
import { CRASH_SITES } from './crash-log.ts';

const CHILD = fileURLToPath(new URL('./crash-child.ts', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'carrel-alert-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the engine over the state file until it is done, or until it is killed `afterMs` after it has begun. */
function run(path: string, afterMs: number | null): Promise<'done' | 'killed'> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, path], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.on('data', (chunk: Buffer) => {
      if (!out && afterMs !== null) setTimeout(() => child.kill('SIGKILL'), afterMs);
      out += chunk.toString();
    });
    child.on('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve('killed');
      else if (code === 0 && out.includes('done')) resolve('done');
      else reject(new Error(`the child ended with ${code}: ${err}`));
    });
  });
}

function outcome(path: string): unknown {
  const state = openState({ path });
  const incidents = state.alerts.list({ limit: 1000 });
  const result = {
    incidents,
    memories: CRASH_SITES.map((ap) => state.alerts.memory('slow', ap)),
    outbox: incidents.map((one) => state.outbox.ofIncident(one.id).map((item) => [item.kind, item.target])),
  };
  state.close();
  return result;
}

describe('kill -9 of the alert engine', () => {
  test('at any moment loses no alert, invents none and doubles no message', async () => {
    const [whole, cut] = [join(dir, 'whole.db'), join(dir, 'cut.db')];
    expect(await run(whole, null)).toBe('done');
    const ends: string[] = [];
    for (const afterMs of [0, 3, 8, 15, 20, 30, 40, 60]) ends.push(await run(cut, afterMs));
    expect(ends.filter((end) => end === 'killed').length).toBeGreaterThan(4);
    expect(await run(cut, null)).toBe('done');
    expect(outcome(cut)).toEqual(outcome(whole));
    expect(outcome(whole)).toHaveProperty('incidents.length', 56);
  }, 60_000);
});
