/** Why: one message is encoded once and written to all viewers; one who does not read is cut down to a reset, and costs nobody memory. */
import type { ServerResponse } from 'node:http';
import type { LiveEventName } from '#contract';
import type { Clock } from '#lib/clock';

export interface Viewers {
  /** False when there are too many. Writes the head, then `first`. */
  add(
    raw: ServerResponse,
    headers: Readonly<Record<string, number | string | string[] | undefined>>,
    first: readonly string[],
    stillAllowed: () => boolean,
  ): boolean;
  send(event: string): void;
  /** Ends streams whose viewer may not see it any more. */
  recheck(): void;
  count(): number;
  closeAll(): void;
}

interface Viewer {
  raw: ServerResponse;
  stillAllowed: () => boolean;
  checkedAt: number;
  lagging: boolean;
}

/** Unsent bytes after which a viewer gets nothing more until it has read. */
const UNSENT_CAP = 256 * 1024;
const RECHECK_MS = 60_000;

export function createViewers({ clock, max }: { clock: Clock; max: number }): Viewers {
  const viewers = new Set<Viewer>();
  const end = (viewer: Viewer): void => {
    viewers.delete(viewer);
    viewer.raw.end();
  };
  return {
    add(raw, headers, first, stillAllowed) {
      if (viewers.size >= max) return false;
      const viewer: Viewer = { raw, stillAllowed, checkedAt: clock.monoMs(), lagging: false };
      raw.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      });
      raw.on('drain', () => {
        if (!viewer.lagging) return;
        viewer.lagging = false;
        raw.write(sseEvent('reset', {}, null));
      });
      raw.on('close', () => viewers.delete(viewer));
      raw.on('error', () => viewers.delete(viewer)); // the other end went away
      viewers.add(viewer);
      raw.write(first.join(''));
      return true;
    },
    send(event) {
      const bytes = Buffer.from(event);
      for (const viewer of viewers) {
        if (viewer.raw.writableLength > UNSENT_CAP) viewer.lagging = true;
        if (!viewer.lagging) viewer.raw.write(bytes);
      }
    },
    recheck() {
      const now = clock.monoMs();
      for (const viewer of viewers) {
        if (now - viewer.checkedAt < RECHECK_MS) continue;
        viewer.checkedAt = now;
        if (!allowed(viewer)) end(viewer);
      }
    },
    count: () => viewers.size,
    closeAll() {
      for (const viewer of viewers) end(viewer);
    },
  };
}

/** A token that was revoked meanwhile is told by a throw. */
function allowed(viewer: Viewer): boolean {
  try {
    return viewer.stillAllowed();
  } catch {
    return false;
  }
}

/** One server-sent event (WHATWG HTML 9.2). JSON holds no line breaks, so one data line is enough. */
export function sseEvent(name: LiveEventName, data: object, id: string | null): string {
  return `${id === null ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
