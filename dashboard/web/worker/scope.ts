/** Why: what a service worker is given by the browser (W3C Service Workers, Push API, Background Sync); TypeScript knows it only in place of a page. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface SyncEvent extends Extendable {
  readonly tag: string;
}
interface PushEvent extends Extendable {
  readonly data: { json(): unknown } | null;
}
interface NotificationEvent extends Extendable {
  readonly notification: Notification;
  readonly action: string;
}
/** Some browsers leave both out. */
export interface SubscriptionEvent extends Extendable {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}
export interface Tab {
  readonly url: string;
  focus(): Promise<unknown>;
  postMessage(message: unknown): void;
}
export interface Worker {
  readonly clients: {
    claim(): Promise<void>;
    matchAll(which: { type: 'window'; includeUncontrolled: boolean }): Promise<Tab[]>;
    openWindow(url: string): Promise<unknown>;
  };
  readonly registration: ServiceWorkerRegistration;
  skipWaiting(): Promise<void>;
  addEventListener(kind: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(kind: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(kind: 'sync', listener: (event: SyncEvent) => void): void;
  addEventListener(kind: 'push', listener: (event: PushEvent) => void): void;
  addEventListener(kind: 'pushsubscriptionchange', listener: (event: SubscriptionEvent) => void): void;
  addEventListener(kind: 'notificationclick', listener: (event: NotificationEvent) => void): void;
}

const global: unknown = self;
/** This script runs in a worker and nowhere else. */
export const worker = global as Worker;
