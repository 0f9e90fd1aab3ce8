/** Why: beside the command that connects a probe stands, step by step, what the server hears of it: nobody has to guess whether it worked. */
import { useEffect, useState } from 'preact/hooks';
import type { NetworkView, ProbeHeard } from '#contract';
import { ApiError, post } from '../api.ts';
import { bytes, clockSeconds, viewerZone } from '../format.ts';
import { type HeardLine, heardLines, isHeard } from '../heard-lines.ts';
import { type Loaded, useLoad } from '../load.ts';
import { mayAct } from '../rights.ts';
import { startWords } from '../words-start.ts';
import { Check } from './checks.tsx';
import { Command } from './copy.tsx';
import { Panel } from './marks.tsx';
import { say } from './toast.tsx';

const w = startWords.heard;
/** Between an answer and the next question: while something is awaited, and after. */
const SOON_MS = 2000;
const LATER_MS = 10_000;

/** `probe` null: none yet. `network` null: who looks may not know it. */
export function Heard({
  probe,
  network,
  target,
}: {
  probe: string | null;
  network: NetworkView | null;
  target: number | null;
}) {
  const heard = useHeard(probe);
  const lines = heardLines(heard.value, target);
  return (
    <Panel
      title={w.title}
      id="h-heard"
      end={
        <span class={`live${heard.problem ? ' late' : ''}`} role="status">
          {probe === null ? w.none : heard.problem ? w.deaf : countOf(lines)}
        </span>
      }
    >
      <ol class="check pad">
        {lines.map((line) => (
          <Check
            key={line.of}
            {...line}
            end={line.at === null ? null : <time>{clockSeconds(line.at, viewerZone())}</time>}
          >
            {line.of === 'test' && heard.value ? <Ask heard={heard.value} line={line} again={heard.again} /> : null}
          </Check>
        ))}
      </ol>
      <Nothing network={network} />
    </Panel>
  );
}

function countOf(lines: readonly HeardLine[]): string {
  const n = lines.filter(isHeard).length;
  return n === lines.length ? w.all : n === 0 ? w.listening : `${w.listening}, ${w.count(n, lines.length)}`;
}

/** Asks again when the answer is there, so that a slow line is not asked faster than it answers. */
function useHeard(probe: string | null): Loaded<ProbeHeard> {
  const heard = useLoad<ProbeHeard>(probe === null ? null : `/probes/${encodeURIComponent(probe)}/heard`);
  const { value, problem, again } = heard;
  useEffect(() => {
    if (probe === null || (value === null && problem === null)) return undefined;
    const awaited = problem !== null || !heardLines(value, null).every(isHeard);
    const timer = setTimeout(again, awaited ? SOON_MS : LATER_MS);
    return () => clearTimeout(timer);
  }, [probe, value, problem]);
  return heard;
}

/** A test is asked for here; what it costs is said before. */
function Ask({ heard, line, again }: { heard: ProbeHeard; line: HeardLine; again: () => void }) {
  const [busy, setBusy] = useState(false);
  const { access_point: ap, hello, test } = heard;
  const unsure = test?.verdict === 'inconclusive' && line.state === 'done';
  const open = line.state === 'todo' || line.state === 'wrong' || unsure;
  if (!open || ap === null || hello?.online !== true || !mayAct()) return null;
  const ask = async () => {
    setBusy(true);
    try {
      await post(`/access-points/${encodeURIComponent(ap)}/test`);
      again();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      say(refused.problem.detail);
    }
    setBusy(false);
  };
  return (
    <button class="btn" type="button" disabled={busy} onClick={() => void ask()}>
      {w.test.start} <span class="q">{w.test.startCost(bytes(heard.next_bytes))}</span>
    </button>
  );
}

/** As infra/deploy/install.sh puts the agent. */
const CHECKS = {
  onDebian: 'node /usr/local/lib/carrel/agent.cjs --selftest',
  onOpenWrt: 'node /usr/lib/carrel/agent.cjs --uci --selftest',
} as const;

function Nothing({ network }: { network: NetworkView | null }) {
  return (
    <details class="twin">
      <summary>{w.nothing}</summary>
      <div class="pad fields one">
        {network ? (
          <p class="q">{w.ports(...([network.page, network.probes, network.tests].map(hostOf) as Three))}</p>
        ) : null}
        <p class="q">{w.check}</p>
        <Command label={w.onDebian} text={CHECKS.onDebian} />
        <Command label={w.onOpenWrt} text={CHECKS.onOpenWrt} />
      </div>
    </details>
  );
}

type Three = [string, string, string];
/** Host and port; a scheme says nothing to a firewall. */
function hostOf({ url }: NetworkView['page']): string {
  if (url === null || !URL.canParse(url)) return '–';
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'https:' ? 443 : 80)}`;
}
