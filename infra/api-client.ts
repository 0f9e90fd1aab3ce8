/** Why: `npm run carrel` and `npm run simulate` speak to a running server like any other program: HTTP, a token, and its coded answers. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '#contract';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';

export interface Health {
  ready: boolean;
  reasons: string[];
  stores: { name: string; state: string; error: string | null; lag_bytes: number; filling: number | null }[];
}
export interface ApiClient {
  /** Answers with the parsed body, `undefined` for 204. @throws CarrelError with the server's code, or SERVER_UNREACHABLE */
  call<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<T>;
  /** `/readyz`, which answers with 503 and the same shape while the server is not ready. */
  health(): Promise<Health>;
  /** Sends a file as it is. */
  upload<T>(path: string, contentType: string, bytes: Uint8Array): Promise<T>;
  /** Every item of a list that pages by cursor. */
  all<T>(path: string): Promise<T[]>;
}

/** `CARREL_TOKEN`, else the file that the server writes for tools on its own machine. @throws CarrelError TOKEN_MISSING */
export function readToken(env: NodeJS.ProcessEnv): string {
  if (env['CARREL_TOKEN']) return env['CARREL_TOKEN'];
  const file = join(env['CARREL_DATA_DIR'] ?? './data', 'cli.token');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const why = errnoOf(error) === 'EACCES' ? 'is not readable by this user' : 'is not there';
    throw new CarrelError(
      'TOKEN_MISSING',
      `${file} ${why}. Start the server once (npm start), set CARREL_DATA_DIR to its data directory, or give an administrator's token in CARREL_TOKEN`,
      { file },
    );
  }
}

const ANSWER_WITHIN_MS = 60_000;

/** `base` is the server's address, for example http://127.0.0.1:8080. */
export function createApiClient({ base, token }: { base: string; token: string }): ApiClient {
  const send = async (
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string | Uint8Array,
  ): Promise<Response> => {
    const answer = await request(`${base.replace(/\/+$/, '')}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    });
    if (!answer.ok) throw await refusal(answer, `${method} ${path}`);
    return answer;
  };
  const client: ApiClient = {
    async call(method, path, body) {
      const answer = await send(
        method,
        `/api/v1${path}`,
        body === undefined ? {} : { 'content-type': 'application/json' },
        body === undefined ? undefined : JSON.stringify(body),
      );
      return answer.status === 204 ? undefined : await answer.json();
    },
    async health() {
      const answer = await request(`${base.replace(/\/+$/, '')}/readyz`, {
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (answer.ok || answer.status === 503) return answer.json();
      throw await refusal(answer, 'GET /readyz');
    },
    async upload(path, contentType, bytes) {
      return (await send('POST', `/api/v1${path}`, { 'content-type': contentType }, bytes)).json();
    },
    async all<T>(path: string) {
      const items: T[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Page<T> = await client.call(
          'GET',
          `${path}?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        );
        items.push(...page.items);
        cursor = page.next;
      }
      return items;
    },
  };
  return client;
}

async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    throw new CarrelError(
      'SERVER_UNREACHABLE',
      `no answer from ${new URL(url).origin} (${cause}). Is the server running (npm start)? Another address is given with --http URL`,
      {},
    );
  }
}

/** The server's problem document as an error of ours; wrong fields are named. */
async function refusal(answer: Response, what: string): Promise<CarrelError> {
  const text = await answer.text();
  try {
    const problem = JSON.parse(text);
    if (typeof problem.code === 'string') {
      const fields = (problem.errors ?? [])
        .map((e: { field: string; message: string }) => `${e.field} ${e.message}`)
        .join('; ');
      return new CarrelError(
        problem.code,
        fields && !problem.detail.includes(fields) ? `${problem.detail} (${fields})` : problem.detail,
        { status: answer.status },
      );
    }
  } catch {
    // not a document of ours: a proxy, or another program on that port
  }
  return new CarrelError(
    'SERVER_ANSWER',
    `${what} was answered with ${answer.status} ${text.slice(0, 120)}; is this a Carrel server?`,
    { status: answer.status },
  );
}
