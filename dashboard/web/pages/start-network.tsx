/** Why: the first step of setting up: the one number that holds for all libraries, and from where this server is reached. */
import type { NetworkView, Reach } from '#contract';
import { useActing } from '../acting.ts';
import { ask } from '../api.ts';
import { count, megabytes } from '../format.ts';
import type { Loaded } from '../load.ts';
import { Failed, Refusal, Waiting } from '../parts/answers.tsx';
import { Check } from '../parts/checks.tsx';
import { Command } from '../parts/copy.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { Panel } from '../parts/marks.tsx';
import { numberOf } from '../parts/site-fields.tsx';
import { go, hrefOf } from '../router.ts';
import { refreshRoster } from '../store.ts';
import { words } from '../words.ts';
import { startWords } from '../words-start.ts';

const w = startWords.network;

export function StartNetwork({ network }: { network: Loaded<NetworkView> }) {
  const { value, problem, again } = network;
  if (value)
    return (
      <div class="grid setup-grid">
        <ForAll network={value} again={again} />
        <Doors network={value} />
      </div>
    );
  return (
    <div class="panel">
      {problem ? <Failed what={w.title} problem={problem} again={again} /> : <Waiting what={words.what.page} />}
    </div>
  );
}

function ForAll({ network, again }: { network: NetworkView; again: () => void }) {
  const { error, act } = useActing(again);
  const { target_mbps: target, budget_mb: budget, public_status, page } = network;
  const save = async (form: HTMLFormElement) => {
    const wanted = numberOf(textsOf(form)['target_mbps'] ?? '');
    const change = async () => {
      await ask('PUT', '/network', { body: { target_mbps: wanted } });
      await refreshRoster();
    };
    if (wanted === target || (await act(change))) go(hrefOf('/start', { step: 2 }));
  };
  return (
    <Panel title={w.all} id="h-all">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save(event.currentTarget);
        }}
      >
        <div class="pad fields one">
          <Refusal error={error} known={['target_mbps']} />
          <Field
            key={target}
            scope="network"
            name="target_mbps"
            label={w.target}
            hint={w.targetHint(count(network.with_target))}
            error={error}
            inputMode="decimal"
            required
            maxLength={10}
            autocomplete="off"
            defaultValue={String(target)}
          />
          <p class="q">{w.budget(megabytes(budget.usual), megabytes(budget.metered))}</p>
          <p class="q">
            {public_status ? w.publicOn : w.publicOff}{' '}
            {public_status ? (
              <a class="mono" href="/status" target="_self">
                {`${page.url ?? ''}/status`}
              </a>
            ) : null}
          </p>
        </div>
        <div class="foot-acts">
          <span class="end q">{startWords.changeable}</span>
          <button class="btn go" type="submit">
            {startWords.go}
          </button>
        </div>
      </form>
    </Panel>
  );
}

const DOORS = ['page', 'probes', 'tests'] as const;
/** What makes each listen for others, and the port where none was chosen. */
const SETTINGS = {
  page: ['CARREL_HTTP', 'http:', '8080'],
  probes: ['CARREL_MQTTS', 'mqtts:', '8883'],
  tests: ['CARREL_SPEED', 'tcp:', '4443'],
} as const;

/** Whoever chose another port keeps it; MQTT without TLS is no port for others. */
function settingOf(door: (typeof DOORS)[number], url: string | null): string {
  const [name, protocol, usual] = SETTINGS[door];
  const own = url !== null && URL.canParse(url) ? new URL(url) : null;
  return `${name}=0.0.0.0:${own?.protocol === protocol && own.port !== '' ? own.port : usual}`;
}
const stateOf = (reach: Reach) => (reach === 'network' ? 'done' : 'wrong');

function Doors({ network }: { network: NetworkView }) {
  const closed = DOORS.filter((door) => network[door].reach !== 'network');
  return (
    <Panel title={w.doors} id="h-doors">
      <ol class="check pad">
        {DOORS.map((door) => {
          const { url, reach } = network[door];
          return (
            <Check key={door} state={stateOf(reach)} title={w[door][reach]}>
              {url === null ? null : <span class="q mono">{url}</span>}
            </Check>
          );
        })}
      </ol>
      {closed.length > 0 ? (
        <div class="pad fields one ruled">
          <Command
            label={w.restart}
            text={[...closed.map((door) => settingOf(door, network[door].url)), 'npm start'].join(' ')}
          />
          <p class="q">{w.restartNote}</p>
        </div>
      ) : null}
    </Panel>
  );
}
