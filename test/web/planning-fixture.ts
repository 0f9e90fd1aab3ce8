/** Why: silences, closed days and notes as the page's tests see them: what is written is there when it is asked for again. */
import type { FastifyInstance } from 'fastify';
import type { CalendarView, Me, Silence, SiteNote } from '#contract';

interface World {
  me: Me;
  now(): number;
}
/** Notes on a page; there is another one after so many. */
const NOTES_PAGE = 2;

export function servePlanning(app: FastifyInstance, { me, now }: World): void {
  const silences: Silence[] = [];
  app.get('/api/v1/silences', () => ({ items: silences, next: null }));
  app.post<{ Body: Pick<Silence, 'reason' | 'until'> & Partial<Silence> }>('/api/v1/silences', ({ body }, reply) => {
    const silence: Silence = { ap: null, site: null, from: now(), ...body, id: silences.length + 1, by: me.name };
    silences.push(silence);
    return reply.code(201).send(silence);
  });
  app.delete<{ Params: { id: string } }>('/api/v1/silences/:id', ({ params }, reply) => {
    silences.splice(
      silences.findIndex(({ id }) => id === Number(params.id)),
      1,
    );
    return reply.code(204).send();
  });
  const closedToday = '/api/v1/sites/:site/closed-today';
  const closing = { ap: null, reason: 'closed today', by: me.name };
  app.get(closedToday, () => ({ closed: silences.some(({ reason }) => reason === closing.reason), until: null }));
  app.post<{ Params: { site: string } }>(closedToday, ({ params: { site } }) => {
    const until = now() + 18 * 3_600_000;
    silences.push({ ...closing, site, id: silences.length + 1, from: now(), until });
    return { closed: true, until };
  });
  app.delete(closedToday, (_request, reply) => {
    silences.splice(0);
    return reply.code(204).send();
  });
  serveCalendar(app);
  serveNotes(app, { me, now });
}

function serveNotes(app: FastifyInstance, { me, now }: World): void {
  const notes: SiteNote[] = [];
  app.get<{ Querystring: { cursor?: string } }>('/api/v1/sites/:site/notes', ({ query: { cursor } }) => {
    const items = notes.filter(({ id }) => cursor === undefined || id < Number(cursor)).toReversed();
    return {
      items: items.slice(0, NOTES_PAGE),
      next: items.length > NOTES_PAGE ? `${items[NOTES_PAGE - 1]?.id}` : null,
    };
  });
  app.post<{ Params: { site: string }; Body: { text: string; at: number } }>(
    '/api/v1/sites/:site/notes',
    ({ body, params }, reply) => {
      const note = { id: notes.length + 1, site: params.site, by: me.name, written_at: now(), ...body };
      notes.push(note);
      return reply.code(201).send(note);
    },
  );
}

function serveCalendar(app: FastifyInstance): void {
  const calendar: CalendarView = {
    entries: [],
    version: 'v0',
    year: 2026,
    countries: ['LT', 'UZ'],
    holidays: [
      { country: 'LT', date: '2026-12-24', name: 'Christmas Eve', provisional: false },
      { country: 'UZ', date: '2026-03-20', name: 'Eid al-Fitr', provisional: true },
    ],
  };
  app.get('/api/v1/calendar', () => calendar);
  app.put<{ Body: Pick<CalendarView, 'entries'> }>('/api/v1/calendar', ({ body, headers }, reply) => {
    if (headers['if-match'] !== `"${calendar.version}"`)
      return reply.code(412).send({ code: 'CALENDAR_CHANGED', detail: 'Somebody else has changed the calendar.' });
    calendar.entries = body.entries;
    calendar.version = `v${body.entries.length}`;
    return calendar;
  });
}
