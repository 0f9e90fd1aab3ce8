/** Why: administration from a shell, over the same HTTP API as everything else: npm run carrel -- COMMAND. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { AlertExplanation, AlertView, ImportReport, Probe, ProbeCredential, Silence, Site } from '#contract';
import { CarrelError, isCarrelError, messageOf } from '#lib/errors';
import { type ApiClient, createApiClient, readToken } from './api-client.ts';
import { backupCommands } from './carrel-backup.ts';
import { quarantineCommands } from './carrel-quarantine.ts';
import { type Command, table, textOption, type Words } from './command.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  status: { usage: 'status', help: 'is the server ready, and how are its databases', run: (api) => status(api) },
  'sites list': { usage: 'sites list', help: 'every site', run: sitesList },
  'sites import': {
    usage: 'sites import FILE [--dry]',
    help: 'create and update sites from a CSV file; --dry only tells what would happen',
    run: sitesImport,
  },
  'probes list': { usage: 'probes list', help: 'every probe with its connection', run: probesList },
  'probes create': {
    usage: 'probes create ID [--access-point AP]',
    help: 'a new probe; its credential and the command that installs it are printed once',
    run: probesCreate,
  },
  'probes renew': {
    usage: 'probes renew ID',
    help: 'a new credential; the old one ends at once',
    run: async (api, words) => credentialText(await api.call('POST', `/probes/${idOf(words, 'probe')}/credential`)),
  },
  'probes revoke': {
    usage: 'probes revoke ID',
    help: 'revoke the credential and cut the connection; history stays',
    run: async (api, words) => done(await api.call('DELETE', `/probes/${idOf(words, 'probe')}`), 'revoked'),
  },
  'tokens list': { usage: 'tokens list', help: 'tokens for programs, without their secrets', run: tokensList },
  'tokens create': {
    usage: 'tokens create NAME [--role viewer|operator|administrator]',
    help: 'a token for a program (viewer when no role is given); printed once',
    run: tokensCreate,
  },
  'tokens revoke': {
    usage: 'tokens revoke NUMBER',
    help: 'revoke a token at once',
    run: async (api, words) => done(await api.call('DELETE', `/tokens/${idOf(words, 'token number')}`), 'revoked'),
  },
  'silences list': { usage: 'silences list', help: 'silences in force and planned', run: silencesList },
  'silences create': {
    usage: 'silences create (--site ID | --access-point AP) --hours N --reason TEXT',
    help: 'tell nobody for a while; judging goes on',
    run: silencesCreate,
  },
  'silences end': {
    usage: 'silences end NUMBER',
    help: 'end a silence now',
    run: async (api, words) => done(await api.call('DELETE', `/silences/${idOf(words, 'silence number')}`), 'ended'),
  },
  alerts: {
    usage: 'alerts [--all]',
    help: 'open alerts, newest first; --all also those that are over',
    run: alertsList,
  },
  ...quarantineCommands,
  ...backupCommands,
  explain: { usage: 'explain AP', help: 'why an access point does or does not alert', run: explain },
};

const OPTIONS = {
  http: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  dry: { type: 'boolean' },
  all: { type: 'boolean' },
  verify: { type: 'boolean' },
  'access-point': { type: 'string' },
  site: { type: 'string' },
  hours: { type: 'string' },
  reason: { type: 'string' },
  role: { type: 'string' },
  store: { type: 'string' },
  limit: { type: 'string' },
} as const;

async function main(argv: string[]): Promise<string> {
  const { values, positionals } = parse(argv);
  const two = positionals.slice(0, 2).join(' ');
  const name = Object.hasOwn(COMMANDS, two) ? two : (positionals[0] ?? '');
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (values.help || positionals.length === 0) return helpText();
  if (!command)
    throw new CarrelError(
      'COMMAND_UNKNOWN',
      `there is no command ${JSON.stringify(two)}; npm run carrel -- --help lists them`,
      {},
    );
  const words = { args: positionals.slice(name.split(' ').length), options: values };
  if (command.runAlone) return command.runAlone(words);
  const api = createApiClient({ base: values.http ?? 'http://127.0.0.1:8080', token: readToken(process.env) });
  return command.run?.(api, words) ?? '';
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new CarrelError(
      'COMMAND_ARGUMENT',
      `${messageOf(error)}; npm run carrel -- --help tells what is accepted`,
      {},
    );
  }
}

function helpText(): string {
  const width = Math.max(...Object.values(COMMANDS).map(({ usage }) => usage.length));
  const lines = Object.values(COMMANDS).map(({ usage, help }) => `  ${usage.padEnd(width)}  ${help}`);
  return [
    'Administers a running Carrel server over HTTP.',
    '',
    'npm run carrel -- COMMAND [--http URL]',
    '',
    ...lines,
    '',
    'The server is http://127.0.0.1:8080 unless --http says otherwise. The token is taken from CARREL_TOKEN,',
    'else from cli.token in CARREL_DATA_DIR (default ./data), which the server writes for its own machine.',
  ].join('\n');
}

/** The first word after the command, safe in a path. */
function idOf({ args }: Words, what: string): string {
  const [id] = args;
  if (!id)
    throw new CarrelError(
      'COMMAND_ARGUMENT',
      `the ${what} is missing; npm run carrel -- --help tells what is accepted`,
      {},
    );
  return encodeURIComponent(id);
}

async function status(api: ApiClient): Promise<string> {
  const { ready, reasons, stores } = await api.health();
  return [
    ready ? 'ready' : `not ready: ${reasons.join('; ')}`,
    ...stores.map(
      ({ name, state, error, lag_bytes, filling }) =>
        `${name}: ${state}${filling === null ? '' : `, filled to ${Math.floor(filling * 100)} %`}${lag_bytes > 0 ? `, ${lag_bytes} bytes behind` : ''}${error ? `, ${error}` : ''}`,
    ),
  ].join('\n');
}

async function sitesList(api: ApiClient): Promise<string> {
  const sites = await api.all<Site>('/sites');
  return table([['id', 'name', 'region', 'isp'], ...sites.map(({ id, name, region, isp }) => [id, name, region, isp])]);
}

async function sitesImport(api: ApiClient, words: Words): Promise<string> {
  const [file] = words.args;
  if (!file) throw new CarrelError('COMMAND_ARGUMENT', 'the file is missing: npm run carrel -- sites import FILE', {});
  const report = await api.upload<ImportReport>(
    `/sites/import${words.options['dry'] ? '?dry=1' : ''}`,
    'text/csv',
    readInput(file),
  );
  const told = report.lines
    .filter(({ fields, messages }) => fields.length > 0 || messages.length > 0)
    .map(({ line, id, outcome, fields, messages }) => {
      const changes = fields.length > 0 ? [fields.join(', ')] : [];
      return `line ${line} ${id ?? ''} ${outcome}: ${[...changes, ...messages].join('; ')}`;
    });
  if (report.refused > 0) process.exitCode = 1;
  return [
    ...told,
    `${report.created} created, ${report.updated} updated, ${report.unchanged} unchanged, ${report.refused} refused${words.options['dry'] ? ' (nothing was stored)' : ''}`,
  ].join('\n');
}

function readInput(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CarrelError('FILE_UNREADABLE', `cannot read ${file}: ${messageOf(error)}`, { file });
  }
}

async function probesList(api: ApiClient): Promise<string> {
  const probes = await api.all<Probe & { online: boolean; age_ms: number | null }>('/probes');
  const rows = probes.map(({ id, access_point, admitted, online, age_ms }) => [
    id,
    access_point ?? '(unbound)',
    admitted ? (online ? 'online' : 'offline') : 'revoked',
    age_ms === null ? 'never heard' : `${Math.round(age_ms / 1000)} s ago`,
  ]);
  return table([['id', 'access point', 'state', 'last heard'], ...rows]);
}

async function probesCreate(api: ApiClient, words: Words): Promise<string> {
  const id = decodeURIComponent(idOf(words, 'probe'));
  return credentialText(
    await api.call('POST', '/probes', { id, access_point: textOption(words, 'access-point') ?? null }),
  );
}

function credentialText({ id, file, command }: ProbeCredential): string {
  return `Credential of ${id}, shown once:\n${file}\n\nTo install the agent, run on the probe:\n${command}`;
}

interface TokenView {
  id: number;
  name: string;
  role: string;
  user: string;
  revoked_at: number | null;
}
async function tokensList(api: ApiClient): Promise<string> {
  const { items } = await api.call<{ items: TokenView[] }>('GET', '/tokens');
  return table([
    ['number', 'name', 'role', 'by', 'state'],
    ...items.map(({ id, name, role, user, revoked_at }) => [
      String(id),
      name,
      role,
      user,
      revoked_at === null ? 'valid' : 'revoked',
    ]),
  ]);
}

async function tokensCreate(api: ApiClient, words: Words): Promise<string> {
  const name = decodeURIComponent(idOf(words, "token's name"));
  const made = await api.call<{ token: string }>('POST', '/tokens', {
    name,
    role: textOption(words, 'role') ?? 'viewer',
  });
  return `Token ${name}, shown once:\n${made.token}`;
}

async function silencesList(api: ApiClient): Promise<string> {
  const { items } = await api.call<{ items: Silence[] }>('GET', '/silences');
  const rows = items.map(({ id, site, ap, region, isp, until, by, reason }) => [
    String(id),
    site ? `site ${site}` : (ap ?? (region ? `region ${region}` : isp ? `provider ${isp}` : 'everything')),
    new Date(until).toISOString(),
    by,
    reason,
  ]);
  return table([['number', 'for', 'until', 'by', 'reason'], ...rows]);
}

async function silencesCreate(api: ApiClient, words: Words): Promise<string> {
  const hours = Number(textOption(words, 'hours'));
  if (!(hours > 0))
    throw new CarrelError('COMMAND_ARGUMENT', 'give --hours N, the time after which the silence ends by itself', {});
  const until = Date.now() + Math.round(hours * 3_600_000);
  const body = {
    site: textOption(words, 'site') ?? null,
    ap: textOption(words, 'access-point') ?? null,
    reason: textOption(words, 'reason') ?? '',
    until,
  };
  const silence = await api.call<Silence>('POST', '/silences', body);
  return `silence ${silence.id} until ${new Date(silence.until).toISOString()}`;
}

async function alertsList(api: ApiClient, { options }: Words): Promise<string> {
  const { items } = await api.call<{ items: AlertView[] }>(
    'GET',
    `/alerts${options['all'] ? '' : '?condition=firing'}`,
  );
  const rows = items.map((alert) => [
    String(alert.id),
    alert.condition,
    new Date(alert.since).toISOString(),
    alert.ap,
    alert.acknowledged_by ?? '',
    alert.title,
  ]);
  return items.length === 0
    ? 'no alerts'
    : table([['number', 'state', 'since', 'access point', 'acknowledged by', 'what'], ...rows]);
}

async function explain(api: ApiClient, words: Words): Promise<string> {
  const { rules } = await api.call<AlertExplanation>('GET', `/alerts/explain?ap=${idOf(words, 'access point')}`);
  return rules
    .flatMap(({ rule, condition, reasons }) => [`${rule}: ${condition}`, ...reasons.map((reason) => `  ${reason}`)])
    .join('\n');
}

function done(_answer: unknown, word: string): string {
  return word;
}

// `npm run carrel -- sites list | head` closes the pipe early; that is no error.
process.stdout.on('error', () => process.exit());

main(process.argv.slice(2)).then(
  (text) => process.stdout.write(`${text}\n`),
  (error: unknown) => {
    const text = isCarrelError(error)
      ? `${error.code}: ${error.message}`
      : error instanceof Error
        ? (error.stack ?? messageOf(error))
        : messageOf(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  },
);
