/**
 * Why: a push service may end a subscription at any hour, or give another in its place. Who is on call must not find out by silence: the browser
 * subscribes again under the same key, and says so to the server (Push API, `pushsubscriptionchange`).
 */
import { nameOf } from '../device-name.ts';
import { type SubscriptionEvent, worker } from './scope.ts';

export async function renew({ oldSubscription: before, newSubscription }: SubscriptionEvent): Promise<void> {
  const after = newSubscription ?? (await subscribeAgain(before ?? null));
  if (!after) return;
  const { endpoint, keys } = after.toJSON();
  const device = { endpoint, p256dh: keys?.['p256dh'], auth: keys?.['auth'] };
  const secret = before?.toJSON().keys?.['auth'];
  if (before && secret !== undefined) {
    const moved = { before: { endpoint: before.endpoint, auth: secret }, ...device };
    if ((await send('/api/v1/push/devices/moved', moved)).ok) return;
  }
  // Some browsers do not say which one it was; then who is signed in here adds the device anew.
  const csrf = await signedIn();
  const label = nameOf(navigator.userAgent).join(', ');
  if (csrf !== null) await send('/api/v1/push/devices', { ...device, label }, csrf);
}

/** Null where the key is not known: nobody is signed in, and the browser does not say. */
async function subscribeAgain(before: PushSubscription | null): Promise<PushSubscription | null> {
  const key = before?.options.applicationServerKey ?? (await keyOfServer());
  if (key === null) return null;
  return worker.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
}

async function keyOfServer(): Promise<string | null> {
  const answer = await fetch('/api/v1/push');
  return answer.ok ? ((await answer.json()) as { key: string }).key : null;
}

async function signedIn(): Promise<string | null> {
  const answer = await fetch('/api/v1/me');
  return answer.status === 200 ? ((await answer.json()) as { csrf: string }).csrf : null;
}

function send(path: string, body: object, csrf?: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }) };
  return fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
}
