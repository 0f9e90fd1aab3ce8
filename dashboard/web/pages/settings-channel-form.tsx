/** Why: a channel is set up and changed by the same questions. Secrets go in and never come out: an empty one keeps what is stored. */
import { useState } from 'preact/hooks';
import {
  type ChannelKind,
  type ChannelKindView,
  type ChannelView,
  LANGUAGES,
  type Page,
  SEVERITIES,
  type Severity,
} from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { language } from '../language-choice.ts';
import { useLoad } from '../load.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field, Select, textsOf } from '../parts/field.tsx';
import { say } from '../parts/toast.tsx';
import { notify } from '../words-notify.ts';

const w = notify.channels;

/** `channel` null: a new one. `done` runs after it is saved and when it is given up. */
export function ChannelForm({
  channel,
  again,
  done,
}: {
  channel: ChannelView | null;
  again: () => void;
  done: () => void;
}) {
  const kinds = useLoad<Page<ChannelKindView>>('/channels/kinds');
  const [picked, setPicked] = useState<ChannelKind>('email');
  const { error, act } = useActing(again);
  const kind = channel?.kind ?? picked;
  const fields = kinds.value?.items.find((one) => one.kind === kind)?.fields ?? [];
  const save = async (form: HTMLFormElement) => {
    const texts = textsOf(form);
    const of = (secret: boolean) =>
      Object.fromEntries(
        fields.filter((one) => one.secret === secret).map(({ name }) => [name, texts[`f-${name}`] ?? '']),
      );
    const gets = SEVERITIES.filter((severity) => texts[`gets-${severity}`] !== undefined);
    const body = { name: texts['name'], lang: texts['lang'], gets, config: of(false), secrets: of(true) };
    const saved = await act(() =>
      channel ? ask('PUT', `/channels/${channel.id}`, { body }) : post('/channels', { ...body, kind }),
    );
    if (!saved) return;
    say(w.saved(texts['name'] ?? ''));
    form.reset();
    done();
  };
  return (
    <form
      class="ruled"
      aria-label={channel ? w.changing(channel.name) : w.add}
      onSubmit={(event) => {
        event.preventDefault();
        void save(event.currentTarget);
      }}
    >
      <div class="pad fields">
        {channel ? <h3 class="all">{w.changing(channel.name)}</h3> : null}
        <div class="all">
          <Refusal error={error} known={['name', ...fields.map(({ name }) => name)]} />
        </div>
        {channel ? null : (
          <Select
            scope="channel"
            name="kind"
            label={w.kind}
            value={kind}
            onPick={(value) => setPicked(value as ChannelKind)}
          >
            {(kinds.value?.items ?? []).map((one) => (
              <option key={one.kind} value={one.kind}>
                {w.kinds[one.kind]}
              </option>
            ))}
          </Select>
        )}
        <Field
          scope="channel"
          name="name"
          label={w.name}
          error={error}
          required
          maxLength={60}
          autocomplete="off"
          defaultValue={channel?.name ?? ''}
        />
        {fields.map((field) => (
          <ChannelField key={`${kind} ${field.name}`} field={field} channel={channel} error={error} />
        ))}
        <Reach channel={channel} />
      </div>
      <div class="foot-acts">
        <span class="end" />
        {channel ? (
          <button class="btn" type="button" onClick={done}>
            {notify.cancel}
          </button>
        ) : null}
        <button class="btn go" type="submit">
          {channel ? notify.save : w.add}
        </button>
      </div>
    </form>
  );
}

interface ChannelFieldProps {
  field: ChannelKindView['fields'][number];
  channel: ChannelView | null;
  error: ReturnType<typeof useActing>['error'];
}
function ChannelField({ field: { name, secret, required, example }, channel, error }: ChannelFieldProps) {
  const label = w.fields[name] ?? name;
  const stored = channel?.secrets.includes(name) ?? false;
  return (
    <Field
      scope="channel"
      name={`f-${name}`}
      errorName={name}
      error={error}
      label={required ? label : `${label} (${w.optional})`}
      hint={stored ? w.stored : secret ? w.secretExample(example) : w.example(example)}
      type={secret ? 'password' : 'text'}
      required={required && !stored}
      defaultValue={secret ? '' : (channel?.config[name] ?? '')}
      autocomplete={secret ? 'new-password' : 'off'}
      autocapitalize="none"
      spellcheck={false}
      wide
    />
  );
}

function Reach({ channel }: { channel: ChannelView | null }) {
  const gets: readonly Severity[] = channel?.gets ?? ['page', 'ticket'];
  return (
    <>
      <Select scope="channel" name="lang" label={w.lang}>
        {LANGUAGES.map((lang) => (
          <option key={lang} value={lang} selected={lang === (channel?.lang ?? language())}>
            {notify.languages[lang]}
          </option>
        ))}
      </Select>
      <fieldset class="field">
        <legend>{w.gets}</legend>
        {SEVERITIES.map((severity) => (
          <label key={severity} class="tick">
            <input type="checkbox" name={`gets-${severity}`} defaultChecked={gets.includes(severity)} />{' '}
            {notify.severities[severity]}
          </label>
        ))}
      </fieldset>
    </>
  );
}
