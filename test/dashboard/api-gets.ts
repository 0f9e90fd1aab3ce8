/** Why: one address for each route that is asked with GET, besides the streams, for all tests that ask every one of them. */
import { FROM } from './query/month-world.ts';

const RANGE = `from=${FROM}&to=${FROM + 5 * 86_400_000}`;
/** They answer without an end. */
export const STREAMS = ['/live', '/live/tail'];
export const GETS = [
  ...['/access-points', '/access-points/a/test', '/access-points/a/costs', '/alerts', '/alerts/explain?ap=a'],
  ...['/alerts/1', '/alerts/1/escalation', '/alerts/1/notes', '/audit', `/availability?ap=a&${RANGE}`, '/backup'],
  ...['/calendar', '/channels', '/channels/kinds', '/live/delta?since=e-0', '/live/first', '/live/history'],
  ...['/live/snapshot', '/map-layers', '/map-layers/0000000000000000', '/me', '/me/sessions', '/on-call/people'],
  ...['/on-call/policies', `/measurements?probe=p-a&metric=rtt_ms&${RANGE}`, '/on-call/rotations'],
  ...[`/outages?ap=a&${RANGE}`, '/probes', '/push'],
  ...['/probes/p-a', '/probes/p-a/delivery', '/quarantine', '/reports', '/reports/compliance?month=2026-10'],
  ...['/roster', '/rules', '/screens', '/sessions', '/setup', '/silences', '/sites', '/sites/a', '/sites/export'],
  ...['/sites/a/closed-today', '/fleet', '/network', '/probes/p-a/heard'],
  ...['/sites/a/notes', '/me/views', `/devices?ap=a&${RANGE}`],
  ...[`/tests?ap=a&${RANGE}`, `/throughput?by=site&${RANGE}`, `/throughput/series?ap=b&${RANGE}`, '/tokens', '/users'],
];
