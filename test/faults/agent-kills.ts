/** Why: the agent's spool is killed at any moment; what was on flash is sent by a later life, each frame as it was written. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./spool-child.ts', import.meta.url));

export interface SpoolReport {
  kills: number;
  /** Frames that were durable on flash, and of these those that nobody ever sent. */
  durable: number;
  lost: number;
  /** Sent with other bytes than they were written with, or told to be lost. */
  wrong: number;
}

/** `random` says when each kill comes: within 100 ms after the first word, or before it. */
export async function killAgent(dir: string, kills: number, random: () => number): Promise<SpoolReport> {
  const told = {
    durable: new Set<string>(),
    sent: new Set<string>(),
    wrong: new Set<string>(),
    lost: new Set<string>(),
  };
  for (let life = 0; life < kills; life++) await oneLife([dir, `run-${life}`, 'work'], told, random);
  await oneLife([dir, 'run-last', 'drain'], told, null);
  const lost = [...told.durable].filter((frame) => !told.sent.has(frame)).length;
  return { kills, durable: told.durable.size, lost, wrong: told.wrong.size + told.lost.size };
}

async function oneLife(
  args: readonly string[],
  told: Record<string, Set<string>>,
  random: (() => number) | null,
): Promise<void> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(child, 'close');
  let text = '';
  let spoke = (): void => undefined;
  const first = new Promise<void>((resolve) => {
    spoke = resolve;
  });
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    spoke();
  });
  if (random) {
    // One life in ten ends while it opens.
    await (random() < 0.1 ? delay(80 + random() * 80) : Promise.race([first, gone]).then(() => delay(random() * 100)));
    if (child.exitCode !== null) throw new Error(`the spool ended by itself with ${child.exitCode}`);
    child.kill('SIGKILL');
  }
  const [code] = await gone;
  if (!random && code !== 0) throw new Error(`the last life ended with ${code}`);
  // The last line may be cut by the kill.
  for (const line of text.split('\n').slice(0, -1)) {
    const [word = '', ...frame] = line.split(' ');
    told[word]?.add(frame.join(' '));
  }
}
