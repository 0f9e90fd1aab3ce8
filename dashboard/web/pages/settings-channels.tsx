/** Why: by which channels alerts leave, whether each works, and a button that proves it. */
import { useState } from 'preact/hooks';
import {
  type ChannelKind,
  type ChannelKindView,
  type ChannelTestResult,
  type ChannelView,
  LANGUAGES,
  type Page,
  SEVERITIES,
} from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { moment, viewerZone } from '../format.ts';
import { type Loaded, useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { Mark, Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { serverNow } from '../store.ts';
import { notify } from '../words-notify.ts';

const w = notify.channels;

export function ChannelSettings({ channels }: { channels: Loaded<Page<ChannelView>> }) {
  const { error, act } = useActing(channels.again);
  return (
    <Panel title={w.title} id="channels">
      {channels.value ? (
        <>
          <Refusal error={error} />
          {channels.value.items.length === 0 ? <p class="pad q">{w.none}</p> : null}
          <ul class="told-list">
            {channels.value.items.map((channel) => (
              <Row key={channel.route} channel={channel} act={act} again={channels.again} />
            ))}
          </ul>
        </>
      ) : channels.problem ? (
        <Failed what={w.title} problem={channels.problem} again={channels.again} />
      ) : (
        <Waiting what={w.title} />
      )}
      <AddChannel again={channels.again} />
    </Panel>
  );
}

type Act = ReturnType<typeof useActing>['act'];

function Row({ channel, act, again }: { channel: ChannelView; act: Act; again: () => void }) {
  const { id, route, name, kind, enabled, gets, waiting } = channel;
  const test = async () => {
    const result = await post<ChannelTestResult>('/channels/test', { route });
    const { ok, error, ms } = result;
    say(ok ? (error ? w.testedRemark(name, error) : w.tested(name, ms)) : w.testFailed(name, error ?? ''));
    again();
  };
  return (
    <li class="pad told">
      <Mark state={!enabled ? 'nodata' : channel.failing_since === null ? 'meets' : 'offline'} />
      <span class="grow">
        <b>{name}</b> <span class="q">{w.kinds[kind]}</span>
        <br />
        <span class="q">
          {id === null
            ? w.settings
            : `${w.gets}: ${gets.length > 0 ? gets.map((one) => notify.severities[one]).join(', ') : w.getsNothing}`}
          . {enabled ? lastOf(channel) : w.off}
          {waiting > 0 ? `. ${w.waiting(waiting)}` : ''}
        </span>
      </span>
      <span class="acts">
        {enabled ? (
          <button class="btn" type="button" onClick={() => void act(test)}>
            {w.test}
            <span class="vh"> {name}</span>
          </button>
        ) : null}
        {id === null ? null : (
          <>
            <button
              class="btn"
              type="button"
              onClick={() => void act(() => ask('PUT', `/channels/${id}`, { body: { enabled: !enabled } }))}
            >
              {enabled ? w.switchOff : w.switchOn}
              <span class="vh"> {name}</span>
            </button>
            <button
              class="btn"
              type="button"
              onClick={() => {
                if (confirm(w.removeSure(name))) void act(() => ask('DELETE', `/channels/${id}`));
              }}
            >
              {w.remove}
              <span class="vh"> {name}</span>
            </button>
          </>
        )}
      </span>
    </li>
  );
}

function lastOf({ ok_at, failed_at, error, failing_since }: ChannelView): string {
  const at = (time: number): string => moment(time, serverNow.value, viewerZone());
  if (failing_since !== null && failed_at !== null) return w.failed(at(failed_at), error ?? '');
  return ok_at === null ? w.never : w.ok(at(ok_at));
}

function AddChannel({ again }: { again: () => void }) {
  const kinds = useLoad<Page<ChannelKindView>>('/channels/kinds');
  const [kind, setKind] = useState<ChannelKind>('email');
  const { error, act } = useActing(again);
  const chosen = kinds.value?.items.find((one) => one.kind === kind);
  const create = async (form: HTMLFormElement) => {
    const texts = textsOf(form);
    const fields = chosen?.fields ?? [];
    const of = (secret: boolean) =>
      Object.fromEntries(
        fields.filter((one) => one.secret === secret).map(({ name }) => [name, texts[`f-${name}`] ?? '']),
      );
    const gets = SEVERITIES.filter((severity) => texts[`gets-${severity}`] !== undefined);
    const body = { name: texts['name'], kind, lang: texts['lang'], gets, config: of(false), secrets: of(true) };
    if (await act(() => post('/channels', body))) form.reset();
  };
  return (
    <form
      class="ruled"
      onSubmit={(event) => {
        event.preventDefault();
        void create(event.currentTarget);
      }}
    >
      <div class="pad fields">
        <div class="all">
          <Refusal error={error} />
        </div>
        <Select
          scope="channel"
          name="kind"
          label={w.kind}
          value={kind}
          onPick={(value) => setKind(value as ChannelKind)}
        >
          {(kinds.value?.items ?? []).map((one) => (
            <option key={one.kind} value={one.kind}>
              {w.kinds[one.kind]}
            </option>
          ))}
        </Select>
        <Field scope="channel" name="name" label={w.name} error={error} required maxLength={60} autocomplete="off" />
        {(chosen?.fields ?? []).map(({ name, secret, required, example }) => (
          <Field
            key={`${kind} ${name}`}
            scope="channel"
            name={`f-${name}`}
            label={required ? (w.fields[name] ?? name) : `${w.fields[name] ?? name} (${w.optional})`}
            hint={secret ? w.secretExample(example) : w.example(example)}
            type={secret ? 'password' : 'text'}
            required={required}
            autocomplete={secret ? 'new-password' : 'off'}
            autocapitalize="none"
            spellcheck={false}
            wide
          />
        ))}
        <Select scope="channel" name="lang" label={w.lang}>
          {LANGUAGES.map((lang) => (
            <option key={lang} value={lang}>
              {notify.languages[lang]}
            </option>
          ))}
        </Select>
        <fieldset class="field">
          <legend>{w.gets}</legend>
          {SEVERITIES.map((severity) => (
            <label key={severity} class="tick">
              <input type="checkbox" name={`gets-${severity}`} checked={severity !== 'digest'} />{' '}
              {notify.severities[severity]}
            </label>
          ))}
        </fieldset>
      </div>
      <div class="foot-acts">
        <span class="end" />
        <button class="btn go" type="submit">
          {w.add}
        </button>
      </div>
    </form>
  );
}
