/** Why: the second step of setting up, and the same for the hundredth probe: a library, its one command, and beside it what the server hears. */
import { useState } from 'preact/hooks';
import type { NetworkView, ProbeCredential, Site } from '#contract';
import { ApiError, post } from '../api.ts';
import { megabytes } from '../format.ts';
import { Refusal } from '../parts/answers.tsx';
import { Command } from '../parts/copy.tsx';
import { textsOf } from '../parts/field.tsx';
import { Heard } from '../parts/heard.tsx';
import { Panel } from '../parts/marks.tsx';
import { NEW_SITE_FIELDS, NewSiteFields } from '../parts/new-site-fields.tsx';
import { ProbeFields } from '../parts/probe-fields.tsx';
import { siteBodyOf } from '../parts/site-fields.tsx';
import { go, hrefOf, siteHref } from '../router.ts';
import { refreshRoster, roster, siteOf } from '../store.ts';
import { firstUnwatched } from '../unwatched.ts';
import { settingsWords } from '../words-settings.ts';
import { startWords } from '../words-start.ts';

const w = startWords.probe;

interface StartProbeProps {
  /** The one that was made; null: none yet. */
  probe: string | null;
  /** Null: a new library. */
  ap: string | null;
  network: NetworkView | null;
}

export function StartProbe({ probe, ap, network }: StartProbeProps) {
  const [error, setError] = useState<ApiError | null>(null);
  // Shown once: it is in no address and in no store, and gone when the page is.
  const [made, setMade] = useState<ProbeCredential | null>(null);
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      setError(null);
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
  };
  const make = async (id: string, access_point: string) => {
    setMade(await post<ProbeCredential>('/probes', { id, access_point }));
    await refreshRoster();
    go(hrefOf('/start', { step: 2, probe: id }), 'replace');
  };
  /** A library that was added stays, whatever becomes of its probe. */
  const addSite = async (form: HTMLFormElement) => {
    const { id } = await post<Site>('/sites', siteBodyOf(form));
    await refreshRoster();
    go(hrefOf('/start', { step: 2, ap: id }), 'replace');
    await make(id, id);
  };
  const addProbe = (form: HTMLFormElement) => {
    const { id = '', access_point = '' } = textsOf(form);
    return make(id, access_point);
  };
  const renew = async (id: string) =>
    setMade(await post<ProbeCredential>(`/probes/${encodeURIComponent(id)}/credential`));
  return (
    <div class="grid setup-grid">
      <Panel title={w.library} id="h-library" end={<a href="/settings#import">{w.import}</a>}>
        <Unreached network={network} />
        {probe === null ? (
          <Questions
            ap={ap}
            error={error}
            network={network}
            work={(form) => attempt(() => (ap === null ? addSite : addProbe)(form))}
          />
        ) : (
          <Made
            probe={probe}
            made={made?.id === probe ? made : null}
            error={error}
            renew={() => attempt(() => renew(probe))}
          />
        )}
      </Panel>
      <Heard key={probe} probe={probe} network={network} target={network?.target_mbps ?? null} />
    </div>
  );
}

/** Before the command is carried to a library, and not after. */
const Unreached = ({ network }: { network: NetworkView | null }) =>
  network && [network.page, network.probes].some(({ reach }) => reach !== 'network') ? (
    <div class="pad">
      <div class="note">
        <span>
          <b>{w.unreached}</b> <a href={hrefOf('/start', { step: 1 })}>{w.unreachedDo}</a>
        </span>
      </div>
    </div>
  ) : null;

interface QuestionsProps {
  ap: string | null;
  error: ApiError | null;
  network: NetworkView | null;
  work: (form: HTMLFormElement) => Promise<void>;
}
function Questions({ ap, error, network, work }: QuestionsProps) {
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    setBusy(true);
    await work(form);
    setBusy(false);
  };
  const known = firstUnwatched() ?? roster.value?.access_points[0]?.id;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit(event.currentTarget);
      }}
    >
      <div class="pad fields">
        {known ? <Which ap={ap} first={known} /> : null}
        <div class="all">
          <Refusal error={error} known={ap === null ? NEW_SITE_FIELDS : ['id', 'access_point']} />
        </div>
        {ap === null ? (
          <>
            <NewSiteFields scope="start" error={error} />
            {network ? <Budget network={network} /> : null}
          </>
        ) : (
          <ProbeFields key={ap} scope="start" error={error} first={ap} />
        )}
      </div>
      <div class="foot-acts">
        <a class="btn bare" href={hrefOf('/start', { step: 1 })}>
          {startWords.back}
        </a>
        <span class="end q">{startWords.changeable}</span>
        <button class="btn go" type="submit" disabled={busy}>
          {w.make}
        </button>
      </div>
    </form>
  );
}

const Budget = ({ network: { budget_mb } }: { network: NetworkView }) => (
  <p class="q all">{w.budget(megabytes(budget_mb.usual), megabytes(budget_mb.metered))}</p>
);

function Which({ ap, first }: { ap: string | null; first: string }) {
  const link = (on: boolean, text: string, values: Record<string, string | number>) => (
    <a href={hrefOf('/start', { step: 2, ...values })} {...(on ? { 'aria-current': 'true' as const } : {})}>
      {text}
    </a>
  );
  return (
    <nav class="tabs all" aria-label={w.which}>
      {link(ap === null, w.fresh, {})}
      {link(ap !== null, w.known, { ap: ap ?? first })}
    </nav>
  );
}

interface MadeProps {
  probe: string;
  made: ProbeCredential | null;
  error: ApiError | null;
  renew: () => Promise<void>;
}
function Made({ probe, made, error, renew }: MadeProps) {
  const watches = roster.value?.probes.find(({ id }) => id === probe)?.access_point;
  const ap = roster.value?.access_points.find(({ id }) => id === watches);
  const name = ap && siteOf(ap.site)?.name;
  return (
    <>
      <div class="pad fields one">
        <Refusal error={error} />
        <p>
          {name ? <a href={siteHref(ap.site, ap.id)}>{name}</a> : null} <span class="mono q">{probe}</span>
        </p>
        {made ? (
          <>
            <Command label={settingsWords.run} text={made.command} />
            <p class="q">
              {w.needs} {w.holds}
            </p>
          </>
        ) : (
          <>
            <p class="q">{w.gone}</p>
            <div class="acts">
              <button
                class="btn"
                type="button"
                onClick={() => {
                  if (confirm(w.againSure(probe))) void renew();
                }}
              >
                {w.again}
              </button>
            </div>
          </>
        )}
      </div>
      <div class="foot-acts">
        <a class="btn bare" href={hrefOf('/start', { step: 2 })}>
          {w.another}
        </a>
        <span class="end" />
        <a class="btn go" href={hrefOf('/start', { step: 3 })}>
          {startWords.go}
        </a>
      </div>
    </>
  );
}
