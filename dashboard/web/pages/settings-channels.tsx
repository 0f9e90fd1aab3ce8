/** Why: by which channels alerts leave, whether each works, and a button that proves it. */
import { useState } from 'preact/hooks';
import type { ChannelTestResult, ChannelView, Page } from '#contract';
import { useActing } from '../acting.ts';
import { ask, post } from '../api.ts';
import { moment } from '../format.ts';
import type { Loaded } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Mark, Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { commonZone, serverNow } from '../store.ts';
import { notify } from '../words-notify.ts';
import { ChannelForm } from './settings-channel-form.tsx';

const w = notify.channels;

export function ChannelSettings({ channels }: { channels: Loaded<Page<ChannelView>> }) {
  const { error, act } = useActing(channels.again);
  const [editing, setEditing] = useState<number | null>(null);
  const edited = channels.value?.items.find(({ id }) => id !== null && id === editing) ?? null;
  return (
    <Panel title={w.title} id="channels">
      {channels.value ? (
        <>
          <Refusal error={error} />
          {channels.value.items.length === 0 ? <p class="pad q">{w.none}</p> : null}
          <ul class="told-list">
            {channels.value.items.map((channel) => (
              <Row
                key={channel.route}
                channel={channel}
                act={act}
                again={channels.again}
                change={() => setEditing(channel.id)}
              />
            ))}
          </ul>
        </>
      ) : channels.problem ? (
        <Failed what={w.title} problem={channels.problem} again={channels.again} />
      ) : (
        <Waiting what={w.title} />
      )}
      <ChannelForm key={edited?.id ?? 'new'} channel={edited} again={channels.again} done={() => setEditing(null)} />
    </Panel>
  );
}

type Act = ReturnType<typeof useActing>['act'];

interface RowProps {
  channel: ChannelView;
  act: Act;
  again: () => void;
  change: () => void;
}
function Row({ channel, act, again, change }: RowProps) {
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
            <button class="btn" type="button" onClick={change}>
              {notify.change}
              <span class="vh"> {name}</span>
            </button>
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
  const at = (time: number): string => moment(time, serverNow.value, commonZone.value);
  const parts = [
    ...(failed_at === null
      ? []
      : [{ at: failed_at, text: w.failed(at(failed_at), failing_since === null ? '' : (error ?? '')) }]),
    ...(ok_at === null ? [] : [{ at: ok_at, text: w.ok(at(ok_at)) }]),
  ];
  // The newest first: whether it works now.
  const said = parts.toSorted((a, b) => b.at - a.at).map(({ text }) => text);
  return said.length === 0 ? w.never : said.join('. ');
}
