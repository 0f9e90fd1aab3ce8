/**
 * Why: which of a thousand probes need a hand, and why. What they should do, what they last said, who is connected and what their frames told
 * are put together, and each is judged by what the alerts judge it by.
 */
import { setImmediate } from 'node:timers/promises';
import { PROBE_TROUBLES, type ProbeFleet, type ProbeTrouble } from '#contract';
import type { Told } from '#state';
import { olderThan } from '../alert/conditions.ts';
import type { AlertEngine, DashboardDeps, Heard } from '../deps.ts';

type ProbeFleetDeps = Pick<DashboardDeps, 'state' | 'broker' | 'alerts' | 'live' | 'clock' | 'agentVersion'>;

/** So much of measuring waits on a probe that its line or this server must have been away. */
const WAITING_S = 3600;
/** Reading 20,000 takes a fifth of a second: whoever asks within this time is answered with the same. */
const KEPT_MS = 10_000;
/** Read in one go; the gate and the live view have their turn between. */
const AT_ONCE = 500;

interface KnownProbe {
  told: Told;
  online: boolean;
  seenAt: number | null;
  version: string | null;
  heard: Heard | null;
  skew: ReturnType<NonNullable<AlertEngine['clockOf']>>;
  waitingS: number | null;
  /** Of this month. */
  budget: NonNullable<Told['reported']>['budget'] | null;
}

/** The answer for who sees the access points that `sees` lets through; null: all, also probes that watch nothing. */
export function createProbeFleet(
  deps: ProbeFleetDeps,
): (sees: ((ap: string) => boolean) | null) => Promise<ProbeFleet> {
  let kept: { at: number; probes: Promise<readonly KnownProbe[]> } | null = null;
  const read = (at: number): NonNullable<typeof kept> => {
    const probes = knownProbes(deps, at);
    probes.catch(() => {
      if (kept?.probes === probes) kept = null; // who asks next may be luckier
    });
    return { at, probes };
  };
  return async (sees) => {
    const now = deps.clock.wallMs();
    if (!kept || now - kept.at >= KEPT_MS || now < kept.at) kept = read(now);
    const { at, probes } = kept;
    const seen = (await probes).filter(({ told: { access_point: ap } }) => sees === null || (ap !== null && sees(ap)));
    return columnsOf(seen, at, deps.agentVersion ?? null);
  };
}

async function knownProbes(deps: ProbeFleetDeps, now: number): Promise<KnownProbe[]> {
  const known: KnownProbe[] = [];
  for (let last = ''; ; await setImmediate()) {
    const told = deps.state.registry.told(last, AT_ONCE);
    known.push(...probesOf(told, deps, now));
    if (told.length < AT_ONCE) return known;
    last = told.at(-1)?.probe ?? '';
  }
}

function probesOf(some: readonly Told[], { broker, alerts, live }: ProbeFleetDeps, now: number): KnownProbe[] {
  const present = broker.presence();
  const month = monthOf(now);
  return some.map((told) => {
    const { reported, frame_s } = told;
    const presence = present.get(told.probe);
    const heard = live.heard(told.probe);
    const signs = [presence?.lastSeen, heard?.sampleAt, reported?.at].filter((at) => at != null);
    const waiting = heard?.waiting ?? null;
    return {
      told,
      heard,
      online: presence?.online ?? false,
      seenAt: signs.length > 0 ? Math.max(...signs) : null,
      version: presence?.state?.agent || reported?.agent || null,
      skew: alerts.clockOf?.(told.probe) ?? null,
      waitingS: waiting === null || frame_s === null ? null : waiting * frame_s,
      budget: reported?.budget?.month === month ? reported.budget : null,
    };
  });
}

/** By the rules of each: pure. */
export function troublesOf(probe: KnownProbe, agent: string | null): ProbeTrouble[] {
  const { told, online, seenAt, version, heard, skew, waitingS, budget } = probe;
  const { wanted, reported } = told;
  if (seenAt === null) return ['never'];
  const has: Record<ProbeTrouble, boolean> = {
    away: !online,
    clock: heard?.clock === 0 || skew?.wrong === true,
    refused: reported?.ok === false,
    waiting: waitingS !== null && waitingS >= WAITING_S,
    data: budget?.state === 'month_spent',
    config: wanted !== null && reported?.version !== wanted,
    outdated: agent !== null && version !== null && olderThan(version, agent),
    never: false,
  };
  return PROBE_TROUBLES.filter((trouble) => has[trouble]);
}

function columnsOf(probes: readonly KnownProbe[], at: number, agent: string | null): ProbeFleet {
  const words = new Map<string, number>();
  const wordOf = (text: string | null): number | null => {
    if (text === null) return null;
    const place = words.get(text) ?? words.size;
    words.set(text, place);
    return place;
  };
  const columns = {
    id: probes.map(({ told }) => told.probe),
    access_point: probes.map(({ told }) => (told.access_point === told.probe ? (0 as const) : told.access_point)),
    troubles: probes.map((probe) => bitsOf(troublesOf(probe, agent))),
    online: probes.map(({ online }) => Number(online)),
    seen: probes.map(({ seenAt }) => (seenAt === null ? null : Math.max(0, Math.floor((at - seenAt) / 1000)))),
    version: probes.map(({ version }) => wordOf(version)),
    wanted: probes.map(({ told }) => told.wanted),
    reported: probes.map(({ told }) => told.reported?.version ?? null),
    error: probes.map(({ told: { reported } }) => (reported?.ok === false ? wordOf(reported.error) : null)),
    clock: probes.map(({ heard }) => heard?.clock ?? null),
    skew_ms: probes.map(({ skew }) => (skew === null ? null : Math.round(skew.skew_ms))),
    waiting: probes.map(({ heard }) => heard?.waiting ?? null),
    waiting_s: probes.map(({ waitingS }) => waitingS),
    spent_bytes: probes.map(({ budget }) => budget?.spent_bytes ?? null),
    limit_bytes: probes.map(({ budget }) => budget?.limit_bytes ?? null),
  };
  return { at, agent, month: monthOf(at), words: [...words.keys()], ...columns };
}

const bitsOf = (troubles: readonly ProbeTrouble[]): number =>
  troubles.reduce((bits, trouble) => bits | (1 << PROBE_TROUBLES.indexOf(trouble)), 0);

/** As the probes keep account: of UTC. */
const monthOf = (now: number): string => new Date(now).toISOString().slice(0, 7);
