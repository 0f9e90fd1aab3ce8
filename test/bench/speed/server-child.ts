/**
 * Why: the real test server with its desk for leases, in a process of the server's namespace. `node server-child.ts [--uplink MBPS] [--host ADDRESS]`;
 * then a question a line, each answered by one line.
 */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import {
  type LeaseDeny,
  type LeaseGrant,
  type LeaseKind,
  type LeaseRequest,
  parseLeaseRelease,
  parseLeaseRequest,
} from '#contract';
import { type Clock, systemClock } from '#lib/clock';
import { createLeases } from '../../../broker/speed/lease.ts';
import { startSpeedServer } from '../../../broker/speed/server.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';

export type ServerQuestion =
  | { /** What the probe tells by MQTT. */ tell: 'lease/request' | 'lease/release'; text: string }
  | { /** A lease for a probe of this name. */ lease: string; kinds: readonly LeaseKind[] }
  | { /** The server's wall clock goes so much further. */ aheadMs: number };
export type LeaseAnswer = { grant: LeaseGrant } | { deny: LeaseDeny };
export type ServerSays =
  | { /** For the probe, by MQTT. */ answer: 'lease/grant' | 'lease/deny' | null; text: string }
  | LeaseAnswer
  | { ok: true };

const NAME = 'lab';
const { values } = parseArgs({
  options: { uplink: { type: 'string', default: '1000' }, host: { type: 'string', default: '0.0.0.0' } },
});
let aheadMs = 0;
const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() + aheadMs };
const tickets = createTickets('a key of the bench', NAME);
const waiting = new Map<string, (answer: LeaseAnswer) => void>();
const leases = createLeases({
  places: [
    {
      ...{ name: NAME, host: null, weight: 1, hearsTests: true, tickets, sick: () => false },
      uplinkMbps: Number(values.uplink),
      port: () => server.port(),
      udpPort: () => server.udpPort(),
    },
  ],
  accessPointOf: () => null,
  answer(_probe, answer) {
    const { id } = 'grant' in answer ? answer.grant : answer.deny;
    waiting.get(id)?.(answer);
    waiting.delete(id);
  },
  freed: (_place, probe, id) => server.withdraw(probe, id),
});
// The peers have no lease: one stranger at a time, as fast as the line goes.
const server = await startSpeedServer({
  ...{ address: { host: values.host, port: 4443 }, tickets, clock, foreign: 1, foreignMbps: 100_000 },
  changed: (event) => leases.heard(NAME, event, clock.wallMs()),
});
setInterval(() => leases.tick(clock.wallMs()), 250);

/** Each test is another probe's: what one probe may ask for in an hour is not what is measured here. */
const probes = new Map<string, string>();
let asked = 0;

function ask(probe: string, request: LeaseRequest): Promise<LeaseAnswer> {
  probes.set(request.id, probe);
  return new Promise((resolve) => {
    waiting.set(request.id, resolve);
    leases.ask(probe, request, clock.wallMs());
  });
}

async function answer(question: ServerQuestion): Promise<ServerSays> {
  asked += 1;
  if ('aheadMs' in question) {
    aheadMs += question.aheadMs;
    return { ok: true };
  }
  if ('lease' in question) {
    const wish = { dir: 'down', reason: 'slot', want_mbps: 36, max_bytes: 2e7 } as const;
    return ask(question.lease, { id: `lease-${asked}`, kinds: question.kinds, ...wish });
  }
  if (question.tell === 'lease/release') {
    const released = parseLeaseRelease(question.text);
    if (released) leases.release(probes.get(released.id) ?? '', released.id, clock.wallMs());
    return { answer: null, text: '' };
  }
  const request = parseLeaseRequest(question.text);
  if (!request) return { answer: null, text: '' };
  const said = await ask(`probe-${asked}`, request);
  return 'grant' in said
    ? { answer: 'lease/grant', text: JSON.stringify(said.grant) }
    : { answer: 'lease/deny', text: JSON.stringify(said.deny) };
}

console.log('{"ready":true}');
for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await answer(JSON.parse(line) as ServerQuestion)));
process.exit(0);
