/** Why: probes come and go here: a credential shown once with the command that installs it, and a way to cut one off. */

import { useMemo, useState } from 'preact/hooks';
import type { ProbeCredential, RosterProbe } from '#contract';
import { ApiError, ask, post } from '../api.ts';
import type { Line } from '../fleet.ts';
import { age, count } from '../format.ts';
import { Empty, Refusal } from '../parts/answers.tsx';
import { Command } from '../parts/copy.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { LISTED, matching, Pick } from '../parts/pick.tsx';
import { ProbeFields } from '../parts/probe-fields.tsx';
import { say } from '../parts/toast.tsx';
import { mayAdminister } from '../rights.ts';
import { hrefOf } from '../router.ts';
import { lines, refreshRoster, roster, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { manage } from '../words-manage.ts';
import { pickWords } from '../words-pick.ts';
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

const NO_PROBES: readonly RosterProbe[] = [];

function Known({ does }: { does: Actions }) {
  const [changing, setChanging] = useState<string | null>(null);
  const [q, setQ] = useState('');
  const all = roster.value?.probes ?? NO_PROBES;
  const found = useMemo(() => {
    const names = new Map(lines.peek().map(({ ap, name }) => [ap.id, name]));
    return matching(all, q, ({ id, access_point }) => `${id} ${names.get(access_point ?? '') ?? ''}`);
  }, [all, q]);
  if (all.length === 0) return <Empty title={w.noProbes} text={w.noSites} />;
  const probes = found.slice(0, LISTED);
  const shown = new Set(probes.map(({ access_point }) => access_point));
  const byAp = new Map(lines.value.filter(({ ap }) => shown.has(ap.id)).map((line) => [line.ap.id, line]));
  return (
    <>
      {all.length > LISTED ? (
        <div class="pad fields">
          <Field
            scope="probes"
            name="q"
            label={pickWords.find(w.probes)}
            hint={
              found.length === 0
                ? pickWords.none
                : found.length > probes.length
                  ? pickWords.more(count(found.length - probes.length))
                  : ''
            }
            type="search"
            value={q}
            onInput={(event) => setQ(event.currentTarget.value)}
          />
        </div>
      ) : null}
      <div class="scroll tall" tabIndex={0} role="group" aria-label={w.probes}>
        <table>
          <thead>
            <tr>
              <th scope="col">{w.probe}</th>
              <th scope="col" class="narrow-hide">
                {w.heard}
              </th>
              <th scope="col" class="num">
                {mayAdminister() ? <span class="vh">{m.change}</span> : w.admitted}
              </th>
            </tr>
          </thead>
          <tbody>
            {probes.map((probe) => (
              <Row
                key={probe.id}
                probe={probe}
                line={byAp.get(probe.access_point ?? '')}
                open={changing === probe.id}
                setOpen={(open) => setChanging(open ? probe.id : null)}
                does={does}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface RowProps {
  probe: RosterProbe;
  line: Line | undefined;
  open: boolean;
  setOpen: (open: boolean) => void;
  does: Actions;
}
function Row({ probe, line, open, setOpen, does }: RowProps) {
  const { id, access_point, admitted } = probe;
  const heard = line?.row.probe === id ? line.row.last_seen : null;
  return (
    <>
      <tr>
        <th scope="row">
          <span class="mono">{id}</span> {admitted ? null : <span class="tag">{w.revoked}</span>}
          <br />
          <span class="q">{line?.name ?? access_point ?? w.unbound}</span>
        </th>
        <td class="nw narrow-hide">{heard === null ? words.unknown : words.ago(age(serverNow.value - heard))}</td>
        <td class="num">
          {mayAdminister() ? (
            <button class="btn" type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
              {m.change}
              <span class="vh"> {id}</span>
            </button>
          ) : (
            <span class="q">{admitted ? w.admitted : w.revoked}</span>
          )}
        </td>
      </tr>
      {open ? (
        <tr class="opened">
          <td colSpan={3}>
            <Change probe={probe} does={does} onDone={() => setOpen(false)} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

interface ChangeProps {
  probe: RosterProbe;
  does: Actions;
  onDone: () => void;
}

function Change({ probe: { id, access_point, admitted }, does, onDone }: ChangeProps) {
  const others = lines.value.filter(({ ap }) => ap.id !== access_point);
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
          <Pick
            {...{ scope: `move-${id}`, name: 'access_point', label: m.moveTo, hint: m.moveHint }}
            choices={others.map(({ ap, name }) => [ap.id, name])}
          />
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
