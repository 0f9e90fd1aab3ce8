/** Why: whoever has just started Carrel is led to a first site that lives in three steps; the step stands in the address, so that it is there again later. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { NetworkView } from '#contract';
import { mbps } from '../format.ts';
import { useLoad } from '../load.ts';
import { Empty, Waiting } from '../parts/answers.tsx';
import { useTitle } from '../parts/head.tsx';
import { Heard } from '../parts/heard.tsx';
import { Icon } from '../parts/marks.tsx';
import { Toasts } from '../parts/toast.tsx';
import { mayAdminister, mayOperate } from '../rights.ts';
import { hrefOf, place } from '../router.ts';
import { ready, roster } from '../store.ts';
import { words } from '../words.ts';
import { startWords } from '../words-start.ts';
import { StartNetwork } from './start-network.tsx';
import { StartProbe } from './start-probe.tsx';
import { StartTelling } from './start-telling.tsx';

const w = startWords;
const STEPS = ['network', 'probe', 'telling'] as const;
type Step = (typeof STEPS)[number];

export function Start() {
  const { query } = place.value;
  const probe = query.get('probe');
  const step = mayAdminister() ? (STEPS[Number(query.get('step')) - 1] ?? 'network') : 'probe';
  const network = useLoad<NetworkView>(mayOperate() ? '/network' : null);
  const { title, text } = headOf(step);
  useTitle(title);
  useFocusOf(step);
  return (
    <div class="setup">
      <a class="skip" href="#main">
        {words.frame.skip}
      </a>
      <header>
        <a class="brand" href="/">
          <Icon id="logo" />
          {words.product}
        </a>
        <a href="/">{w.later}</a>
      </header>
      <main id="main" class="bare" tabIndex={-1}>
        {mayAdminister() ? <Stepper step={step} target={network.value?.target_mbps ?? null} /> : null}
        <div class="head">
          <div>
            <h1>{title}</h1>
            <p>{text}</p>
          </div>
        </div>
        <Body>
          {!mayAdminister() ? (
            <OnlyLooks probe={probe} network={network.value} />
          ) : step === 'network' ? (
            <StartNetwork network={network} />
          ) : step === 'probe' ? (
            <StartProbe probe={probe} ap={query.get('ap')} network={network.value} />
          ) : (
            <StartTelling />
          )}
        </Body>
        <footer class="pagefoot">
          <a href="/accessibility" target="_self">
            {words.frame.accessibility}
          </a>
        </footer>
      </main>
      <Toasts />
    </div>
  );
}

function headOf(step: Step): { title: string; text: string } {
  if (step !== 'probe') return w[step];
  const probes = roster.value?.probes.filter(({ admitted }) => admitted).length ?? 0;
  // One is this machine's own.
  return { title: probes > 1 ? w.probe.title : w.probe.first, text: w.probe.text };
}

/** A new step is read from its start, as a new page is. */
function useFocusOf(step: Step): void {
  const first = useRef(true);
  useEffect(() => {
    if (!first.current) {
      document.getElementById('main')?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [step]);
}

const Body = ({ children }: { children: ComponentChildren }) =>
  ready.value ? (
    children
  ) : (
    <div class="panel">
      <Waiting what={words.what.page} />
    </div>
  );

function Stepper({ step, target }: { step: Step; target: number | null }) {
  const now = STEPS.indexOf(step);
  const hints: Record<Step, string> = { ...w.hint, network: target === null ? '' : w.hint.network(mbps(target)) };
  return (
    <ol class="stepper" aria-label={w.steps}>
      {STEPS.map((one, i) => (
        <li key={one} class={i < now ? 'done' : ''} {...(i === now ? { 'aria-current': 'step' as const } : {})}>
          <b>{i === now ? w.step[one] : <a href={hrefOf('/start', { step: i + 1 })}>{w.step[one]}</a>}</b>
          {hints[one]}
        </li>
      ))}
    </ol>
  );
}

/** Who may not change anything may still see how a probe comes along. */
const OnlyLooks = ({ probe, network }: { probe: string | null; network: NetworkView | null }) =>
  probe === null ? (
    <div class="panel">
      <Empty title={w.noRight} text={w.noRightText}>
        <a class="btn" href="/">
          {w.toOverview}
        </a>
      </Empty>
    </div>
  ) : (
    <Heard probe={probe} network={network} target={network?.target_mbps ?? null} />
  );
