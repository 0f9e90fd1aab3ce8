/**
 * Why: everything that the API makes, changes and removes, done once on one server, so that each success answer is held against the document.
 * `<id>` in an address or a body is what an answer said last under that name, `<items.0.id>` what it said deeper.
 */
import type { LightMyRequestResponse } from 'fastify';
import { PASSWORD } from '../support/dashboard.ts';
import type { Subscription } from '../support/push-service.ts';
import type { ApiWorld } from './api-world.ts';
import { NOW } from './query/month-world.ts';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
/** Who asks: the program of an administrator unless said; `browser`: an administrator who has signed in, by the step that signs in. */
type Asker = 'program' | 'browser' | 'nobody';
export type Step = readonly [
  method: Method,
  url: string,
  body: object | string | undefined,
  status: number,
  as?: Asker,
];

const square = [
  [24, 55],
  [25, 55],
  [25, 56],
  [24, 56],
  [24, 55],
];
const borders = {
  type: 'Feature',
  properties: { name: 'Utenos r.' },
  geometry: { type: 'Polygon', coordinates: [square] },
};

/** What is made and changed, one after another. */
export const MADE: readonly Step[] = [
  ['POST', '/sites', { id: 'c', name: 'Library c' }, 201],
  ['PUT', '/sites/c', { region: 'east' }, 200],
  ['POST', '/access-points', { id: 'c-2', site: 'c', name: 'Wi-Fi' }, 201],
  ['PUT', '/access-points/c-2', { target_mbps: 50 }, 200],
  ['POST', '/probes', { id: 'p-d', access_point: 'c' }, 201],
  ['POST', '/probes/p-d/credential', undefined, 201],
  ['POST', '/probes/p-d/rebind', { access_point: 'c-2' }, 200],
  ['POST', '/access-points/c-2/test', undefined, 202],
  ['GET', '/access-points/c-2/test', undefined, 200],
  ['DELETE', '/probes/p-d', undefined, 204],
  ['PUT', '/network', { target_mbps: 50 }, 200],
  [
    'POST',
    '/users',
    { name: 'ona', role: 'librarian', password: 'a long enough word', scope: { sites: ['a'], regions: [] } },
    201,
  ],
  ['PUT', '/users/ona', { role: 'viewer' }, 200],
  ['POST', '/tokens', { name: 'reports', role: 'viewer' }, 201],
  ['POST', '/screens', { name: 'Hall' }, 201],
  ['POST', '/silences', { ap: 'a', reason: 'works', until: NOW + 86_400_000 }, 201],
  [
    'POST',
    '/channels',
    { name: 'Room', kind: 'slack', secrets: { url: 'https://hooks.slack.com/services/T0/B0/x' } },
    201,
  ],
  [
    'PUT',
    '/on-call/people/ona',
    { lang: 'lt', zone: 'Europe/Vilnius', quiet: { from: 1320, to: 420 }, contacts: [] },
    200,
  ],
  [
    'POST',
    '/on-call/rotations',
    {
      name: 'Night',
      zone: 'Europe/Vilnius',
      members: ['ona'],
      days: 7,
      start_day: 20_000,
      handover: 540,
      hours: null,
    },
    201,
  ],
  [
    'POST',
    '/on-call/policies',
    {
      name: 'Pages',
      severities: ['page'],
      steps: [
        { do: 'notify', rotation: 1 },
        { do: 'wait', minutes: 15 },
      ],
    },
    201,
  ],
  [
    'PUT',
    '/calendar',
    { entries: [{ site: null, from: '2026-12-31', to: '2026-12-31', reason: 'closed', open: false }] },
    200,
  ],
  ['POST', '/sites/a/closed-today', undefined, 200],
  ['DELETE', '/sites/a/closed-today', undefined, 204],
  ['PUT', '/rules', { all: { 'dark.after_s': 600 } }, 200],
  ['POST', '/sites/import?dry=0', 'id;name\nd;Library d\n', 200],
  ['POST', '/sites/a/notes', { text: 'New switch' }, 201],
  ['POST', '/alerts/1/ack', { hours: 1 }, 200],
  ['POST', '/alerts/1/notes', { text: 'Called the provider' }, 201],
  ['POST', '/alerts/1/resolve', undefined, 200],
  ['POST', '/map-layers', { name: 'Districts', geojson: { type: 'FeatureCollection', features: [borders] } }, 201],
  ['GET', '/map-layers/<id>', undefined, 200],
  ['POST', '/screens', { name: 'Door' }, 201],
  ['POST', '/screens/pair', { code: '<code>' }, 200, 'nobody'],
  ['PUT', '/channels/1', { gets: ['page'] }, 200],
  ['POST', '/channels/test', { route: 'settings:email:oncall@library.example' }, 200],
  ['PUT', '/on-call/rotations/1', { days: 14 }, 200],
  ['POST', '/on-call/rotations/1/overrides', { user: 'ona', from: NOW, to: NOW + 86_400_000 }, 201],
  ['PUT', '/on-call/policies/1', { severities: ['page', 'ticket'] }, 200],
  ['POST', '/quarantine/replay', { store: 'memory' }, 200],
  ['POST', '/backup', { dir: '/backup' }, 202],
  ['POST', '/login', { name: 'administrator', password: PASSWORD, token: true }, 200, 'browser'],
  ['PUT', '/me/views', { items: [{ name: 'Slow', query: 'state=below' }] }, 200, 'browser'],
  ['PUT', '/me/password', { old: PASSWORD, new: 'another long password' }, 200, 'browser'],
];

/** A phone whose service then gives it another subscription. */
export const pushed = (phone: Subscription, then: Subscription): Step[] => [
  ['POST', '/push/devices', { ...phone, label: 'Chrome, Android' }, 201, 'browser'],
  ['POST', '/push/devices/moved', { before: { endpoint: phone.endpoint, auth: phone.auth }, ...then }, 204, 'nobody'],
  ['GET', '/push', undefined, 200, 'browser'],
  ['POST', '/push/test', undefined, 200, 'browser'],
  ['POST', '/push/receipts', { receipt: 'none of ours' }, 204, 'nobody'],
];

/** What is removed in the end. */
export const REMOVED: readonly Step[] = [
  ['POST', '/sites', { id: 'mistake', name: 'A mistake' }, 201],
  ['DELETE', '/sites/mistake', undefined, 204],
  ['DELETE', '/push/devices/1', undefined, 204, 'browser'],
  ['POST', '/probes/p-c/revoke', undefined, 204],
  ['DELETE', '/sites/a/notes/1', undefined, 204],
  ['DELETE', '/silences/1', undefined, 204],
  ['GET', '/map-layers', undefined, 200],
  ['DELETE', '/map-layers/<items.0.id>', undefined, 204],
  ['GET', '/screens', undefined, 200],
  ['DELETE', '/screens/<items.0.id>', undefined, 204],
  ['DELETE', '/quarantine?store=memory', undefined, 200],
  ['DELETE', '/on-call/policies/1', undefined, 204],
  ['DELETE', '/on-call/overrides/1', undefined, 204],
  ['DELETE', '/on-call/rotations/1', undefined, 204],
  ['DELETE', '/channels/1', undefined, 204],
  ['POST', '/tokens', { name: 'export', role: 'viewer' }, 201],
  ['DELETE', '/tokens/<id>', undefined, 204],
  ['DELETE', '/users/ona', undefined, 204],
  ['GET', '/me/sessions', undefined, 200, 'browser'],
  ['DELETE', '/me/sessions/<items.0.id>', undefined, 204, 'browser'],
  ['POST', '/login', { name: 'viewer', password: PASSWORD }, 200, 'nobody'],
  ['GET', '/sessions', undefined, 200],
  ['DELETE', '/sessions/<items.0.id>', undefined, 204],
  ['POST', '/login', { name: 'administrator', password: 'another long password' }, 200, 'browser'],
  ['POST', '/logout', undefined, 204, 'browser'],
];

/** Takes steps one after another on this server, as a browser keeps its cookie and a person copies what was shown. */
export function walker({
  dashboard,
}: ApiWorld): (step: Step) => Promise<{ url: string; answer: LightMyRequestResponse }> {
  let known: object = {};
  const browser: Record<string, string> = {};
  const filled = (text: string): string => text.replace(/<([\w.]+)>/g, (_all, path: string) => String(at(known, path)));
  return async ([method, step, body, , as = 'program']) => {
    const url = filled(step);
    const payload = typeof body === 'object' ? JSON.parse(filled(JSON.stringify(body))) : body;
    const answer = await dashboard.as(as === 'program' ? 'administrator' : null, method, url, payload, {
      ...(as === 'browser' ? browser : {}),
      ...(typeof body === 'string' ? { 'content-type': 'text/csv' } : {}),
    });
    const said: unknown = /json/.test(String(answer.headers['content-type'])) ? answer.json() : {};
    if (typeof said === 'object') known = { ...known, ...said };
    const [cookie] = answer.cookies;
    if (as === 'browser' && cookie) {
      browser['cookie'] = `${cookie.name}=${cookie.value}`;
      browser['x-csrf-token'] = String(at(known, 'csrf'));
    }
    return { url, answer };
  };
}

const at = (from: unknown, path: string): unknown =>
  path.split('.').reduce((value: unknown, name) => (value as Record<string, unknown> | undefined)?.[name], from);
