import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createQuarantine } from '../../broker/store/quarantine.ts';

const dir = mkdtempSync(join(tmpdir(), 'carrel-quarantine-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

it('the quarantine is a file of JSON lines that never grows beyond its cap', async () => {
  const quarantine = createQuarantine({ dir: join(dir, 'quarantine'), name: 'db', capBytes: 100 });
  expect(await quarantine.add([{ line: 'a,b c=1', reason: 'no "x"\n' }, { line: 'second' }])).toBe(true);
  expect(await quarantine.add([{ line: 'x'.repeat(60) }])).toBe(false);
  const lines = readFileSync(join(dir, 'quarantine', 'db.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([{ line: 'a,b c=1', reason: 'no "x"\n' }, { line: 'second' }]);
});
