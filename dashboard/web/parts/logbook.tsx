/** Why: what explains a figure is written where the figure is seen: who, when, what; the chart above marks the moments. */
import type { SiteNote } from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { fieldOf, momentOfField } from '../charts/zoom.ts';
import { moment, zoneName } from '../format.ts';
import type { LoadedPages } from '../load.ts';
import { mayAct, mayAdminister } from '../rights.ts';
import { me, serverNow } from '../store.ts';
import { siteWords } from '../words-site.ts';
import { Refusal } from './answers.tsx';
import { Field, textsOf } from './field.tsx';
import { Panel } from './marks.tsx';

const w = siteWords.logbook;

interface LogbookProps {
  site: string;
  zone: string;
  notes: LoadedPages<SiteNote>;
}

/** `notes`: of the stretch that the charts show, newest first. */
export function Logbook({ site, zone, notes }: LogbookProps) {
  const { error, act } = useActing(notes.again);
  const older = useActing(() => undefined);
  const path = `/sites/${encodeURIComponent(site)}/notes`;
  const items = notes.value?.items ?? [];
  const add = async (form: HTMLFormElement) => {
    const { text = '', at = '' } = textsOf(form);
    if (await act(() => post(path, { text, at: momentOfField(at, zone) }))) form.reset();
  };
  const mine = ({ by }: SiteNote) => (by === me.value?.name && mayAct()) || mayAdminister();
  return (
    <Panel title={w.title} id="h-logbook">
      {items.length === 0 ? <p class="pad q">{w.none}</p> : null}
      <ol class="rows logbook">
        {items.map((note) => (
          <li key={note.id}>
            <span>
              {note.text}{' '}
              <span class="q">
                {note.by}, {moment(note.at, serverNow.value, zone)}
              </span>
            </span>
            {mine(note) ? (
              <button
                class="link"
                type="button"
                aria-label={w.remove(note.text)}
                title={w.remove(note.text)}
                onClick={() => {
                  if (confirm(w.removeSure(note.text))) void act(() => ask('DELETE', `${path}/${note.id}`));
                }}
              >
                ×
              </button>
            ) : null}
          </li>
        ))}
      </ol>
      {notes.value?.next ? (
        <div class="pad">
          <Refusal error={older.error} />
          <button class="btn" type="button" onClick={() => void older.act(notes.more)}>
            {w.older}
          </button>
        </div>
      ) : null}
      {mayAct() ? (
        <form
          class="pad fields"
          onSubmit={(event) => {
            event.preventDefault();
            void add(event.currentTarget);
          }}
        >
          <div class="all">
            <Refusal error={error} known={['text', 'at']} />
          </div>
          <Field
            scope="note"
            name="text"
            label={w.text}
            error={error}
            required
            maxLength={500}
            autocomplete="off"
            wide
          />
          <Field
            scope="note"
            name="at"
            label={w.at}
            hint={siteWords.zoneTimes(zoneName(zone))}
            error={error}
            wide
            type="datetime-local"
            required
            defaultValue={fieldOf(serverNow.peek(), zone)}
          />
          <div class="acts all">
            <button class="btn" type="submit">
              {w.add}
            </button>
          </div>
        </form>
      ) : null}
    </Panel>
  );
}
