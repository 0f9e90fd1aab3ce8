/** Why: `npm run bench -- NAME` starts one bench. Each prints one JSON line per figure: {"bench","figure","value","unit","of"}. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const [name, ...rest] = process.argv.slice(2);
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.slice(0, -'.bench.ts'.length));

if (name === undefined || !names.includes(name)) {
  console.error(
    `BENCH_UNKNOWN: got ${name ?? 'no name'}; there are: ${names.join(', ')}. For example: npm run bench -- ${names[0] ?? 'agent'}`,
  );
  process.exitCode = 1;
} else {
  // --expose-gc: figures of memory are taken after a collection. A process of its own: a bench may end by process.exit.
  const child = spawn(process.execPath, ['--expose-gc', `${FOLDER}${name}.bench.ts`, ...rest], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => {
    process.exitCode = code ?? 1;
  });
}
