/** Why: programs in other namespaces are other processes; here they are asked by lines of JSON, one answer for each question. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Talk {
  /** @throws where the program ends before it answers */
  ask<T>(question: object): Promise<T>;
  /** The next line that is said by itself, such as the first one. */
  next<T>(): Promise<T>;
  readonly child: ChildProcess;
}

export function talkTo(child: ChildProcess): Talk {
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error('both its input and its output are needed');
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  const said: string[] = [];
  let ended: Error | null = null;
  createInterface({ input: stdout }).on('line', (line) => {
    const first = waiting.shift();
    if (first) first.resolve(line);
    else said.push(line);
  });
  stdin.on('error', () => {}); // it has ended; the question is rejected below
  void once(child, 'close').then(([code, signal]) => {
    ended = new Error(`the program ended with ${code ?? signal}`);
    for (const { reject } of waiting.splice(0)) reject(ended);
  });
  const next = async <T>(): Promise<T> => {
    const line = said.shift();
    if (line !== undefined) return JSON.parse(line) as T;
    if (ended) throw ended;
    return JSON.parse(await new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }))) as T;
  };
  return {
    child,
    next,
    ask(question) {
      stdin.write(`${JSON.stringify(question)}\n`);
      return next();
    },
  };
}
