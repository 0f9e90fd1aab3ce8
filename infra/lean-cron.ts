/**
 * Why: of node-cron the agent schedules and destroys. What it carries beside that (tasks in files, turns among several machines, questions
 * about a task, coloured lines) is a hundredth of the agent's size bound; it is left out by name, and the build stops where a name is gone.
 */

/** Methods and functions that nobody calls here. */
const UNUSED = [
  ...['log', 'read', 'setUnref', 'getNextRuns', 'msToNext', 'isBusy', 'runsLeft', 'getPattern', 'lastRun'],
  ...['unref', 'ref', 'execute', 'once'],
];
/** A turn among several machines, of which there is one here. */
const COORDINATED = /const key = `\$\{this\.coordinatorKeyPrefix\}[\s\S]*?(?=^ {4}\}\n {4}emitSkipped)/m;

/** `_shared.js`. @throws Error where it is not what this file knows */
export function withoutQuestions(source: string): string {
  if (!COORDINATED.test(source)) throw new Error('node-cron has no turns; look at infra/lean-cron.ts');
  return UNUSED.reduce(withoutBody, source.replace(COORDINATED, ''));
}

/** `node-cron.js`: it can run a file in a process of its own, which it finds beside its own file; here there is neither. @throws Error */
export function withoutFileTasks(source: string): string {
  const from = source.indexOf('const daemonPath');
  const to = source.indexOf('const registry = new TaskRegistry');
  const task = /const taskPath = solvePath\(func\);\s*task = new BackgroundScheduledTask\(.*\);/;
  if (from < 0 || to < from || !task.test(source))
    throw new Error('node-cron has no tasks in files; look at infra/lean-cron.ts');
  const without = source.slice(0, from) + source.slice(to);
  return without.replace(task, `throw new Error('no tasks in files');`).replaceAll('import.meta.url', '""');
}

/** Each method or function of this name keeps its head and does nothing. */
function withoutBody(source: string, name: string): string {
  const whole = new RegExp(`^( *)((?:async |function )*${name}\\([^)]*\\) \\{)\\n[\\s\\S]*?^\\1\\}`, 'gm');
  if (!whole.test(source)) throw new Error(`node-cron has no ${name}; look at infra/lean-cron.ts`);
  return source.replace(whole, '$1$2}');
}
