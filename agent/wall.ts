/**
 * Why: a probe without a battery starts in 1970, and any probe's clock may jump by years. Everything here counts in monotonic
 * time; this file knows how that maps to the wall, whether the wall may be trusted, and says when it stepped.
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#lib/clock';
import { RELEASED_MS } from './version.ts';

/** 0 unknown, 1 synchronised, 2 corrected by the server's time. */
export type Sync = 0 | 1 | 2;
export interface WallEvents {
  /** The wall clock jumped by so much against the monotonic one. */
  stepped(stepMs: number): void;
  /** Trust came or went. */
  syncChanged(sync: Sync): void;
}

export interface WallClock extends Clock {
  /** Stands for the kernel's boot id: the domain of `monoMs`. */
  readonly boot: string;
  sync(): Sync;
  /** Wall minus monotonic: the wall time of a monotonic moment is `mono + offsetMs()`. */
  offsetMs(): number;
  /** The server told its time, live: holds until the system's own clock is trusted. */
  correct(serverMs: number): void;
  /** Looks for a step or new trust now; a step, and trust while there is none, is also looked for every 10 s. */
  check(): void;
  listen(events: WallEvents): void;
  start(): void;
  stop(): void;
}

/** NTP slews by at most 0.5 ms/s; 2 s within a check can only be a step. */
const STEP_MS = 2000;
const CHECK_EVERY_MS = 10_000;

export function createWallClock(deps: {
  clock: Clock;
  root: string;
  trust: 'auto' | 'trusted' | 'untrusted';
}): WallClock {
  const { clock, root, trust } = deps;
  const listeners: WallEvents[] = [];
  let rawOffset = clock.wallMs() - clock.monoMs();
  let corrected: number | null = null;
  let sync = judge();
  let timer: NodeJS.Timeout | undefined;

  function isTrusted(): boolean {
    const wallMs = clock.wallMs();
    if (trust !== 'auto') return trust === 'trusted' && wallMs >= RELEASED_MS; // ten files that need not be looked at
    return judgeClock(readClockFacts(root, wallMs, clock.monoMs()));
  }
  function judge(): Sync {
    return isTrusted() ? 1 : corrected === null ? 0 : 2;
  }
  function settle(): void {
    const before = sync;
    sync = judge();
    if (sync !== before) for (const listener of listeners) listener.syncChanged(sync);
  }
  const offsetMs = (): number => (sync === 2 && corrected !== null ? corrected : clock.wallMs() - clock.monoMs());
  /** Trust that stands is looked at with the samples, not with each beat of the timer. */
  function beat(): void {
    const offset = clock.wallMs() - clock.monoMs();
    if (sync !== 1 || isStep(offset - rawOffset)) check();
    else rawOffset = offset;
  }
  function check(): void {
    const offset = clock.wallMs() - clock.monoMs();
    const step = offset - rawOffset;
    rawOffset = offset;
    settle();
    // A corrected clock does not follow the system's wall, so its steps are none of ours.
    if (isStep(step) && sync !== 2) for (const listener of listeners) listener.stepped(Math.round(step));
  }
  return {
    boot: readBootId(root),
    monoMs: () => clock.monoMs(),
    wallMs: () => clock.monoMs() + offsetMs(),
    offsetMs,
    sync: () => sync,
    correct(serverMs) {
      if (sync === 1) return;
      corrected = serverMs - clock.monoMs();
      settle();
    },
    check,
    listen: (events) => void listeners.push(events),
    start() {
      timer = setInterval(beat, CHECK_EVERY_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}

function isStep(ms: number): boolean {
  return Math.abs(ms) > STEP_MS;
}

function readBootId(root: string): string {
  const id = textOf(join(root, 'proc/sys/kernel/random/boot_id'))?.trim();
  // 66 bits of it travel with each frame; without one (not Linux) each start is its own clock domain.
  return (id ? createHash('sha256').update(id).digest('base64url') : randomBytes(9).toString('base64url')).slice(0, 11);
}

export interface ClockFacts {
  wallMs: number;
  /** Something says that the clock was set from the network since boot. */
  evidence: boolean;
  /** A program that would leave such evidence runs here. */
  mechanism: boolean;
  /** A clock with a battery. */
  rtc: boolean;
}

/** May the wall clock be believed? Evidence counts most; where none can exist (a container), a plausible time must do. */
export function judgeClock(facts: ClockFacts): boolean {
  if (facts.wallMs < RELEASED_MS) return false;
  if (facts.evidence) return true;
  return facts.rtc || !facts.mechanism;
}

/** systemd-timesyncd touches it; our hotplug script on OpenWrt makes it at `stratum` and `step`. /var/run is memory: gone at boot. */
const SYNC_MARKERS = ['run/systemd/timesync/synchronized', 'var/run/carrel/ntp-synced', 'tmp/carrel-ntp-synced'];
/** Written now and then once the daemon is in sync; these survive a reboot, so only a fresh one tells. */
const DRIFT_FILES = [
  'var/lib/chrony/drift',
  'var/lib/chrony/chrony.drift',
  'var/lib/ntp/ntp.drift',
  'var/lib/ntpsec/ntp.drift',
];
const MECHANISMS = ['run/systemd/timesync', 'run/chrony', 'etc/openwrt_release'];

export function readClockFacts(root: string, wallMs: number, monoMs: number): ClockFacts {
  const bootedMs = wallMs - monoMs;
  const modified = (path: string): number | undefined => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs;
  const fresh = (path: string): boolean => (modified(path) ?? 0) > Math.max(bootedMs, RELEASED_MS);
  return {
    wallMs,
    evidence: SYNC_MARKERS.some((path) => modified(path) !== undefined) || DRIFT_FILES.some(fresh),
    mechanism: MECHANISMS.some((path) => modified(path) !== undefined),
    rtc: modified('sys/class/rtc/rtc0') !== undefined,
  };
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
