/** Why: channels, people, a rotation with a hole and a policy, as the server would answer, for the settings page. */
import type { FastifyInstance } from 'fastify';
import type { Callee, ChannelTestResult, ChannelView, PolicyView, RotationView } from '#contract';
import { channelKinds } from '../../dashboard/notify/channels.ts';

const HOUR = 3_600_000;

export function serveTelling(app: FastifyInstance, now: () => number): void {
  const base = { config: {}, lang: 'en', enabled: true, error: null, waiting: 0 } as const;
  const channels: ChannelView[] = [
    {
      ...base,
      id: null,
      route: 'settings:email:oncall@example.org',
      name: 'oncall@example.org',
      kind: 'email',
      secrets: [],
      gets: ['page', 'ticket', 'digest'],
      ok_at: now() - HOUR,
      failed_at: null,
      failing_since: null,
    },
    {
      ...base,
      id: 1,
      route: 'channel:1',
      name: 'Night room',
      kind: 'slack',
      secrets: ['url'],
      gets: ['page'],
      ok_at: null,
      failed_at: now() - HOUR,
      failing_since: now() - 2 * HOUR,
      error: 'the receiver answered 404: no_service',
      waiting: 3,
    },
    {
      ...base,
      id: 2,
      route: 'channel:2',
      name: 'Bot',
      kind: 'telegram',
      secrets: ['token'],
      gets: [],
      ok_at: null,
      failed_at: null,
      failing_since: null,
    },
  ];
  const people: Callee[] = [
    {
      user: 'ona',
      lang: 'lt',
      zone: 'Europe/Vilnius',
      quiet: { from: 1320, to: 420 },
      contacts: [{ id: 1, channel: 2, address: '101' }],
    },
    { user: 'jonas', lang: 'en', zone: 'UTC', quiet: null, contacts: [] },
  ];
  const rotations: RotationView[] = [
    {
      id: 1,
      name: 'Utena',
      zone: 'Europe/Vilnius',
      members: ['ona', 'jonas'],
      days: 7,
      start_day: 20_000,
      handover: 540,
      hours: null,
      hours_text: null,
      overrides: [],
      shifts: [
        { user: 'ona', from: now(), to: now() + 24 * HOUR },
        { user: 'jonas', from: now() + 24 * HOUR, to: now() + 48 * HOUR },
      ],
      gaps: [{ from: now() + 24 * HOUR, to: now() + 48 * HOUR, why: 'jonas has no way to be reached' }],
    },
  ];
  const policies: PolicyView[] = [
    {
      id: 1,
      name: 'At night',
      severities: ['page'],
      working: null,
      working_text: null,
      steps: [
        { do: 'notify', rotation: 1 },
        { do: 'wait', minutes: 15 },
        { do: 'notify', person: 'jonas' },
      ],
    },
  ];
  app.get('/api/v1/alerts/:id/notes', () => ({
    items: [{ id: 1, at: now() - HOUR, by: 'ona', text: 'Called the provider.' }],
    next: null,
  }));
  app.get('/api/v1/alerts/:id/escalation', (_request, reply) => reply.code(204).send());
  app.get('/api/v1/channels', () => ({ items: channels, next: null }));
  app.get('/api/v1/channels/kinds', () => ({ items: channelKinds(), next: null }));
  app.post('/api/v1/channels/test', (): ChannelTestResult => ({ ok: true, error: null, ms: 42 }));
  app.post('/api/v1/channels', (_request, reply) => reply.code(201).send(channels[1]));
  app.get('/api/v1/on-call/people', () => ({ items: people, next: null }));
  app.put('/api/v1/channels/:id', () => channels[1]);
  app.put('/api/v1/on-call/rotations/:id', () => rotations[0]);
  app.put('/api/v1/on-call/policies/:id', () => policies[0]);
  app.put('/api/v1/on-call/people/:user', () => people[0]);
  app.get('/api/v1/on-call/rotations', () => ({ items: rotations, next: null }));
  app.get('/api/v1/on-call/policies', () => ({ items: policies, next: null }));
  app.post('/api/v1/on-call/policies', (_request, reply) => reply.code(201).send(policies[0]));
}
