/**
 * Why: the desk at which probes ask for tests. Chooses the server, has its queue book the pace, and writes what is granted into a ticket.
 * Answers go out by `answer`, at once or within 4 s; nothing here waits for I/O.
 */
import {
  DENIALS,
  type Denial,
  type LeaseDeny,
  type LeaseGrant,
  type LeaseKind,
  type LeaseRequest,
  NDT7,
} from '../contract/index.ts';
import { choosePlace, type Place } from './places.ts';
import { createQueue, type Queue, type QueueAnswer } from './queue.ts';

export interface Leases {
  ask(probe: string, request: LeaseRequest, nowMs: number): void;
  /** The probe is done with it. */
  release(probe: string, id: string, nowMs: number): void;
  /** A test server of this process tells what becomes of a lease. */
  heard(place: string, event: { probe: string; id: string; state: 'begun' | 'idle' }, nowMs: number): void;
  /** To be called four times a second. */
  tick(nowMs: number): void;
  stats(nowMs: number): PlaceStats[];
  /** A lease of this process's own, for a control measurement: now or not at all. To be released. */
  control(place: string, wish: { paceMbps: number; maxBytes: number }, nowMs: number): LeaseGrant | null;
}
export interface PlaceStats {
  name: string;
  sick: boolean;
  bookedMbps: number;
  /** The most that was ever booked, Mb/s. */
  peakMbps: number;
  /** 80 % of the uplink. */
  capacityMbps: number;
  waiting: number;
  granted: number;
  denied: Readonly<Record<Denial, number>>;
}
export interface LeasesDeps {
  places: readonly Place[];
  /** The access point that this probe stands at now; its own id stands for one where there is none. */
  accessPointOf(probe: string, nowMs: number): string | null;
  /** False: tests are switched off for it (a budget of 0). */
  mayTest?(probe: string): boolean;
  answer(probe: string, answer: { grant: LeaseGrant } | { deny: LeaseDeny }): void;
  /** Nothing may begin under this lease any more. */
  freed?(place: string, probe: string, id: string): void;
  random?(): number;
}

/** A test must never measure the server's own line. */
const SHARE = 0.8;
/** More than any ladder of tests asks for; a stolen probe can burn no more. */
const GRANTS_PER_HOUR = 30;
const HOUR_MS = 3_600_000;
const UDP_MS = 4000;
/** What a token takes, and no id of a probe has. */
const CONTROL = 'control_';
/** A paced test of 10 s at 32 Mb/s. */
const PACED_BYTES = 40_000_000;
/** An unpaced test of 10 s at 100 Mb/s. */
const FULL_BYTES = 125_000_000;
/** One unpaced test takes half of the server at most, but this much in any case, Mb/s. */
const FULL_MBPS = 100;

interface Desk {
  place: Place;
  queue: Queue;
  capacityMbps: number;
  peakMbps: number;
  granted: number;
  denied: Record<Denial, number>;
}

export function createLeases(deps: LeasesDeps): Leases {
  const { places, answer, accessPointOf, mayTest = () => true } = deps;
  const wishes = new Map<string, { request: LeaseRequest; alternative: Place | null }>();
  const grants = new Map<string, number[]>();
  let tidiedMs = 0;
  const desks = new Map<string, Desk>(places.map((place) => [place.name, deskOf(place)]));

  function deskOf(place: Place): Desk {
    const capacityMbps = place.uplinkMbps * SHARE;
    const queue = createQueue({
      capacityMbps,
      hearsTests: place.hearsTests,
      ...(deps.random ? { random: deps.random } : {}),
      freed: ({ probe, id }) => deps.freed?.(place.name, probe, id),
      heldElsewhere: (accessPoint) =>
        [...desks.values()].some((desk) => desk.place !== place && desk.queue.holds(accessPoint)),
    });
    const denied = Object.fromEntries(DENIALS.map((why) => [why, 0])) as Record<Denial, number>;
    return { place, queue, capacityMbps, peakMbps: 0, granted: 0, denied };
  }

  function deny(probe: string, id: string, why: Denial, retryMs: number, nowMs: number, desk?: Desk): void {
    if (desk) desk.denied[why] += 1;
    answer(probe, { deny: { id, why, retry_after_s: Math.round(retryMs) / 1000, now: nowMs } });
  }

  function tell(desk: Desk, answers: readonly QueueAnswer[], nowMs: number): void {
    for (const { request: booked, ...one } of answers) {
      const name = `${booked.probe}/${booked.id}`;
      const wish = wishes.get(name);
      wishes.delete(name);
      if (!wish) continue;
      if (!one.granted) deny(booked.probe, booked.id, one.why, one.retryMs, nowMs, desk);
      else {
        desk.granted += 1;
        noteGrant(booked.probe, nowMs);
        const grant = grantOf(desk.place, booked, one, wish);
        answer(booked.probe, { grant: { ...grant, now: nowMs } });
      }
    }
    desk.peakMbps = Math.max(desk.peakMbps, desk.queue.bookedMbps(nowMs));
  }

  function noteGrant(probe: string, nowMs: number): void {
    grants.set(probe, [...newest(probe, nowMs), nowMs]);
  }
  const newest = (probe: string, nowMs: number): number[] =>
    (grants.get(probe) ?? []).filter((ms) => ms > nowMs - HOUR_MS);

  return {
    ask(probe, request, nowMs) {
      const accessPoint = accessPointOf(probe, nowMs) ?? probe;
      const confirming = request.reason === 'confirm';
      const chosen = choosePlace(places, { accessPoint, avoid: request.avoid ?? null, confirming });
      const desk = chosen && desks.get(chosen.place.name);
      if (!chosen || !desk) return deny(probe, request.id, 'maintenance', HOUR_MS, nowMs);
      const [oldest, ...others] = newest(probe, nowMs);
      if (!mayTest(probe)) return deny(probe, request.id, 'budget', HOUR_MS, nowMs, desk);
      if (oldest !== undefined && others.length + 1 >= GRANTS_PER_HOUR)
        return deny(probe, request.id, 'budget', oldest + HOUR_MS - nowMs, nowMs, desk);
      wishes.set(`${probe}/${request.id}`, { request, alternative: chosen.alternative });
      const booking = {
        id: request.id,
        probe,
        accessPoint,
        paceMbps: paceOf(request, desk.capacityMbps),
        maxMs: longestMs(request.kinds),
        reason: request.reason,
      };
      // It may have asked another server before: a probe holds one lease.
      for (const other of desks.values()) if (other !== desk) tell(other, other.queue.leave(probe, nowMs), nowMs);
      tell(desk, desk.queue.ask(booking, nowMs), nowMs);
    },
    release(probe, id, nowMs) {
      wishes.delete(`${probe}/${id}`);
      for (const desk of desks.values()) tell(desk, desk.queue.release(probe, id, nowMs), nowMs);
    },
    heard(place, { probe, id, state }, nowMs) {
      desks.get(place)?.queue[state](probe, id, nowMs);
    },
    tick(nowMs) {
      for (const desk of desks.values()) if (desk.queue.busy()) tell(desk, desk.queue.tick(nowMs), nowMs);
      if (nowMs - tidiedMs < HOUR_MS) return;
      tidiedMs = nowMs;
      for (const probe of grants.keys()) if (newest(probe, nowMs).length === 0) grants.delete(probe);
    },
    control(name, { paceMbps, maxBytes }, nowMs) {
      const desk = desks.get(name);
      if (!desk) return null;
      const probe = `${CONTROL}${name}`;
      const id = `c${nowMs.toString(36)}`;
      const kinds = ['udp'] as const;
      const request = { id, kinds, dir: 'down', want_mbps: paceMbps, max_bytes: maxBytes, reason: 'audit' } as const;
      const booking = { id, probe, accessPoint: probe, paceMbps, maxMs: longestMs(kinds), reason: request.reason };
      const answers = desk.queue.ask(booking, nowMs);
      const mine = answers.find((one) => one.request.id === id && one.granted);
      tell(
        desk,
        answers.filter((one) => one !== mine),
        nowMs,
      );
      if (!mine?.granted) tell(desk, desk.queue.leave(probe, nowMs), nowMs);
      return mine?.granted ? grantOf(desk.place, mine.request, mine, { request, alternative: null }) : null;
    },
    stats: (nowMs) =>
      [...desks.values()].map(({ place, queue, ...desk }) => ({
        name: place.name,
        sick: place.sick(),
        bookedMbps: queue.bookedMbps(nowMs),
        waiting: queue.waiting(),
        ...desk,
      })),
  };
}

function grantOf(
  place: Place,
  booked: QueueAnswer['request'],
  { notBeforeMs, expiresMs }: { notBeforeMs: number; expiresMs: number },
  { request, alternative }: { request: LeaseRequest; alternative: Place | null },
): LeaseGrant {
  const { id, probe, paceMbps, maxMs } = booked;
  const { kinds, dir } = request;
  const maxBytes = Math.min(request.max_bytes, kinds.includes('full') ? FULL_BYTES : PACED_BYTES);
  const ticket = { id, probe, kinds, dir, paceMbps, maxBytes, maxMs, notBefore: notBeforeMs, expires: expiresMs };
  return {
    id,
    ...place.tickets.issue(ticket),
    host: place.host,
    port: place.port(),
    udp_port: place.udpPort(),
    kinds,
    dir,
    max_bytes: maxBytes,
    max_ms: maxMs,
    not_before: notBeforeMs,
    expires: expiresMs,
    server: place.name,
    alternative: alternative?.name ?? null,
    pace_mbps: paceMbps,
  };
}

function paceOf({ kinds, want_mbps }: LeaseRequest, capacityMbps: number): number {
  const most = kinds.includes('full') ? Math.max(FULL_MBPS, capacityMbps / 2) : capacityMbps;
  return Math.min(want_mbps, most, capacityMbps);
}

/** A paced UDP test has decided long before; TCP needs its time on long ways. */
function longestMs(kinds: readonly LeaseKind[]): number {
  return kinds.every((kind) => kind === 'udp') ? UDP_MS : NDT7.testMs;
}
