/** Why: the only file that asks the server. Answers are the contract's shapes; refusals are Problem documents that pages can show. */
import { isObject, type Me, type Problem } from '#contract';
import { words } from './words.ts';

/** A refusal with the server's own words, or `OFFLINE` where no answer came. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

let csrf = '';
let onSignedOut: () => void = () => undefined;

/** Remembers the session's token for unsafe methods. */
export function useSession(me: Me | null): void {
  csrf = me?.csrf ?? '';
}

export const sessionToken = (): string => csrf;

/** Called when the server no longer knows this session. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';
export interface Ask {
  body?: unknown /** A file as it is: the server finds out its encoding. */;
  csv?: Blob;
  signal?: AbortSignal;
  /** The version that is changed: refused with 412 when it is another one by now. */
  match?: string;
}

/**
 * Asks `/api/v1` + path.
 * @throws ApiError what the server refused, or `OFFLINE` when it did not answer; AbortError when `signal` ended it
 */
export async function ask<T>(method: Method, path: string, { body, csv, signal, match }: Ask = {}): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  // Also of who only asks: a window that is left over from another session must not be answered.
  if (csrf) headers['x-csrf-token'] = csrf;
  if (csv !== undefined) headers['content-type'] = 'text/csv';
  else if (body !== undefined) headers['content-type'] = 'application/json';
  if (match !== undefined) headers['if-match'] = `"${match}"`;
  // Answers are not to be stored, but for the roster: it is asked for by its version.
  const init: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-cache' };
  if (csv !== undefined) init.body = csv;
  else if (body !== undefined) init.body = JSON.stringify(body);
  if (signal) init.signal = signal;
  const early = method === 'GET' ? await takeEarly(path) : null;
  const response =
    early ??
    (await fetch(`/api/v1${path}`, init).catch((error: unknown) => {
      if (signal?.aborted) throw error;
      throw new ApiError(problem(0, 'OFFLINE', '', words.load.offline));
    }));
  const answer = await bodyOf(response);
  noteKept(path, response);
  if (response.ok) return answer as T; // The server's answers are typed by the same contract; this is the page's one parser.
  throw refusal(response, answer, path);
}

function refusal({ status }: Response, answer: unknown, path: string): ApiError {
  if (status === 401 && path !== '/login') onSignedOut();
  return new ApiError(problemOf(status, answer));
}

/** Of an answer that somebody else asked for. */
export const refusalOf = async (response: Response): Promise<ApiError> => refusal(response, await bodyOf(response), '');

const kept = new Map<string, number>();

/** Without a connection the service worker answers with what this device kept (worker/kept.ts), and says since when. */
function noteKept(path: string, response: Response): void {
  const at = Number(response.headers.get('x-carrel-kept'));
  if (at > 0) kept.set(path, at);
  else kept.delete(path);
}

/** When this device heard the last answer to `path`, ms by its own clock: now, unless it was a kept one. */
export const heardAt = (path: string): number => kept.get(path) ?? Date.now();

/** What early.ts asked for before this script was there; each once. Null: nothing, or no answer. */
async function takeEarly(path: string): Promise<Response | null> {
  const waiting: unknown = Reflect.get(globalThis, 'carrelEarly');
  if (!(waiting instanceof Map)) return null;
  const answer: unknown = await waiting.get(path);
  waiting.delete(path);
  // A refusal may be from before somebody signed in.
  return answer instanceof Response && answer.ok ? answer : null;
}

/** What early.ts asked for, for who can do without it. Null: it was not asked for, or there is no answer. */
export async function early<T>(path: string): Promise<T | null> {
  const answer = await takeEarly(path);
  return answer ? ((await bodyOf(answer)) as T | null) : null;
}

export const get = <T>(path: string, signal?: AbortSignal) => ask<T>('GET', path, signal ? { signal } : {});
export const post = <T>(path: string, body: unknown = {}) => ask<T>('POST', path, { body });

async function bodyOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function problemOf(status: number, answer: unknown): Problem {
  if (isObject(answer) && typeof answer['detail'] === 'string') {
    const errors = Array.isArray(answer['errors']) ? answer['errors'].filter(isFieldError) : undefined;
    return {
      ...problem(status, String(answer['code'] ?? ''), String(answer['title'] ?? ''), answer['detail']),
      ...(errors ? { errors } : {}),
      ...(typeof answer['request'] === 'string' ? { request: answer['request'] } : {}),
    };
  }
  return problem(status, `HTTP_${status}`, '', words.load.noReason(status));
}

function isFieldError(value: unknown): value is { field: string; message: string } {
  return isObject(value) && typeof value['field'] === 'string' && typeof value['message'] === 'string';
}

function problem(status: number, code: string, title: string, detail: string): Problem {
  return { type: 'about:blank', title, status, detail, code };
}
