/**
 * Why: a push wakes a phone by what the system shows, not by a page. Every push is shown (browsers take the permission from those that do
 * not), says to the server that it was, and can be acted on where the system has buttons, with or without a line.
 */
import { askForSync, keepForm, sendForm } from '../waiting.ts';
import { worker } from './scope.ts';

/** Put there by infra/build-app.ts. */
declare const ICON: string;
declare const BADGE: string;

/** As dashboard/notify/push/push.ts makes it. */
export interface Pushed {
  key: string;
  tag: string;
  at: number;
  lang: string;
  title: string;
  body: string;
  /** It stays until somebody does something. */
  wakes: boolean;
  over: boolean;
  url: string;
  act: string | null;
  actions: { action: string; title: string }[];
  waits: string;
  receipt: string;
}

const PATIENCE_MS = 3000;

export async function showPush(pushed: Pushed): Promise<void> {
  await show(pushed, pushed.body, { renotify: true, silent: pushed.over, requireInteraction: pushed.wakes });
  await Promise.all([confirm(pushed.receipt), tellTabs()]);
}

/** Those that TypeScript's list of a notification's options lacks are in the standard (Notifications API). */
interface Options extends NotificationOptions {
  renotify?: boolean;
  timestamp?: number;
  actions?: Pushed['actions'];
}

function show(pushed: Pushed, body: string, more: Options): Promise<void> {
  const { title, tag, lang, at, actions } = pushed;
  const options: Options = { body, tag, lang, icon: ICON, badge: BADGE, timestamp: at, data: pushed, actions, ...more };
  return worker.registration.showNotification(title, options);
}

async function confirm(receipt: string): Promise<void> {
  await fetch('/api/v1/push/receipts', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ receipt }),
    signal: AbortSignal.timeout(10 * PATIENCE_MS),
  }).catch(() => undefined);
}

export async function tellTabs(): Promise<void> {
  for (const tab of await worker.clients.matchAll({ type: 'window', includeUncontrolled: true }))
    tab.postMessage('look');
}

/** A button of the notification: done at once by the link that came with it, or as soon as there is a line. */
export async function actOn(pushed: Pushed, deed: string): Promise<void> {
  const { act: url, key } = pushed;
  if (url === null) return open(pushed);
  const form = { key: `${key}-${deed}`, url, body: new URLSearchParams({ deed }).toString(), who: '', at: Date.now() };
  const fate = await sendForm(form);
  if (fate.is === 'later') {
    await keepForm(form);
    await askForSync(worker.registration);
  }
  const done = fate.is === 'done' ? fate.text : fate.is === 'later' ? pushed.waits : null;
  if (done === null) return open(pushed);
  await show({ ...pushed, actions: [] }, done, { silent: true });
  await tellTabs();
}

/** Where nobody is signed in any more, the link of the message opens the same page. */
export async function open({ url, act }: Pushed): Promise<void> {
  const me = await fetch('/api/v1/me', { signal: AbortSignal.timeout(PATIENCE_MS) }).catch(() => null);
  const path = me?.status === 204 && act !== null ? act : url;
  const tabs = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const there = tabs.find((tab) => new URL(tab.url).pathname === path);
  if (there) await there.focus();
  else await worker.clients.openWindow(path);
}
