import { mkdtempSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createQuarantine } from '../../broker/store/quarantine.ts';

const dir = mkdtempSync(join(tmpdir(), 'carrel-quarantine-'));
afterAll(() => rm(dir, { recursive: true, force: true }));

it.each([true, false])(
  'the quarantine is a file of JSON lines that never grows beyond its cap (synced: %s)',
  async (synced) => {
    const folder = `quarantine-${synced}`;
    const quarantine = createQuarantine({ dir: join(dir, folder), name: 'db', capBytes: 100, synced });
    expect(await quarantine.add([{ line: 'a,b c=1', reason: 'no "x"\n' }])).toBe(true);
    expect(await quarantine.add([{ line: 'second' }])).toBe(true);
    expect(await quarantine.add([{ line: 'x'.repeat(60) }])).toBe(false);
    const lines = readFileSync(join(dir, folder, 'db.jsonl'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([{ line: 'a,b c=1', reason: 'no "x"\n' }, { line: 'second' }]);
  },
);

it('a line that lies here already, from before a crash, stays one; payloads are told apart by their place in the log', async () => {
  const quarantine = createQuarantine({ dir, name: 'twice' });
  await quarantine.add([{ at: 0, line: 'a', reason: 'no' }]);
  await quarantine.add([
    { at: 1, line: 'a', reason: 'still no' },
    { at: 1, line: 'b', reason: 'no' },
  ]);
  const payload = { receivedMs: 7, probe: 'p', code: 'FRAME_JSON', detail: '', head: '' };
  for (const position of [100, 200, 100]) await quarantine.add([{ ...payload, position }]);
  expect((await quarantine.newest(9)).lines.map(({ at }) => at)).toEqual([7, 7, 1, 0]);
});

it('what is taken disappears, what is refused goes to the end with the new reason, what comes meanwhile stays', async () => {
  const counts: number[] = [];
  const quarantine = createQuarantine({ dir, name: 'again', onCount: (count) => counts.push(count) });
  await quarantine.add(['a', 'b', 'c'].map((line, i) => ({ at: i, line, reason: 'no' })));
  const report = await quarantine.replay(2, async (entries) => {
    expect(entries.map(({ line }) => line)).toEqual(['a', 'b']);
    await quarantine.add([{ at: 3, line: 'd', reason: 'no' }]);
    return [{ at: 4, line: 'b', reason: 'still no' }];
  });
  expect(report).toEqual({ offered: 2, stayed: 1 });
  expect(await quarantine.newest(2)).toEqual({
    count: 3,
    lines: [
      { at: 4, line: 'b', reason: 'still no' },
      { at: 3, line: 'd', reason: 'no' },
    ],
  });
  expect(await quarantine.drop()).toBe(3);
  expect(await quarantine.newest(9)).toEqual({ count: 0, lines: [] });
  expect(counts).toEqual([0, 3, 4, 3, 0]);
});

it('a database that does not answer a replay changes nothing', async () => {
  const quarantine = createQuarantine({ dir, name: 'away' });
  await quarantine.add([{ at: 0, line: 'a', reason: 'no' }]);
  await expect(quarantine.replay(9, () => Promise.reject(new Error('away')))).rejects.toThrow('away');
  expect(await quarantine.newest(9)).toMatchObject({ count: 1 });
});

it('payloads that are no frames, and lines that cannot be read, are shown too', async () => {
  await writeFile(
    join(dir, 'payloads.jsonl'),
    '{"receivedMs":7,"probe":"p","code":"FRAME_JSON","detail":"no","head":"e30="}\n{torn\n',
  );
  expect((await createQuarantine({ dir, name: 'payloads' }).newest(9)).lines).toEqual([
    { at: null, line: '{torn', reason: 'unreadable: ' },
    { at: 7, line: 'p e30=', reason: 'FRAME_JSON: no' },
  ]);
});
