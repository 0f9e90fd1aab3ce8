/** Why: what a lab needs from the machine: root, iproute2, /dev/net/tun and a C compiler, which builds the lab's two programs on the spot. */
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { CarrelError, messageOf } from '#lib/errors';

const run = promisify(execFile);
const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const BUILT = fileURLToPath(new URL('../../.cache/lab', import.meta.url));

export interface LabTools {
  /** The emulator of one line. */
  link: string;
  /** Sender and receiver of plain UDP traffic. */
  traffic: string;
}

/** Why no lab can be made here, with a code and what to do; null where one can. */
export function labProblem(): CarrelError | null {
  if (process.platform !== 'linux')
    return problem('LAB_NEEDS_LINUX', `got ${process.platform}; network namespaces are Linux's`);
  if (process.getuid?.() !== 0) return problem('LAB_NEEDS_ROOT', 'only root may make network namespaces: try sudo');
  if (spawnSync('ip', ['-V']).error) return problem('LAB_NEEDS_IP', 'apt-get install iproute2');
  if (spawnSync('cc', ['--version']).error) return problem('LAB_NEEDS_CC', 'apt-get install gcc libc6-dev');
  if (!existsSync('/dev/net/tun')) return problem('LAB_NEEDS_TUN', '/dev/net/tun is missing: modprobe tun');
  const name = `carrel-try-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  spawnSync('ip', ['netns', 'del', name]);
  return made.status === 0
    ? null
    : problem('LAB_NEEDS_NETNS', `network namespaces are not allowed here: ${made.stderr.trim()}`);
}

function problem(code: string, advice: string): CarrelError {
  return new CarrelError(code, `an emulated line cannot be made here: ${advice}`);
}

/** Builds what is not built yet; a changed source has another name. @throws CarrelError LAB_BUILD */
export async function buildLabTools(): Promise<LabTools> {
  const [link, traffic] = await Promise.all([built('link', ['-lm']), built('traffic', [])]);
  return { link, traffic };
}

async function built(name: string, libraries: readonly string[]): Promise<string> {
  const source = join(SOURCES, `${name}.c`);
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex')
    .slice(0, 12);
  const program = join(BUILT, `${name}-${hash}`);
  if (existsSync(program)) return program;
  await mkdir(BUILT, { recursive: true });
  const draft = `${program}.${process.pid}`;
  try {
    await run('cc', ['-O2', '-Wall', '-o', draft, source, ...libraries]);
  } catch (error) {
    throw new CarrelError('LAB_BUILD', `cc could not build ${source}: ${messageOf(error)}`);
  }
  await rename(draft, program); // two that build at once do not see each other's half
  return program;
}
