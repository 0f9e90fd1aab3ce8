/** Why: the service worker: it answers when the network does not, sends what waited, and shows what is pushed. */
import { sendWaiting } from '../waiting.ts';
import { asset, endsSession, forget, isAsset, isLast, isPage, keepShell, lastAnswer, page } from './kept.ts';
import { actOn, open, type Pushed, showPush, tellTabs } from './push.ts';
import { worker } from './scope.ts';
import { renew } from './subscription.ts';

worker.addEventListener('install', (event) => event.waitUntil(keepShell().then(() => worker.skipWaiting())));
worker.addEventListener('activate', (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (origin !== location.origin) return;
  if (endsSession(request)) return event.waitUntil(forget());
  if (request.method !== 'GET') return;
  const later = (work: Promise<unknown>): void => event.waitUntil(work);
  if (request.mode === 'navigate' && isPage(pathname)) return event.respondWith(page(request, later));
  if (isAsset(pathname)) return event.respondWith(asset(request, later));
  // The page of an incident asks for news of itself: those are told by its own script.
  if (isLast(pathname) && !search.includes('since=')) event.respondWith(lastAnswer(request, later));
});

worker.addEventListener('sync', (event) => {
  if (event.tag === 'waiting') event.waitUntil(sendAll());
});

// What comes is this server's own, sealed for this browser (dashboard/notify/push/push.ts).
worker.addEventListener('push', (event) => {
  const pushed = event.data?.json() as Pushed | undefined;
  if (pushed) event.waitUntil(showPush(pushed));
});

worker.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(renew(event)));

worker.addEventListener('notificationclick', (event) => {
  const { notification, action } = event;
  const pushed = notification.data as Pushed;
  notification.close();
  event.waitUntil(action === '' ? open(pushed) : actOn(pushed, action));
});

async function sendAll(): Promise<void> {
  let later = false;
  await sendWaiting(
    () => true,
    (form) => form,
    (_form, fate) => {
      later ||= fate.is === 'later';
    },
  );
  await tellTabs();
  // The browser tries again after a failure, less and less often.
  if (later) throw new Error('no answer yet');
}
