import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'carrel-duckdb-crash-'));
const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Kills the writer after so many acknowledged batches; answers with the last acknowledged cursor. */
async function writeAndKill(batches: number): Promise<number> {
  const writer = spawn(process.execPath, [script('duckdb-writer.ts'), dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let acknowledged = 0;
  let count = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    acknowledged = Number(line);
    if (++count === batches) writer.kill('SIGKILL');
  }
  if (writer.signalCode === null) await once(writer, 'exit');
  return acknowledged;
}

it('a writer killed with -9 again and again loses no acknowledged row and doubles none', async () => {
  let acknowledged = 0;
  for (const batches of [7, 23, 1, 40]) {
    const last = await writeAndKill(batches);
    expect(last).toBeGreaterThan(acknowledged);
    acknowledged = last;
  }
  const read = spawnSync(process.execPath, [script('../support/read-duckdb.ts'), dir], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  expect(read.stderr).toBe('');
  const rows: [string, number, number][] = JSON.parse(read.stdout);
  expect(rows.filter(([, , times]) => times !== 1)).toEqual([]);
  expect(acknowledged).toBeGreaterThanOrEqual(7 + 23 + 1 + 40);
  // Whole batches only: one may have been committed and not yet told.
  expect([acknowledged * 20, (acknowledged + 1) * 20]).toContain(rows.length);
}, 60_000);
