/** Why: borders of one's own on the map: a GeoJSON file is checked and thinned by the server, which says what it did not like. */
import { useState } from 'preact/hooks';
import type { MapLayer } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import { count } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { mayAdminister } from '../rights.ts';
import { mapWords } from '../words-map.ts';

const w = mapWords.layers;

export function MapLayers() {
  const layers = useLoad<{ items: MapLayer[] }>('/map-layers');
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const attempt: Attempt = async (act) => {
    setBusy(true);
    try {
      say(await act());
      setError(null);
      layers.again();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
    setBusy(false);
  };
  const add = async (form: HTMLFormElement) => {
    const data = new FormData(form);
    const file = data.get('file');
    const name = data.get('name');
    if (!(file instanceof File) || typeof name !== 'string') return;
    const text = await file.text();
    await attempt(async () => {
      const made = await post<MapLayer>('/map-layers', { name: name.trim(), geojson: parsed(text) });
      form.reset();
      return w.added(made.name);
    });
  };
  return (
    <Panel title={w.title} id="map-layers">
      <div class="pad grid tight">
        <p class="q">{w.text}</p>
        {layers.value ? (
          <Layers items={layers.value.items} attempt={attempt} />
        ) : layers.problem ? (
          <Failed what={w.title} problem={layers.problem} again={layers.again} />
        ) : (
          <Waiting what={w.title} />
        )}
        {mayAdminister() ? (
          <form
            class="grid tight"
            onSubmit={(event) => {
              event.preventDefault();
              void add(event.currentTarget);
            }}
          >
            <label class="field">
              <span>{w.name}</span>
              <input name="name" required maxLength={60} autocomplete="off" />
            </label>
            <label class="field">
              <span>{w.file}</span>
              <input name="file" type="file" accept=".geojson,.json,application/geo+json" required />
            </label>
            {error ? <Refusal error={error} /> : null}
            <div class="acts">
              <button class="btn go" type="submit" disabled={busy}>
                {w.add}
              </button>
            </div>
          </form>
        ) : null}
      </div>
    </Panel>
  );
}

type Attempt = (act: () => Promise<string>) => Promise<void>;

function Layers({ items, attempt }: { items: readonly MapLayer[]; attempt: Attempt }) {
  if (items.length === 0) return <p>{w.none}</p>;
  const remove = async ({ id, name }: MapLayer) => {
    if (!confirm(w.removeSure(name))) return;
    await attempt(async () => {
      await ask('DELETE', `/map-layers/${id}`);
      return w.removed(name);
    });
  };
  return (
    <ul>
      {items.map((layer) => (
        <li key={layer.id} class="line-note">
          <a href={`/map?layer=${layer.id}`}>{layer.name}</a>
          <span class="q">{w.about(count(layer.regions), count(Math.ceil(layer.bytes / 1000)))}</span>
          {mayAdminister() ? (
            <button class="link" type="button" onClick={() => void remove(layer)}>
              {w.remove} <span class="vh">{layer.name}</span>
            </button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** What is no JSON is sent as nothing: the server says what it wants instead. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
