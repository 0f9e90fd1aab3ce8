/** Why: probes come and go here: a credential shown once with the command that installs it, and a way to cut one off. */

import { useState } from 'preact/hooks';
import type { ProbeCredential, RosterProbe } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import { age } from '../format.ts';
import { Empty, Refusal } from '../parts/answers.tsx';
import { Command } from '../parts/copy.tsx';
import { Select, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { ProbeFields } from '../parts/probe-fields.tsx';
import { say } from '../parts/toast.tsx';
import { mayAdminister } from '../rights.ts';
import { hrefOf } from '../router.ts';
import { lines, refreshRoster, roster, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';
import { settingsWords } from '../words-settings.ts';

const w = settingsWords;
const m = manage.probe;

interface Actions {
  revoke(id: string): Promise<void>;
  renew(id: string): Promise<void>;
  move(id: string, ap: string, name: string): Promise<void>;
}

export function Probes() {
  const [error, setError] = useState<ApiError | null>(null);
  const [credential, setCredential] = useState<ProbeCredential | null>(null);
  const act = async (work: () => Promise<void>) => {
    try {
      await work();
      await refreshRoster();
      setError(null);
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
  };
  const create = (form: HTMLFormElement) =>
    act(async () => {
      const { id = '', access_point = '' } = textsOf(form);
      setCredential(await post<ProbeCredential>('/probes', { id, access_point }));
    });
  const does: Actions = {
    revoke: (id) =>
      act(async () => {
        await ask('DELETE', `/probes/${encodeURIComponent(id)}`);
        say(`${id}: ${w.revoked}`);
      }),
    renew: (id) =>
      act(async () => setCredential(await post<ProbeCredential>(`/probes/${encodeURIComponent(id)}/credential`))),
    move: (id, ap, name) =>
      act(async () => {
        await post(`/probes/${encodeURIComponent(id)}/rebind`, { access_point: ap });
        say(m.moved(id, name));
      }),
  };
  return (
    <Panel
      title={w.probes}
      id="h-probes"
      end={mayAdminister() ? <a href={hrefOf('/start', { step: 2 })}>{w.connect}</a> : null}
    >
      {mayAdminister() ? <Create error={error} create={create} /> : null}
      {credential ? <Once credential={credential} /> : null}
      <Known does={does} />
    </Panel>
  );
}

function Create({ error, create }: { error: ApiError | null; create: (form: HTMLFormElement) => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  if (lines.value.length === 0) return <p class="pad q">{w.noSites}</p>;
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    await create(form);
    setBusy(false);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <div class="pad fields">
        <div class="all">
          <Refusal error={error} known={['id', 'access_point']} />
        </div>
        <ProbeFields scope="probe" error={error} />
      </div>
      <div class="foot-acts">
        <span class="end" />
        <button class="btn go" type="submit" disabled={busy}>
          {w.makeProbe}
        </button>
      </div>
    </form>
  );
}

const Once = ({ credential }: { credential: ProbeCredential }) => (
  <div class="pad fields once" role="status">
    <div class="all">
      <b>
        {w.once}. <span class="mono">{credential.id}</span>
      </b>
      <p class="q">{w.onceText}</p>
    </div>
    <Command label={w.run} text={credential.command} />
    <Command label={w.orFile} text={credential.file} />
  </div>
);

function Known({ does }: { does: Actions }) {
  const [changing, setChanging] = useState<string | null>(null);
  const probes = roster.value?.probes ?? [];
  if (probes.length === 0) return <Empty title={w.noProbes} text={w.noSites} />;
  const byAp = new Map(lines.value.map((line) => [line.ap.id, line]));
  return (
    <div class="scroll tall" tabIndex={0} role="group" aria-label={w.probes}>
      <table>
        <thead>
          <tr>
            <th scope="col">{w.probe}</th>
            <th scope="col">{w.watches}</th>
            <th scope="col" class="narrow-hide">
              {w.heard}
            </th>
            <th scope="col" class="num">
              {mayAdminister() ? <span class="vh">{m.change}</span> : w.admitted}
            </th>
          </tr>
        </thead>
        <tbody>
          {probes.map((probe) => {
            const { id, access_point, admitted } = probe;
            const line = access_point === null ? undefined : byAp.get(access_point);
            const heard = line?.row.probe === id ? line.row.last_seen : null;
            const open = changing === id;
            return [
              <tr key={id}>
                <th scope="row" class="mono">
                  {id}
                </th>
                <td>
                  <span class="two-lines" title={line?.name}>
                    {line?.name ?? access_point ?? w.unbound}
                  </span>
                  {admitted ? null : <span class="tag">{w.revoked}</span>}
                </td>
                <td class="nw narrow-hide">
                  {heard === null ? words.unknown : words.ago(age(serverNow.value - heard))}
                </td>
                <td class="num">
                  {mayAdminister() ? (
                    <button
                      class="btn"
                      type="button"
                      aria-expanded={open}
                      onClick={() => setChanging(open ? null : id)}
                    >
                      {m.change}
                      <span class="vh"> {id}</span>
                    </button>
                  ) : (
                    <span class="q">{admitted ? w.admitted : w.revoked}</span>
                  )}
                </td>
              </tr>,
              open ? (
                <tr key={`${id}-change`} class="opened">
                  <td colSpan={4}>
                    <Change probe={probe} does={does} onDone={() => setChanging(null)} />
                  </td>
                </tr>
              ) : null,
            ];
          })}
        </tbody>
      </table>
    </div>
  );
}

interface ChangeProps {
  probe: RosterProbe;
  does: Actions;
  onDone: () => void;
}

function Change({ probe: { id, access_point, admitted }, does, onDone }: ChangeProps) {
  const others = lines.value.filter(({ ap }) => ap.id !== access_point).sort((a, b) => a.name.localeCompare(b.name));
  const move = (form: HTMLFormElement) => {
    const to = others.find(({ ap }) => ap.id === textsOf(form)['access_point']);
    if (to) void does.move(id, to.ap.id, to.name).then(onDone);
  };
  return (
    <div class="change" role="group" aria-label={m.changing(id)}>
      {others.length > 0 ? (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            move(event.currentTarget);
          }}
        >
          <Select scope={`move-${id}`} name="access_point" label={m.moveTo} hint={m.moveHint}>
            {others.map(({ ap, name }) => (
              <option key={ap.id} value={ap.id}>
                {name}
              </option>
            ))}
          </Select>
          <button class="btn" type="submit">
            {m.move}
          </button>
        </form>
      ) : null}
      <div class="acts">
        <a class="btn" href={hrefOf('/start', { step: 2, probe: id })}>
          {m.heard}
        </a>
        <button
          class="btn"
          type="button"
          onClick={() => {
            if (confirm(m.renewSure(id))) void does.renew(id).then(onDone);
          }}
        >
          {m.renew}
        </button>
        {admitted ? (
          <button
            class="btn"
            type="button"
            onClick={() => {
              if (confirm(w.revokeSure(id))) void does.revoke(id).then(onDone);
            }}
          >
            {w.revoke}
          </button>
        ) : null}
      </div>
    </div>
  );
}
