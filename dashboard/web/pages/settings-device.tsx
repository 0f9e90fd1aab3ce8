/** Why: who is called at night chooses here what wakes them, tries it, and sees when a push last really arrived. */
import { useEffect, useState } from 'preact/hooks';
import type { ChannelTestResult, PushDeviceView, PushView } from '#contract';
import { useActing } from '../acting.ts';
import { get, post } from '../api.ts';
import { nameOf } from '../device-name.ts';
import { moment } from '../format.ts';
import { useLoad } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Panel } from '../parts/marks.tsx';
import { say } from '../parts/toast.tsx';
import { obstacle, ownMark, remove, subscribe } from '../push-device.ts';
import { commonZone, serverNow } from '../store.ts';
import { device as w } from '../words-device.ts';

const LOOK_MS = 500;
const LOOKS = 30;

export function Devices() {
  const loaded = useLoad<PushView>('/push');
  const [own, setOwn] = useState<string | null>(null);
  const { error, act } = useActing(loaded.again);
  useEffect(() => void ownMark().then(setOwn), [loaded.value]);
  const view = loaded.value;
  return (
    <Panel title={w.title} id="devices">
      {view ? (
        <div class="pad grid tight">
          <p>{w.text}</p>
          <Refusal error={error} />
          <Here view={view} own={own} act={act} />
          {view.devices.length === 0 ? (
            <p class="q">{w.none}</p>
          ) : (
            view.devices.map((one) => <Device key={one.id} one={one} here={one.mark === own} act={act} />)
          )}
        </div>
      ) : loaded.problem ? (
        <Failed what={w.title} problem={loaded.problem} again={loaded.again} />
      ) : (
        <Waiting what={w.title} />
      )}
    </Panel>
  );
}

type Act = ReturnType<typeof useActing>['act'];

function Here({ view, own, act }: { view: PushView; own: string | null; act: Act }) {
  const [said, setSaid] = useState('');
  const against = obstacle();
  const known = view.devices.find(({ mark }) => mark === own);
  if (against !== null && !known) return <p class="q">{w[against]}</p>;
  const enable = () =>
    act(async () => {
      const allowed = await subscribe(view, w.on(...nameOf(navigator.userAgent))).catch((refused: unknown) => {
        // The browser's own service said no: its words are for developers.
        if (refused instanceof DOMException) return say(w.unreachable);
        throw refused;
      });
      if (allowed === false) say(w.denied);
    });
  return (
    <div class="acts" role="group" aria-label={w.here}>
      {known ? (
        <button class="btn" type="button" onClick={() => void act(() => tryIt(known, setSaid))}>
          {w.test}
        </button>
      ) : (
        <button class="btn go" type="button" onClick={() => void enable()}>
          {w.enable}
        </button>
      )}
      <span role="status">{said || (known ? w.enabled : '')}</span>
    </div>
  );
}

/** Sends one and waits until the device itself says that it was shown. Other devices of the person get it too; what is told is of this one. */
async function tryIt({ id, delivered_at: before }: PushDeviceView, tell: (said: string) => void): Promise<void> {
  const begun = Date.now();
  tell(w.testing);
  const { ok, error } = await post<ChannelTestResult>('/push/test');
  if (!ok) return tell(w.failed(error ?? ''));
  for (let look = 0; look <= LOOKS; look++) {
    const device = (await get<PushView>('/push')).devices.find((one) => one.id === id);
    if (!device) return tell(w.gone);
    if (device.error !== null) return tell(w.failed(device.error));
    if (device.delivered_at !== null && device.delivered_at !== before)
      return tell(w.arrived(Math.max(1, Math.ceil((Date.now() - begun) / 1000))));
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  tell(w.silent);
}

function Device({ one, here, act }: { one: PushDeviceView; here: boolean; act: Act }) {
  const at = (time: number) => moment(time, serverNow.value, commonZone.value);
  const { id, label, sent_at, delivered_at, error } = one;
  const shown = delivered_at === null ? [] : [w.shown(at(delivered_at))];
  // A newer one that nobody has seen does not hide when the last one arrived.
  const unconfirmed = sent_at !== null && sent_at - 1000 > (delivered_at ?? 0) ? [w.sentOnly(at(sent_at))] : [];
  const last = [...shown, ...unconfirmed].join('; ') || w.never;
  return (
    <div class="device">
      <span>
        <b>{label}</b>
        {here ? ` (${w.here})` : ''} <span class="q">{last}</span>
        {error ? <span class="q"> {w.failed(error)}</span> : null}
      </span>
      <button
        class="btn"
        type="button"
        aria-label={w.removeOne(label)}
        onClick={() => {
          if (confirm(w.removeSure(label))) void act(() => remove(id, here));
        }}
      >
        {w.remove}
      </button>
    </div>
  );
}
