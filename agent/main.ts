/** Why: the command line of the agent. `dist/agent.cjs` is this file, bundled. */
import { existsSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { systemClock } from '#lib/clock';
import { isCarrelError, messageOf } from '#lib/errors';
import { stopOnSignals } from '#lib/shutdown';
import { startAgent } from './agent.ts';
import { type AgentConfig, readConfig } from './config.ts';
import { createLineLogger } from './log.ts';
import { takeOne } from './once.ts';
import { type Check, selftest } from './selftest.ts';
import { createSensors } from './sensors/index.ts';
import { agentSettings } from './settings.ts';
import { AGENT_VERSION } from './version.ts';

const MODES = ['run', '--once', '--selftest', '--dry-run', '--help', '--version'] as const;
type Mode = (typeof MODES)[number];
interface Arguments {
  mode: Mode;
  file?: string;
  uci: boolean;
}

/** Exit codes: 0 good, 1 a check or the start failed, 2 wrong settings or arguments. */
async function main(args: readonly string[]): Promise<void> {
  const parsed = parseArguments(args);
  if (typeof parsed === 'string') return fail(`${parsed}; see --help`);
  const { mode, file, uci } = parsed;
  if (mode === '--help') return print(helpText());
  if (mode === '--version') return print(`${AGENT_VERSION}\n`);
  const { config, warnings } = readConfig({
    env: process.env,
    file,
    uci,
    alone: mode === '--once' || mode === '--dry-run',
  });
  const log = createLineLogger(config.log);
  if (mode === '--selftest') return climb(config, warnings);
  for (const warning of warnings) log.warn({ code: 'SETTINGS' }, warning);
  if (mode === '--once')
    return print(
      `${JSON.stringify(await takeOne({ config, clock: systemClock, log, sensors: createSensors }), null, 2)}\n`,
    );
  const agent = await startAgent({
    config,
    log,
    clock: systemClock,
    inventory: inventoryFile(),
    ...(mode === '--dry-run' && { print: (frame: object) => void print(`${JSON.stringify(frame)}\n`) }),
  });
  // Installing a listener also keeps a stray SIGUSR1 from opening Node's debugger.
  process.on('SIGUSR1', agent.nudge);
  stopOnSignals(agent.stop, log);
}

function parseArguments(args: readonly string[]): Arguments | string {
  const parsed: Arguments = { mode: 'run', uci: false };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    const mode = MODES.find((one) => one === arg);
    if (mode) parsed.mode = mode;
    else if (arg === '--uci') parsed.uci = true;
    else if (arg === '--config' && args[i + 1] !== undefined) parsed.file = args[++i];
    else return arg === '--config' ? '--config needs a file' : `${JSON.stringify(arg)} is not known`;
  }
  return parsed;
}

async function climb(config: AgentConfig, warnings: readonly string[]): Promise<void> {
  const { server } = config;
  if (!server) return fail('no server is configured');
  const good = await selftest({
    config: { ...config, server },
    warnings,
    clock: systemClock,
    sensors: createSensors,
    onCheck: (check) => print(lineOf(check)),
  });
  process.exitCode = good ? 0 : 1;
}

function lineOf({ outcome, name, what, advice }: Check): string {
  return `${outcome.padEnd(8)}${name.padEnd(15)}${what}${advice ? `\n${' '.repeat(23)}-> ${advice}` : ''}\n`;
}

/** The inventory lies beside the running file, if it is installed. */
function inventoryFile(): string | null {
  const self = process.argv[1] ?? '';
  const file = join(dirname(self), extname(self) === '.ts' ? 'inventory.ts' : 'inventory.cjs');
  return existsSync(file) ? file : null;
}

function helpText(): string {
  const settings = Object.entries(agentSettings).map(
    ([name, { description, default: standard, unit }]: [
      string,
      { description: string; default: string | null; unit?: string },
    ]) =>
      `  ${name}\n      ${description}${standard === null ? '' : ` (default ${standard}${unit ? ` ${unit}` : ''})`}\n`,
  );
  return `carrel-agent ${AGENT_VERSION}: measures the internet of a library and tells the server

  run         measure and deliver until stopped (default)
  --once      print one sample as JSON; sends nothing to the server
  --selftest  climb from the settings to the server, and say what to do where a rung breaks
  --dry-run   measure, print frames instead of sending them
  --version, --help

  --config FILE   settings, or the credential that the server issued (default /etc/carrel/agent.json)
  --uci           settings from /etc/config/carrel (OpenWrt)

SIGTERM stops within 8 s and keeps what is not delivered; SIGUSR1 takes a sample and reconnects now.

Settings, from the environment or with the same names in the file (there also as "broker", "sample_s", ...):
${settings.join('')}`;
}

function print(text: string): void {
  process.stdout.write(text);
}

function fail(message: string): void {
  process.stderr.write(`carrel-agent: ${message}\n`);
  process.exitCode = 2;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  // The only place that ends the agent on an error: for people one line with a code, for bugs the stack.
  if (isCarrelError(error)) return fail(`${error.code}: ${error.message}`);
  process.stderr.write(
    `carrel-agent: ${error instanceof Error ? (error.stack ?? messageOf(error)) : messageOf(error)}\n`,
  );
  process.exit(1);
});
