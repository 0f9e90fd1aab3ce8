/** Why: forms are read by the routes of drawn pages only: everything else of the API takes JSON, which no foreign form can send. */
import type { FastifyInstance } from 'fastify';

const FORM_BYTES = 4096;

export type FormBody = Readonly<Record<string, string>>;

/** Inside a plugin of its own, so that it holds there only. */
export function readForms(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: FORM_BYTES },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
}
