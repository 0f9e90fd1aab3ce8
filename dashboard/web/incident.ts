/**
 * Why: the page of an incident is whole without this. With it, it follows what happens, says how old it is while there is no connection,
 * and what is pressed then is kept and sent as soon as there is one. Imports nothing of the large page.
 */
import { startWorker } from './start-worker.ts';
import { askForSync, type Fate, keepForm, sendForm, sendWaiting, type WaitingForm } from './waiting.ts';

type LiveWord = 'sending' | 'willSend' | 'refused' | 'offline' | 'standing' | 'minutes' | 'hours';
const POLL_MS = 10_000;
const PATIENCE_MS = 15_000;
const SAID_MS = 20_000;

const about = document.getElementById('about');
const who = about?.dataset['who'] ?? '';
const words = JSON.parse(about?.dataset['words'] ?? '{}') as Partial<Record<LiveWord, string>>; // written by dashboard/incident/answer.ts
let version = about?.dataset['version'] ?? '';
let at = Number(about?.dataset['at']);
let offline = false;
let said: { text: string; wrong: boolean } | null = null;

const line = document.createElement('p');
line.className = 'net';
line.setAttribute('role', 'status');
line.hidden = true;
document.querySelector('main')?.before(line);

/** That there is no connection, what becomes of what was pressed, and how old the page is. */
function showLine(): void {
  const minutes = Math.max(0, Math.round((Date.now() - at) / 60_000));
  const [count, unit] = minutes < 120 ? [minutes, words.minutes] : [Math.floor(minutes / 60), words.hours];
  const time = document.querySelector('.asof time')?.textContent ?? '';
  const age = (unit ?? '').replace('{n}', String(count));
  const standing = (words.standing ?? '').replace('{time}', time).replace('{age}', age);
  line.textContent = (offline ? [words.offline, said?.text, standing] : [said?.text]).filter(Boolean).join(' ');
  line.classList.toggle('fine', said !== null && !said.wrong && !offline);
  line.hidden = line.textContent === '';
}

async function refresh(): Promise<void> {
  try {
    const asked = `${location.pathname}?since=${encodeURIComponent(version)}`;
    const answer = await fetch(asked, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(PATIENCE_MS) });
    // A proxy in front says so when the server is away.
    if (answer.status >= 502) throw new TypeError(String(answer.status));
    offline = false;
    if (answer.status === 204) at = Date.now();
    else if (answer.ok) take(new DOMParser().parseFromString(await answer.text(), 'text/html'));
  } catch {
    offline = true;
  }
  showLine();
}

/** The parts that changed, but for one in which somebody is writing. */
function take(fresh: Document): void {
  const its = fresh.getElementById('about');
  const main = document.querySelector('main');
  // Signed out meanwhile: another page came.
  if (!its || !main) {
    location.reload();
    return;
  }
  version = its.dataset['version'] ?? '';
  at = Date.now();
  document.title = fresh.title;
  const { theme } = fresh.documentElement.dataset;
  if (theme) document.documentElement.dataset['theme'] = theme;
  else delete document.documentElement.dataset['theme'];
  document.querySelector('.asof')?.replaceChildren(...(fresh.querySelector('.asof')?.childNodes ?? []));
  const parts = [...fresh.querySelectorAll('[data-live]')];
  for (const old of document.querySelectorAll('[data-live]')) if (!fresh.getElementById(old.id)) old.replaceChildren();
  for (const part of parts) {
    const old = document.getElementById(part.id);
    if (!old) main.append(document.importNode(part, true));
    else if (old.innerHTML !== part.innerHTML && !isBusy(old)) replace(old, part);
  }
}

const isBusy = (part: Element): boolean =>
  [...part.querySelectorAll('input.text, select')].some((field) => field === document.activeElement);

function replace(old: HTMLElement, part: Element): void {
  const open = old.querySelector('details')?.open ?? false;
  old.replaceChildren(...document.importNode(part, true).childNodes);
  const details = old.querySelector('details');
  if (details) details.open = open;
  for (const [name, value] of Object.entries({
    role: part.getAttribute('role'),
    'aria-label': part.getAttribute('aria-label'),
  }))
    if (value === null) old.removeAttribute(name);
    else old.setAttribute(name, value);
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement)) return;
  event.preventDefault();
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form, event.submitter)) if (typeof value === 'string') body.set(name, value);
  for (const button of form.querySelectorAll('button')) button.disabled = true;
  const kept = { key: newKey(), url: new URL(form.action).pathname, body: body.toString(), who, at: Date.now() };
  said = { text: words.sending ?? '', wrong: false };
  showLine();
  void deliver(kept).then(() => {
    for (const button of form.querySelectorAll('button')) button.disabled = false;
    if (form.isConnected && said?.wrong === false) form.reset();
  });
});

/** 128 random bits; `randomUUID` is only where the page came by https. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A private window may keep nothing: then it is sent at once or not at all. */
async function deliver(form: WaitingForm): Promise<void> {
  const kept = await keepForm(form).then(
    () => true,
    () => false,
  );
  if (kept) return send();
  const fate = await sendForm(form);
  if (fate.is === 'later') said = { text: words.offline ?? '', wrong: true };
  else tell(form, fate);
  await refresh();
}

async function send(): Promise<void> {
  const csrf = document.querySelector<HTMLInputElement>('input[name=csrf]')?.value;
  await sendWaiting(
    // What was pressed on a notification or a link is nobody's alone.
    (form) => form.who === who || form.who === '',
    (form) => withToken(form, csrf),
    tell,
  ).catch(() => undefined);
  await refresh();
}

/** The session may be another one by now. */
function withToken(form: WaitingForm, csrf: string | undefined): WaitingForm {
  if (csrf === undefined) return form;
  const fields = new URLSearchParams(form.body);
  fields.set('csrf', csrf);
  return { ...form, body: fields.toString() };
}

function forgetSaid(): void {
  said = null;
  showLine();
}

function tell(form: WaitingForm, fate: Fate): void {
  if (fate.is === 'done') {
    const news = { text: fate.text, wrong: fate.wrong };
    said = news;
    // The page itself says it by now.
    if (!news.wrong) setTimeout(() => said === news && forgetSaid(), SAID_MS);
    // A link was used up: this page goes on under the next one.
    if (fate.next !== null && location.pathname === form.url) history.replaceState(null, '', fate.next);
    return;
  }
  said = { text: (fate.is === 'later' ? words.willSend : words.refused) ?? '', wrong: true };
  if (fate.is === 'later') void navigator.serviceWorker?.ready.then(askForSync);
}

const look = (): void => {
  if (!document.hidden) void send();
};
setInterval(() => {
  if (!document.hidden) void (offline ? send() : refresh());
}, POLL_MS);
addEventListener('online', look);
addEventListener('offline', () => void refresh());
document.addEventListener('visibilitychange', look);
navigator.serviceWorker?.addEventListener('message', look);
startWorker();
void send();
