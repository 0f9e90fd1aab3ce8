/**
 * Why: on a line that comes and goes, what somebody pressed must neither be lost nor be done twice. It lies in this browser's own database
 * until the server has answered; the server knows each by its key. Used by the page of an incident and by the service worker.
 */
export interface WaitingForm {
  /** Made once for each press. */
  key: string;
  url: string;
  /** Fields, as a form sends them. */
  body: string;
  /** Whose page it was; empty for a link from a message. Nobody sends what another one pressed. */
  who: string;
  /** ms since 1970, this device's clock. */
  at: number;
}
/** `done`: the server has answered for good. `later`: no answer yet. `refused`: the session has ended. */
export type Fate = { is: 'done'; text: string; wrong: boolean; next: string | null } | { is: 'later' | 'refused' };

const NAME = 'carrel';
const STORE = 'waiting';
const TIMEOUT_MS = 20_000;
/** A server answers for a key for seven days; what waited longer is not sent any more. */
const KEPT_MS = 6 * 86_400_000;

export async function keepForm(form: WaitingForm): Promise<void> {
  await inStore('readwrite', (store) => store.put(form));
}

/** Oldest first; what is too old is dropped. */
export async function waitingForms(now: number): Promise<WaitingForm[]> {
  const all = await inStore<WaitingForm[]>('readonly', (store) => store.getAll());
  for (const { key, at } of all) if (now - at > KEPT_MS) await dropForm(key);
  return all.filter(({ at }) => now - at <= KEPT_MS).sort((a, b) => a.at - b.at);
}

export async function dropForm(key: string): Promise<void> {
  await inStore('readwrite', (store) => store.delete(key));
}

/** Sends one form. Never throws. */
export async function sendForm({ url, body, key }: WaitingForm): Promise<Fate> {
  const fields = new URLSearchParams(body);
  fields.set('key', key);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      body: fields.toString(),
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (answer.status === 401 || answer.status === 403) return { is: 'refused' };
    if (answer.status === 429 || answer.status >= 500) return { is: 'later' };
    const said: unknown = await answer.json().catch(() => null);
    const { text, detail, wrong } = (said ?? {}) as { text?: string; detail?: string; wrong?: boolean }; // by this server's own types
    return { is: 'done', text: text ?? detail ?? '', wrong: wrong ?? !answer.ok, next: answer.headers.get('location') };
  } catch {
    return { is: 'later' };
  }
}

/**
 * Sends what `mine` picks, one after the other, in one tab or worker at a time. What could not be sent stays. `current` gives a form's
 * fields anew where the session's token has changed since.
 */
export function sendWaiting(
  mine: (form: WaitingForm) => boolean,
  current: (form: WaitingForm) => WaitingForm,
  told: (form: WaitingForm, fate: Fate) => void,
): Promise<void> {
  return alone(async () => {
    const moved = new Map<string, string>();
    for (const kept of (await waitingForms(Date.now())).filter(mine)) {
      const form = current({ ...kept, url: moved.get(kept.url) ?? kept.url });
      const fate = await sendForm(form);
      if (fate.is === 'done') await dropForm(form.key);
      // A link works once; what was pressed after it goes by the next one.
      if (fate.is === 'done' && fate.next !== null) moved.set(kept.url, fate.next);
      told(form, fate);
      if (fate.is === 'later') return;
    }
  });
}

/** Chromium's worker then sends it also while no page is open; elsewhere the next page that is opened does. */
export async function askForSync(registration: ServiceWorkerRegistration): Promise<void> {
  const sync: unknown = Reflect.get(registration, 'sync');
  if (typeof sync === 'object' && sync !== null && 'register' in sync && typeof sync.register === 'function')
    await sync.register('waiting').catch(() => undefined);
}

/** Where a page came by plain http there are no locks, and no worker that could send at the same time. */
function alone(work: () => Promise<void>): Promise<void> {
  return 'locks' in navigator ? navigator.locks.request('carrel-waiting', work) : work();
}

function inStore<T>(mode: IDBTransactionMode, work: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: 'key' });
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction(STORE, mode);
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => {
        database.close();
        resolve(asked.result);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error);
      };
    };
  });
}
