/**
 * Why: lines of InfluxDB are made where they leave from: bytes in one buffer, without a text for each line and number in between. Measured
 * on lines of 20 values, texts that are joined and encoded cost three times as much. Which lines a request holds is a range of them.
 */

/** Lines [from, to) of those in the buffer. */
export interface Lines {
  readonly buffer: Buffer;
  /** Where each line ends in the buffer; one byte, its line break, lies between two of them. */
  readonly ends: readonly number[];
  readonly from: number;
  readonly to: number;
}
export interface LineWriter {
  /** Lines so far. */
  count(): number;
  /** Makes room for so many bytes; nothing below does. */
  room(bytes: number): void;
  bytes(of: Buffer): void;
  /** At most three bytes for each character. */
  text(words: string): void;
  /**
   * As JavaScript writes it, at most 25 bytes: a value that lies on a grid of so many decimals is written without a text.
   * @param decimals 0 to 6: smaller numbers have an exponent
   */
  number(value: number, decimals: number): void;
  /** One byte. */
  end(): void;
  /** A whole line; makes its own room. */
  line(words: string): void;
  /** All lines; then it is empty again, and its place is used again. */
  take(): Lines;
}

/** Bytes of a number as JavaScript writes it, at most. */
export const NUMBER_BYTES = 25;
const LINE_BREAK = 0x0a;
const [MINUS, DOT, DIGIT_0] = [0x2d, 0x2e, 0x30];
const POWERS = Array.from({ length: 10 }, (_, digits) => 10 ** digits);
const BILLION = 1e9;
/** Whole numbers up to here are exact. */
const LARGEST = Number.MAX_SAFE_INTEGER;

export function createLineWriter(): LineWriter {
  let buffer = Buffer.allocUnsafeSlow(64 * 1024);
  let at = 0;
  let ends: number[] = [];

  /** `value` below a billion: an integer of the machine, with a point before its last digits. */
  function digits(value: number, places: number, atLeast: number): void {
    let rest = value | 0;
    let width = atLeast;
    while (width < 9 && rest >= (POWERS[width] ?? 0)) width++;
    let place = at + width + (places > 0 ? 1 : 0);
    at = place;
    for (let digit = 0; digit < width; digit++) {
      if (digit === places && places > 0) buffer[--place] = DOT;
      const tenth = (rest / 10) | 0;
      buffer[--place] = DIGIT_0 + rest - 10 * tenth;
      rest = tenth;
    }
  }

  function text(words: string): void {
    at += buffer.write(words, at);
  }

  function room(bytes: number): void {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(at + bytes, 2 * buffer.length));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }

  function end(): void {
    ends.push(at);
    buffer[at++] = LINE_BREAK;
  }

  return {
    count: () => ends.length,
    room,
    bytes(of) {
      const to = buffer;
      let next = at;
      for (let i = 0; i < of.length; i++) to[next++] = of[i] ?? 0;
      at = next;
    },
    number(value, decimals) {
      const power = POWERS[decimals] ?? 1;
      const scaled = Math.abs(Math.round(value * power));
      if (scaled / power !== Math.abs(value) || scaled > (decimals === 0 ? LARGEST : BILLION - 1)) {
        text(String(value));
        return;
      }
      if (value < 0) buffer[at++] = MINUS;
      if (scaled < BILLION) {
        let places = decimals;
        let steps = scaled | 0;
        for (; places > 0 && steps % 10 === 0; places--) steps = (steps / 10) | 0;
        digits(steps, places, places + 1);
      } else {
        const high = Math.floor(scaled / BILLION);
        digits(high, 0, 1);
        digits(scaled - high * BILLION, 0, 9);
      }
    },
    text,
    end,
    line(words) {
      room(3 * words.length + 1);
      text(words);
      end();
    },
    take() {
      const taken = { buffer: Buffer.from(buffer.subarray(0, at)), ends, from: 0, to: ends.length };
      [at, ends] = [0, []];
      return taken;
    },
  };
}

/** The same of texts, at most so many at once. */
export function* partsOfTexts(texts: readonly string[], atOnce: number): Generator<Lines> {
  const writer = createLineWriter();
  for (const line of texts) {
    writer.line(line);
    if (writer.count() === atOnce) yield writer.take();
  }
  if (writer.count() > 0) yield writer.take();
}

/** What goes over the wire. */
export function bytesOf({ buffer, ends, from, to }: Lines): Buffer {
  return buffer.subarray(from === 0 ? 0 : (ends[from - 1] ?? 0) + 1, to === 0 ? 0 : ends[to - 1]);
}

export function textsOf(lines: Lines): string[] {
  return Array.from({ length: lines.to - lines.from }, (_, i) => textOf(lines, lines.from + i));
}

function textOf(lines: Lines, line: number): string {
  return bytesOf({ ...lines, from: line, to: line + 1 }).toString();
}
