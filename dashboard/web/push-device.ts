/** Why: asking this browser for pushes is the same dance everywhere: worker, permission, subscription under the server's key, and telling the server. */
import type { PushView } from '#contract';
import { ask, post } from './api.ts';
import { startWorker } from './start-worker.ts';

/** What keeps this browser from getting pushes; null: nothing. */
export type Obstacle = 'insecure' | 'missing' | 'denied' | null;

export function obstacle(): Obstacle {
  if (!isSecureContext) return 'insecure';
  if (!('serviceWorker' in navigator) || !('PushManager' in globalThis) || !('Notification' in globalThis))
    return 'missing';
  return Notification.permission === 'denied' ? 'denied' : null;
}

/** What the server calls this browser; null where it gets no pushes. */
export async function ownMark(): Promise<string | null> {
  if (obstacle() !== null) return null;
  const registration = await navigator.serviceWorker.getRegistration('/');
  const subscription = await registration?.pushManager.getSubscription();
  return subscription ? markOf(subscription.endpoint) : null;
}

async function markOf(endpoint: string): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(endpoint));
  return [...new Uint8Array(hash)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .slice(0, 16);
}

/** False where the person did not allow it. @throws ApiError; whatever the browser's push service says */
export async function subscribe({ key }: PushView, label: string): Promise<boolean> {
  if ((await Notification.requestPermission()) !== 'granted') return false;
  startWorker();
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  // One under another key (a server that was set up anew) can be pushed to by nobody.
  await (await pushManager.getSubscription())?.unsubscribe();
  const { endpoint, keys } = (await pushManager.subscribe(options)).toJSON();
  await post('/push/devices', { endpoint, p256dh: keys?.['p256dh'], auth: keys?.['auth'], label });
  return true;
}

export async function remove(id: number, here: boolean): Promise<void> {
  await ask('DELETE', `/push/devices/${id}`);
  if (!here) return;
  const registration = await navigator.serviceWorker.getRegistration('/');
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}
