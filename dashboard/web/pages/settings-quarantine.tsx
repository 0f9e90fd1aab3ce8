/** Why: lines that a database refuses for ever are seen with its words, and given to it once more when somebody has mended it. */

import { useState } from 'preact/hooks';
import type { QuarantineShelf, ReplayReport } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import { count, full } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { mayAdminister } from '../rights.ts';
import { commonZone } from '../store.ts';
import { words } from '../words.ts';
import { quarantineWords } from '../words-quarantine.ts';

const w = quarantineWords;
/** What no database could take: payloads that are no frames. */
const PAYLOADS = 'payloads';

export function Quarantine() {
  const shelves = useLoad<{ items: QuarantineShelf[] }>('/quarantine?limit=20');
  const [error, setError] = useState<ApiError | null>(null);
  const act = async (work: () => Promise<string>) => {
    try {
      say(await work());
      setError(null);
      shelves.again();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
  };
  const replay = (store: string) =>
    act(async () => {
      const { taken, refused } = await post<ReplayReport>('/quarantine/replay', { store });
      return w.replayed(taken, refused);
    });
  const drop = (store: string) =>
    act(async () => {
      await ask('DELETE', `/quarantine?${new URLSearchParams({ store })}`);
      return w.dropped;
    });
  const filled = shelves.value?.items.filter((shelf) => shelf.count > 0) ?? [];
  return (
    <Panel title={w.title} id="quarantine">
      {error ? (
        <div class="pad">
          <Refusal error={error} />
        </div>
      ) : null}
      {shelves.problem && !shelves.value ? (
        <Failed what={w.title} problem={shelves.problem} again={shelves.again} />
      ) : shelves.value === null ? (
        <Waiting what={w.title} />
      ) : filled.length === 0 ? (
        <p class="pad q">{w.empty}</p>
      ) : (
        filled.map((shelf) => <Shelf key={shelf.store} shelf={shelf} replay={replay} drop={drop} />)
      )}
    </Panel>
  );
}

interface ShelfProps {
  shelf: QuarantineShelf;
  replay: (store: string) => Promise<void>;
  drop: (store: string) => Promise<void>;
}
function Shelf({ shelf: { store, count: all, lines }, replay, drop }: ShelfProps) {
  const [busy, setBusy] = useState(false);
  const once = (work: () => Promise<void>) => {
    setBusy(true);
    void work().finally(() => setBusy(false));
  };
  return (
    <div class="ruled shelf">
      <p class="pad">
        <b class="mono">{store}</b> <span class="q">{w.lines(count(all), count(lines.length))}</span>
      </p>
      <div class="scroll tall" tabIndex={0} role="group" aria-label={store}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w.at}</th>
              <th scope="col">{w.reason}</th>
              <th scope="col">{w.line}</th>
            </tr>
          </thead>
          <tbody>
            {lines.map(({ at, reason, line }, i) => (
              <tr key={`${i} ${at} ${line}`}>
                <th scope="row" class="nw">
                  {at === null ? words.unknown : full(at, commonZone.value)}
                </th>
                <td>{reason}</td>
                <td class="mono">{line}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {mayAdminister() ? (
        <div class="foot-acts">
          <span class="end" />
          <button
            class="btn"
            type="button"
            disabled={busy}
            onClick={() => {
              if (confirm(w.dropSure(count(all), store))) once(() => drop(store));
            }}
          >
            {w.drop}
            <span class="vh"> {store}</span>
          </button>
          {store === PAYLOADS ? null : (
            <button class="btn go" type="button" disabled={busy} onClick={() => once(() => replay(store))}>
              {w.replay}
              <span class="vh"> {store}</span>
            </button>
          )}
        </div>
      ) : null}
    </div>
  );
}
