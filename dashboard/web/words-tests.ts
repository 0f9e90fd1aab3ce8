/** Why: the words of a test with its evidence, as the page of a site and an incident show it. */
import type { LimitedBy, TestMethod, TestReason } from '#contract';

const en = {
  columns: {
    time: 'Time',
    verdict: 'Verdict',
    down: 'Down',
    others: 'Others',
    method: 'Method',
    cost: 'Cost',
    note: 'Note',
  },
  method: { passive: 'Passive', udp: 'UDP', tcp: 'TCP', 'tcp-full': 'TCP, full' } satisfies Record<TestMethod, string>,
  reason: { slot: '', confirm: 'confirms', recovery: 'recovery', manual: 'asked for', audit: 'audit' } satisfies Record<
    TestReason,
    string
  >,
  limit: {
    cpu: 'the probe’s processor was the limit',
    nic: 'the probe’s port was the limit',
    wifi: 'the probe is on Wi-Fi',
    server: 'the test server was the limit',
    budget: 'the data budget is used up',
    cross_traffic: 'others used the line',
    route: 'this machine is the test server',
    aborted: 'the test was stopped',
    unreachable: 'the test server was not reached',
    time: 'the line was still getting faster when the test ended',
  } satisfies Record<LimitedBy, string>,
  marginal: 'close to the target',
  upload: 'upload',
  offHours: 'outside opening hours',
  burstShaped: 'faster at first than for long',
  loss: (share: string) => `${share} lost`,
  loaded: (idle: string, loaded: string) => `round trip ${idle}, under load ${loaded}`,
};

export type TestWords = typeof en;
export const testWords: TestWords = en;
