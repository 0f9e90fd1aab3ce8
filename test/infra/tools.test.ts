/** The command-line tools against a real server: administration from a shell, and a virtual fleet that the page shows. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Measurements } from '#contract';
import { libraryOf } from '../../infra/simulate/library.ts';
import { liveRows } from '../support/live-rows.ts';
import { ROOT, type RunningServer, startServer, until } from '../support/server.ts';

let dir: string;
let server: RunningServer;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-tools-'));
  server = await startServer(join(dir, 'data'), { CARREL_STORE: 'memory:' });
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
});

function carrel(...words: string[]): { code: number | null; said: string; failed: string } {
  const run = spawnSync(process.execPath, ['infra/carrel.ts', '--http', server.http, ...words], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, CARREL_DATA_DIR: server.dataDir },
  });
  return { code: run.status, said: run.stdout, failed: run.stderr };
}

describe('npm run carrel', () => {
  test('imports sites from a table, line by line, and ends with 1 when one was refused', () => {
    const file = join(dir, 'sites.csv');
    writeFileSync(file, 'id;name;region\nanyksciai;Anykščių biblioteka;Utena\nBad Id!;x;y\n');
    expect(carrel('sites', 'import', file, '--dry')).toMatchObject({
      said: expect.stringContaining('(nothing was stored)'),
    });
    expect(carrel('sites', 'import', file)).toMatchObject({
      code: 1,
      said: expect.stringMatching(/line 3 .*refused[\s\S]*1 created, 0 updated, 0 unchanged, 1 refused/),
    });
    expect(carrel('sites', 'list').said).toContain('Anykščių biblioteka');
  });

  test('creates, renews and revokes a probe', () => {
    const made = carrel('probes', 'create', 'anyksciai-1', '--access-point', 'anyksciai');
    expect(made.said).toContain('"id":"anyksciai-1"');
    expect(carrel('probes', 'renew', 'anyksciai-1').said).not.toBe(made.said);
    expect(carrel('probes', 'list').said).toMatch(/anyksciai-1 +anyksciai +offline +never heard/);
    expect(carrel('probes', 'revoke', 'anyksciai-1').said).toBe('revoked\n');
    expect(carrel('probes', 'list').said).toMatch(/anyksciai-1 .*revoked/);
  });

  test('makes a token that works until it is revoked', async () => {
    const token = carrel('tokens', 'create', 'grafana').said.trim().split('\n').at(-1) ?? '';
    const asked = (): Promise<Response> =>
      fetch(`${server.http}/api/v1/sites`, { headers: { authorization: `Bearer ${token}` } });
    expect((await asked()).status).toBe(200);
    const number = /^(\d+) +grafana/m.exec(carrel('tokens', 'list').said)?.[1] ?? '';
    carrel('tokens', 'revoke', number);
    expect((await asked()).status).toBe(401);
  });

  test('silences a site for a while, and explains an access point', () => {
    expect(carrel('silences', 'create', '--site', 'anyksciai', '--hours', '2', '--reason', 'new cable').said).toMatch(
      /^silence \d+ until /,
    );
    const list = carrel('silences', 'list').said;
    expect(list).toContain('new cable');
    expect(carrel('silences', 'end', /^(\d+)/m.exec(list.split('\n')[1] ?? '')?.[1] ?? '').said).toBe('ended\n');
    expect(carrel('explain', 'anyksciai').said).toMatch(/slow: [\s\S]*dark: /);
    expect(carrel('alerts').said).toBe('no alerts\n');
    expect(carrel('status').said).toMatch(/^ready\nmemory: /);
  });

  test.each([
    [['nothing'], 'COMMAND_UNKNOWN'],
    [['probes', 'create'], 'COMMAND_ARGUMENT'],
    [['probes', 'revoke', 'nobody'], 'PROBE_UNKNOWN'],
    [['sites', 'list', '--wrong'], 'COMMAND_ARGUMENT'],
    [['silences', 'create', '--site', 'anyksciai', '--reason', 'x'], 'COMMAND_ARGUMENT'],
    [['status', '--http', 'http://127.0.0.1:1'], 'SERVER_UNREACHABLE'],
    [['sites', 'import', 'nowhere.csv'], 'FILE_UNREADABLE'],
  ])('%s ends with 1 and %s', (words, code) => {
    expect(carrel(...words)).toMatchObject({ code: 1, said: '', failed: expect.stringContaining(code) });
  });
});

describe('npm run simulate', () => {
  let output = '';
  const simulate = (...words: string[]): ChildProcess => {
    output = '';
    const child = spawn(process.execPath, ['infra/simulate.ts', '--http', server.http, ...words], {
      cwd: ROOT,
      env: { ...process.env, CARREL_DATA_DIR: server.dataDir },
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        output += chunk;
      });
    }
    return child;
  };
  /** Its exit code; how long a busy machine takes for it is not the question here. */
  const endOf = async (child: ChildProcess, signal: 'SIGINT' | 'SIGTERM'): Promise<number | null> => {
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  const seen = async (): Promise<number> => {
    return (await liveRows(server)).filter((row) => row.probe_online && row.cpu_pct !== null && row.rtt_ms !== null)
      .length;
  };

  /** Samples that the store holds of the last hour. */
  const hourOf = async (probe: string): Promise<number> => {
    const now = Date.now();
    const { count } = await server.api<Measurements>(
      'GET',
      `/measurements?probe=${probe}&metric=cpu_pct&from=${now - 3_600_000}&to=${now}&points=60`,
    );
    return count.reduce((sum, n) => sum + n, 0);
  };

  test('twelve virtual libraries are on the page with their history, go offline on Ctrl-C, and come back with the same credentials', async () => {
    const first = simulate('--sites', '12', '--hours', '1');
    // Who is dark or comes and goes need not be there in these ten minutes.
    const steady = Array.from({ length: 12 }, (_, index) => libraryOf(index)).filter(
      ({ trouble }) => trouble === 'none' || trouble === 'slow',
    );
    await until(
      async () => (await seen()) >= steady.length,
      30_000,
      () => `the libraries were not seen:\n${output}`,
    );
    await until(
      async () => (await hourOf(libraryOf(0).id)) >= 59,
      20_000,
      () => `the history is not whole:
${output}`,
    );
    expect(await endOf(first, 'SIGINT')).toBe(0);
    await until(async () => (await seen()) === 0, 20_000);
    const second = simulate('--sites', '12');
    await until(
      () => output.includes('0 credentials are new'),
      20_000,
      () => output,
    );
    expect(await endOf(second, 'SIGTERM')).toBe(0);
  }, 60_000);
});
