/**
 * Why: one message is encoded and packed once and written to all viewers of a channel; one who does not read is cut down to a reset, and
 * costs nobody memory. Packing: one gzip header per connection, then the same raw deflate block, flushed so that it refers to nothing
 * before it, to everybody. 200 viewers cost what one costs (RFC 1951 3.2.4, RFC 1952 2.3).
 */
import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { constants, deflateRawSync } from 'node:zlib';
import type { Language, LiveEventName } from '#contract';
import type { Clock } from '#lib/clock';
import type { NoPlace } from './refuse.ts';

export interface NewViewer {
  raw: ServerResponse;
  headers: Readonly<Record<string, number | string | string[] | undefined>>;
  channel: string;
  /** Whose places it takes one of; null: nobody's, only those of all. */
  who: string | null;
  lang: Language;
  packed: boolean;
  stillAllowed(): boolean;
}
export interface Viewers {
  /** Writes the head, then `first`; or writes nothing, and says which places are taken. */
  add(viewer: NewViewer, first: readonly string[]): NoPlace | null;
  /** A function: an event that differs by language, made once for each that somebody reads. */
  send(channel: string, event: string | ((lang: Language) => string)): void;
  /** Channels that somebody watches. */
  channels(): ReadonlySet<string>;
  /** Ends streams whose viewer may not see it any more: each is asked once a minute, or all now. */
  recheck(all?: boolean): void;
  count(): number;
  closeAll(): void;
}

interface Viewer extends NewViewer {
  /** After the head a message is bytes on the connection and nothing else: 200 times past the layers of HTTP is felt. */
  wire: Writable;
  /** Viewers of one kind are sent the same bytes. */
  kind: string;
  checkedAt: number;
  lagging: boolean;
}

/** Unsent bytes after which a viewer gets nothing more until it has read. */
const UNSENT_CAP = 256 * 1024;
const RECHECK_MS = 60_000;
/** Of 400 rows 3 makes 3.9 kB of 24 in a third of the time that 6 takes to make 3.7. */
const PACKING = { finishFlush: constants.Z_FULL_FLUSH, level: 3 };
/** Magic, deflate, no name, no time, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

export interface ViewersDeps {
  clock: Clock;
  /** Viewers at the same time. */
  max: number;
  /** Of them, those of one user. */
  maxEach: number;
}

export function createViewers({ clock, max, maxEach }: ViewersDeps): Viewers {
  const viewers = new Set<Viewer>();
  const ofChannel = new Map<string, Set<Viewer>>();
  const join = (viewer: Viewer): void => {
    viewers.add(viewer);
    const same = ofChannel.get(viewer.channel);
    if (same) same.add(viewer);
    else ofChannel.set(viewer.channel, new Set([viewer]));
  };
  const leave = (viewer: Viewer): void => {
    viewers.delete(viewer);
    const same = ofChannel.get(viewer.channel);
    same?.delete(viewer);
    if (same?.size === 0) ofChannel.delete(viewer.channel);
  };
  const countOf = (who: string): number => [...viewers].filter((viewer) => viewer.who === who).length;
  const end = (viewer: Viewer): void => {
    leave(viewer);
    viewer.raw.end();
  };
  return {
    add(given, first) {
      if (viewers.size >= max) return 'all';
      if (given.who !== null && countOf(given.who) >= maxEach) return 'own';
      const { raw, headers, packed, lang } = given;
      const kind = `${packed ? 'packed' : 'plain'} ${lang}`;
      const viewer: Viewer = { ...given, kind, wire: raw.socket ?? raw, checkedAt: clock.monoMs(), lagging: false };
      // It ends with its connection, so it needs no chunks (RFC 9112 6.3, 8): one buffer a message instead of three for each viewer.
      raw.shouldKeepAlive = false;
      raw.useChunkedEncodingByDefault = false;
      raw.writeHead(200, {
        ...headers,
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
        vary: 'accept-encoding',
        ...(packed ? { 'content-encoding': 'gzip' } : {}),
      });
      viewer.wire.on('drain', () => {
        if (!viewer.lagging) return;
        viewer.lagging = false;
        viewer.wire.write(bytesOf(sseEvent('reset', {}, null), packed));
      });
      raw.on('close', () => leave(viewer));
      raw.on('error', () => leave(viewer)); // the other end went away
      join(viewer);
      const hello = bytesOf(first.join(''), packed);
      raw.write(packed ? Buffer.concat([GZIP_HEADER, hello]) : hello);
      return null;
    },
    send(channel, event) {
      const made = new Map<string, Buffer>();
      for (const viewer of ofChannel.get(channel) ?? []) {
        const { wire, lang, packed } = viewer;
        if (wire.writableLength > UNSENT_CAP) viewer.lagging = true;
        // Its other end has gone, and its close is on the way.
        if (viewer.lagging || !wire.writable) continue;
        const key = typeof event === 'string' ? (packed ? 'packed' : 'plain') : viewer.kind;
        let bytes = made.get(key);
        if (!bytes) {
          bytes = bytesOf(typeof event === 'string' ? event : event(lang), packed);
          made.set(key, bytes);
        }
        wire.write(bytes);
      }
    },
    channels: () => new Set(ofChannel.keys()),
    recheck(all = false) {
      const now = clock.monoMs();
      for (const viewer of viewers) {
        if (!all && now - viewer.checkedAt < RECHECK_MS) continue;
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

function bytesOf(text: string, packed: boolean): Buffer {
  const plain = Buffer.from(text);
  return packed ? deflateRawSync(plain, PACKING) : plain;
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
