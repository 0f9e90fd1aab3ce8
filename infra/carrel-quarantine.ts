/** Why: lines that a database refuses for ever, from a shell: look, give them to it once more, or delete them. */
import type { QuarantineShelf, ReplayReport } from '#contract';
import { CarrelError } from '#lib/errors';
import type { ApiClient } from './api-client.ts';
import { type Command, table, textOption, type Words } from './command.ts';

export const quarantineCommands: Readonly<Record<string, Command>> = {
  'quarantine list': {
    usage: 'quarantine list [--store NAME] [--limit N]',
    help: 'lines that databases refuse for ever, with the reason; 50 of each unless --limit says otherwise',
    run: list,
  },
  'quarantine replay': {
    usage: 'quarantine replay --store NAME',
    help: 'give the lines to their database once more; what it refuses again stays',
    run: replay,
  },
  'quarantine drop': {
    usage: 'quarantine drop --store NAME',
    help: 'delete the lines for ever',
    run: drop,
  },
};

async function list(api: ApiClient, words: Words): Promise<string> {
  const query = new URLSearchParams({ limit: textOption(words, 'limit') ?? '50' });
  const store = textOption(words, 'store');
  if (store !== undefined) query.set('store', store);
  const { items } = await api.call<{ items: QuarantineShelf[] }>('GET', `/quarantine?${query}`);
  return items
    .map(({ store: name, count, lines }) => {
      const rows = lines.map(({ at, reason, line }) => [at === null ? '' : new Date(at).toISOString(), reason, line]);
      return [
        `${name}: ${count} lines`,
        ...(rows.length > 0 ? [table([['set aside', 'reason', 'line'], ...rows])] : []),
      ].join('\n');
    })
    .join('\n');
}

/** Once through all that lie there: what is refused goes to the end. */
async function replay(api: ApiClient, words: Words): Promise<string> {
  const store = storeOf(words);
  const query = new URLSearchParams({ store, limit: '1' });
  const { items } = await api.call<{ items: QuarantineShelf[] }>('GET', `/quarantine?${query}`);
  let left = items[0]?.count ?? 0;
  const sum: ReplayReport = { taken: 0, refused: 0 };
  while (left > 0) {
    const limit = Math.min(left, 1000);
    const { taken, refused } = await api.call<ReplayReport>('POST', '/quarantine/replay', { store, limit });
    if (taken + refused === 0) break; // somebody else was faster
    sum.taken += taken;
    sum.refused += refused;
    left -= taken + refused;
  }
  if (sum.refused > 0) process.exitCode = 1;
  return `${sum.taken} taken, ${sum.refused} refused again`;
}

async function drop(api: ApiClient, words: Words): Promise<string> {
  const query = new URLSearchParams({ store: storeOf(words) });
  const { dropped } = await api.call<{ dropped: number }>('DELETE', `/quarantine?${query}`);
  return `${dropped} lines deleted`;
}

function storeOf(words: Words): string {
  const store = textOption(words, 'store');
  if (store) return store;
  throw new CarrelError('COMMAND_ARGUMENT', 'give --store NAME; npm run carrel -- status tells the names', {});
}
