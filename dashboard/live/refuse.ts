/** Why: whoever finds no place at a stream is told why, on a connection that is the stream's already. */
import type { ServerResponse } from 'node:http';
import type { Language, Problem } from '#contract';
import { wordRefusal } from '../said/refusals.ts';
import type { NewViewer } from './viewers.ts';

/** All places are taken, or all that this viewer may have. */
export type NoPlace = 'all' | 'own';

/** A page that is refused asks every few seconds instead (web/stream.ts). */
export function refuse(raw: ServerResponse, headers: NewViewer['headers'], why: NoPlace, lang: Language): void {
  const problem = PROBLEMS[why];
  raw.writeHead(problem.status, { ...headers, 'content-type': 'application/problem+json', 'retry-after': '30' });
  raw.end(JSON.stringify(wordRefusal(problem, {}, lang)));
}

const PROBLEMS: Readonly<Record<NoPlace, Problem>> = {
  all: {
    type: 'about:blank',
    title: 'Too many viewers',
    status: 503,
    detail: 'This server shows its live view to as many as it can already; try again in a while.',
    code: 'TOO_MANY_VIEWERS',
  },
  own: {
    type: 'about:blank',
    title: 'Too many streams',
    status: 429,
    detail:
      'As many live streams as one user may have are open under this name already; close one, on this device or another.',
    code: 'TOO_MANY_STREAMS',
  },
};
