/** Why: each person's ways to be reached, in order, with language and quiet hours. */
import { useEffect, useState } from 'preact/hooks';
import { type Callee, type ChannelKindView, type ChannelView, LANGUAGES, type Page } from '#contract';
import { useActing } from '../acting.ts';
import { ask } from '../api.ts';
import { viewerZone } from '../format.ts';
import { minuteOf } from '../hours.ts';
import { type Loaded, useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { notify } from '../words-notify.ts';

const w = notify.callees;
type Way = { channel: number | null; address: string };

export function Callees({ channels }: { channels: Loaded<Page<ChannelView>> }) {
  const people = useLoad<Page<Callee>>('/on-call/people');
  const kinds = useLoad<Page<ChannelKindView>>('/channels/kinds');
  const [user, setUser] = useState('');
  const chosen = people.value?.items.find((one) => one.user === user) ?? people.value?.items[0];
  const personal = new Set(
    (kinds.value?.items ?? []).filter(({ address }) => address !== null).map(({ kind }) => kind),
  );
  const usable = (channels.value?.items ?? []).filter(({ id, kind }) => id !== null && personal.has(kind));
  return (
    <Panel title={w.title} id="h-callees">
      <p class="pad q">{w.text}</p>
      {people.value && chosen ? (
        <>
          <div class="pad fields">
            <Select scope="callee" name="user" label={w.person} value={chosen.user} onPick={setUser}>
              {people.value.items.map((one) => (
                <option key={one.user} value={one.user}>
                  {one.user}
                </option>
              ))}
            </Select>
          </div>
          <Ways key={chosen.user} callee={chosen} channels={usable} again={people.again} />
        </>
      ) : people.problem ? (
        <Failed what={w.title} problem={people.problem} again={people.again} />
      ) : (
        <Waiting what={w.title} />
      )}
    </Panel>
  );
}

function Ways({ callee, channels, again }: { callee: Callee; channels: ChannelView[]; again: () => void }) {
  const [ways, setWays] = useState<Way[]>(callee.contacts);
  useEffect(() => setWays(callee.contacts), [callee]);
  const { error, act } = useActing(again);
  const change = (at: number, more: Partial<Way>) =>
    setWays(ways.map((way, n) => (n === at ? { ...way, ...more } : way)));
  const save = async (form: HTMLFormElement) => {
    const { lang = 'en', zone = 'UTC', from = '', to = '' } = textsOf(form);
    const quiet = from && to ? { from: minuteOf(from), to: minuteOf(to) } : null;
    const contacts = ways.map(({ channel, address }) => ({ channel, address: address.trim() }));
    const body = { lang, zone, quiet, contacts };
    if (await act(() => ask('PUT', `/on-call/people/${encodeURIComponent(callee.user)}`, { body })))
      say(w.saved(callee.user));
  };
  return (
    <form
      class="ruled"
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <div class="pad fields">
        <div class="all">
          <Refusal error={error} />
        </div>
        <Select scope="callee" name="lang" label={notify.channels.lang} value={callee.lang}>
          {LANGUAGES.map((lang) => (
            <option key={lang} value={lang}>
              {notify.languages[lang]}
            </option>
          ))}
        </Select>
        <Field
          scope="callee"
          name="zone"
          label={w.zone}
          required
          value={callee.zone === 'UTC' && callee.contacts.length === 0 ? viewerZone() : callee.zone}
        />
        <Field
          scope="callee"
          name="from"
          label={w.quietFrom}
          hint={w.quietHint}
          type="time"
          value={callee.quiet ? clockOf(callee.quiet.from) : ''}
        />
        <Field
          scope="callee"
          name="to"
          label={w.quietTo}
          type="time"
          value={callee.quiet ? clockOf(callee.quiet.to) : ''}
        />
        {ways.length === 0 ? <p class="all q">{w.nobody}</p> : null}
        {ways.map((way, at) => (
          <div key={at} class="all way">
            <select
              aria-label={`${w.way} ${at + 1}`}
              value={String(way.channel ?? '')}
              onChange={(event) =>
                change(at, { channel: event.currentTarget.value === '' ? null : Number(event.currentTarget.value) })
              }
            >
              <option value="">{w.mail}</option>
              {channels.map(({ id, name }) => (
                <option key={id} value={String(id)}>
                  {name}
                </option>
              ))}
            </select>
            <input
              aria-label={`${w.address} ${at + 1}`}
              value={way.address}
              required
              maxLength={254}
              onInput={(event) => change(at, { address: event.currentTarget.value })}
            />
            <button class="btn" type="button" onClick={() => setWays(ways.filter((_, n) => n !== at))}>
              {w.removeWay}
              <span class="vh"> {at + 1}</span>
            </button>
          </div>
        ))}
      </div>
      <div class="foot-acts">
        <button
          class="btn"
          type="button"
          onClick={() => setWays([...ways, { channel: channels[0]?.id ?? null, address: '' }])}
        >
          {w.addWay}
        </button>
        <span class="end" />
        <button class="btn go" type="submit">
          {w.save}
        </button>
      </div>
    </form>
  );
}

export function clockOf(minute: number): string {
  return `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}
