/** Why: every refusal leaves as an RFC 9457 problem document with our code; what went wrong inside stays in the log, under a number that whoever asked is told. */
import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '#contract';
import { CarrelError, messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { StoreError } from '#store';
import { type Language, languageOf } from './language.ts';
import { sendRefusedPage, wantsPage } from './refused-page.ts';
import { wordRefusal } from './said/refusals.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Not accepted',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Not possible here',
  409: 'In conflict with what is there',
  412: 'Changed in the meantime',
  413: 'Too large',
  415: 'Not a format that is read here',
  429: 'Too many attempts',
  500: 'Something broke',
  503: 'Not possible now',
};

export function problem(status: number, code: string, detail: string, errors?: Problem['errors']): Problem {
  return {
    type: 'about:blank',
    title: TITLES[status] ?? 'Refused',
    status,
    detail,
    code,
    ...(errors && errors.length > 0 ? { errors } : {}),
  };
}

export function sendProblem(reply: FastifyReply, answer: Problem): FastifyReply {
  return reply
    .code(answer.status)
    .type('application/problem+json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(answer));
}

/** What a reader of `lang` learns about an error; null where it is a fault of ours. Pure. */
export function refusalOf(error: unknown, lang: Language): Problem | null {
  const found = problemOf(error);
  return found && wordRefusal(found, error instanceof CarrelError ? error.detail : {}, lang);
}

/** The same as one sentence, for a page that the server draws. */
export const refusedIn = (error: CarrelError, lang: Language): string =>
  refusalOf(error, lang)?.detail ?? error.message;

/** In English. */
function problemOf(error: unknown): Problem | null {
  if (error instanceof CarrelError) return ofCarrel(error);
  if (error instanceof StoreError)
    return problem(
      503,
      error.code,
      'The database does not answer now. Live values and alerts go on; what is stored comes back with it.',
    );
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' && error.statusCode < 500)
    return ofFastify(error, error.statusCode);
  return null;
}

export function errorHandler(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const lang = languageOf(request);
    const known = refusalOf(error, lang);
    if (known && known.status < 500) {
      if (error instanceof CarrelError && typeof error.detail['retry_after_s'] === 'number')
        reply.header('retry-after', error.detail['retry_after_s']);
      return wantsPage(request) ? sendRefusedPage(reply, known, lang) : sendProblem(reply, known);
    }
    // Short enough to be read out on the telephone.
    const id = randomUUID().slice(0, 8);
    log.error(
      {
        request: id,
        route: request.routeOptions.url,
        method: request.method,
        error: messageOf(error),
        stack: error.stack,
      },
      'a request failed',
    );
    const broken = problem(
      500,
      'INTERNAL',
      'The server could not do this. Its log says why, under the number of this request.',
    );
    const told = { ...(known ?? wordRefusal(broken, {}, lang)), request: id };
    return wantsPage(request) ? sendRefusedPage(reply, told, lang) : sendProblem(reply, told);
  };
}

/** From the code's form, so that a new error needs no entry in a table. */
function statusOf(code: string): number {
  if (code === 'UNAUTHENTICATED') return 401;
  if (code === 'FORBIDDEN') return 403;
  if (code.startsWith('TOO_MANY')) return 429;
  if (code.startsWith('STATE_')) return 503;
  if (/_INVALID$/.test(code)) return 400;
  if (/_(UNKNOWN|NOT_FOUND|OFF)$/.test(code)) return 404;
  if (/_(EXISTS|CLOSED|CONFLICT|UNBOUND)$/.test(code)) return 409;
  if (/_CHANGED$/.test(code)) return 412;
  return 500;
}

function ofCarrel(error: CarrelError): Problem | null {
  const status = statusOf(error.code);
  if (status === 500) return null;
  if (status === 503)
    return problem(
      503,
      error.code,
      'The server cannot write its own database now; nothing was changed. Its log says what to do.',
    );
  // Errors *_INVALID carry field -> message.
  const fields =
    status === 400
      ? Object.entries(error.detail).flatMap(([field, message]) =>
          typeof message === 'string' ? [{ field, message }] : [],
        )
      : [];
  return problem(status, error.code, error.message, fields);
}

const FASTIFY_CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'BODY_INVALID',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'BODY_INVALID',
  FST_ERR_BAD_URL: 'URL_INVALID',
};

function ofFastify(error: Error, status: number): Problem {
  if ('validation' in error && Array.isArray(error.validation)) {
    const part =
      'validationContext' in error && typeof error.validationContext === 'string' ? error.validationContext : 'body';
    const code = part === 'body' ? 'BODY_INVALID' : part === 'params' ? 'PATH_INVALID' : 'QUERY_INVALID';
    const errors = error.validation.map(fieldErrorOf);
    return problem(status, code, errors.map(({ field, message }) => `${field || part}: ${message}`).join('; '), errors);
  }
  const code = 'code' in error && typeof error.code === 'string' ? FASTIFY_CODES[error.code] : undefined;
  return problem(
    status,
    code ?? (status === 400 ? 'BODY_INVALID' : status === 429 ? 'TOO_MANY_REQUESTS' : 'REQUEST_REFUSED'),
    error.message,
  );
}

function fieldErrorOf(error: { instancePath?: string; message?: string; params?: Record<string, unknown> }): {
  field: string;
  message: string;
} {
  const { missingProperty, additionalProperty, allowedValues } = error.params ?? {};
  const path = (error.instancePath ?? '').slice(1).replaceAll('/', '.');
  if (typeof missingProperty === 'string') return { field: join(path, missingProperty), message: 'is missing' };
  if (typeof additionalProperty === 'string')
    return { field: join(path, additionalProperty.slice(0, 60)), message: 'is not known here' };
  if (Array.isArray(allowedValues)) return { field: path, message: `must be one of ${allowedValues.join(', ')}` };
  return { field: path, message: error.message ?? 'is not accepted' };
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
