/** Why: whoever has just connected a probe wants to see, step by step, that the server hears it: shapes of that, and of the network that it joins. */
import type { TestView } from './api.ts';
import type { JobReport } from './control.ts';
import type { ClockSource } from './fleet.ts';

/** What a probe sees of other people's traffic, by its newest test. `part`: hardware forwards some of it uncounted. `own`: nothing but its own. */
export type SeesOthers = 'all' | 'part' | 'own';

/** GET /api/v1/probes/{probe}/heard: how far a probe has come. Null: not yet, or not known; never 0. Times are the server's, ms. */
export interface ProbeHeard {
  probe: string;
  /** The server's clock. */
  at: number;
  access_point: string | null;
  /** Mb/s; null where it watches nothing. */
  target_mbps: number | null;
  /** False when its credential is revoked. */
  admitted: boolean;
  hello: ProbeHello | null;
  clock: ProbeClock | null;
  wan: ProbeWan | null;
  /** What the database holds of the last hour. */
  samples: ProbeSamples | null;
  /** The newest test that somebody asked for, as long as it waits or runs, or when it came to nothing. */
  asked: { state: JobReport['state'] | 'waiting'; at: number; detail: string } | null;
  /** The newest test downwards of the last two days. */
  test: TestView | null;
  /** What the next test will take, and what tests may take in a month; bytes. */
  next_bytes: number;
  limit_bytes: number | null;
}
export interface ProbeHello {
  online: boolean;
  /** Since when it is connected, or away. */
  since: number;
  /** Last sign of life. */
  seen_at: number | null;
  /** Version that it runs. */
  agent: string | null;
  /** Why it does not accept its configuration; null: it does, or has not said. */
  refuses: string | null;
}
export interface ProbeClock {
  /** What set it; null before the first sample. */
  source: ClockSource | null;
  /** How far it is ahead (negative: behind), ms; null while that cannot be told. */
  skew_ms: number | null;
  /** It is at most so far behind, ms: what its quickest frame took counts as lateness. */
  behind_most_ms: number | null;
  /** By the rule *clock*. */
  wrong: boolean;
}
export interface ProbeWan {
  /** Whether the port has a link; null: it knows of no such port. */
  up: boolean | null;
  /** Name of its interface, as the newest test told. */
  name: string | null;
  /** Mb/s since the sample before. */
  rx_mbps: number | null;
  tx_mbps: number | null;
  /** Null before a test that could tell. */
  others: SeesOthers | null;
  at: number;
}
export interface ProbeSamples {
  n: number;
  first_at: number;
  last_at: number;
  rtt_ms: number | null;
  loss_pct: number | null;
  /** Patron devices. */
  clients: number | null;
  cpu_pct: number | null;
}

/** From where something of the server is reached. `machine`: from the server's own machine alone. `off`: it is not there. */
export type Reach = 'network' | 'machine' | 'off';
export interface Door {
  /** Null where it is off. */
  url: string | null;
  reach: Reach;
}
/** GET and PUT /api/v1/network: what holds for all libraries, and by which addresses the server is reached. */
export interface NetworkView {
  /** Target of an access point that is given none, Mb/s. */
  target_mbps: number;
  access_points: number;
  /** How many of them have this target. */
  with_target: number;
  /** The page, where probes deliver, and where they test throughput. */
  page: Door;
  probes: Door;
  tests: Door;
  /** Everybody may see how the internet of each library is. */
  public_status: boolean;
  /** What tests may take in a month, MB: usually, and on a metered line. */
  budget_mb: { usual: number; metered: number };
}
