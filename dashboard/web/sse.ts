/** Why: reads a server-sent event stream from fetch, because EventSource can neither send a first Last-Event-ID nor pace its reconnects. */

export interface SseEvent {
  event: string;
  data: string;
  id: string | null;
}

/** A line is at most this long; longer is not ours. */
const LINE_CAP = 32 * 1024 * 1024;

/** Feeds text in pieces of any size, calls back per complete event (WHATWG HTML 9.2.6; `retry` is not used here). */
export function sseReader(onEvent: (event: SseEvent) => void): (piece: string) => void {
  let rest = '';
  let event = '';
  let data: string[] = [];
  let id: string | null = null;
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) onEvent({ event: event || 'message', data: data.join('\n'), id });
      event = '';
      data = [];
      id = null;
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id') id = value;
  };
  return (piece) => {
    rest += piece;
    if (rest.length > LINE_CAP) throw new RangeError('the event stream sent a line longer than 32 MiB');
    // A lone CR at the very end may be half of a CRLF: it waits.
    const held = rest.endsWith('\r') ? '\r' : '';
    const lines = (held ? rest.slice(0, -1) : rest).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + held;
    for (const text of lines) line(text);
  };
}
