/**
 * Why: `npm test` is one command that says what it did. Groups run one after another; vitest comes last, so that its summary is
 * the last thing printed. Exit is 0 only when every group passed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GROUPS = [
  { name: 'lint', command: 'biome', args: ['check', '--error-on-warnings', '--max-diagnostics=20', '.'] },
  { name: 'types', command: 'tsc', args: ['--noEmit'] },
  { name: 'unused', command: 'knip', args: [] },
] as const;

function main(): number {
  const files = process.argv.slice(2);
  const failed = GROUPS.filter((group) => !passes(group)).map((group) => group.name);
  for (const line of skipped()) console.log(`skipped ${line}`);
  if (failed.length > 0)
    console.log(`failed  ${failed.join(', ')}: see above; the tests follow, the exit code stays 1`);
  const tests = spawnSync('vitest', ['run', '-c', 'test/vitest.config.ts', ...files], { cwd: ROOT, stdio: 'inherit' });
  return failed.length > 0 || tests.status !== 0 ? 1 : 0;
}

/** Quiet when it passes; everything that the tool said when it does not. */
function passes({ name, command, args }: (typeof GROUPS)[number]): boolean {
  const start = performance.now();
  const run = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const ok = run.status === 0;
  console.log(`${ok ? 'passed ' : 'failed '} ${name} (${seconds} s)`);
  if (!ok) console.log(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}`.trimEnd());
  return ok;
}

/** What this machine cannot run, by name. The tests themselves look for the same things. */
function skipped(): string[] {
  const root = process.getuid?.() === 0;
  return [
    root ? null : 'journeys on shaped links, emulated links and the agent in network namespaces (needs root)',
    root && !onPath('ip') ? 'journeys on shaped links and the agent in network namespaces (needs iproute2)' : null,
    !root || (onPath('cc') && existsSync('/dev/net/tun')) ? null : 'emulated links (needs cc and /dev/net/tun)',
    onPath('chromium') ? null : 'the page in a real browser (needs chromium)',
    onPath('dpkg') && onPath('apt-get')
      ? null
      : 'real InfluxDB, victoria-metrics, Alertmanager and collectd (needs apt-get download and dpkg)',
  ].filter((line) => line !== null);
}

function onPath(program: string): boolean {
  const folders = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`.split(':');
  return folders.some((folder) => folder !== '' && existsSync(`${folder}/${program}`));
}

process.exitCode = main();
