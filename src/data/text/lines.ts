/** What is wrong with a line: *expected X … but found Y; mend*, and the column where, counted in characters from 1. */
export interface LineFault {
  readonly expected: string;
  readonly found: string;
  readonly column: number;
}

/** One line of a stream of bytes. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** The line without its end; what is no UTF-8 is replaced by U+FFFD, and of a line that is too long only the start is kept. */
  readonly text: string;
  /** Place of its first byte in the stream, a byte order mark not counted in. */
  readonly start: number;
  /** Place after its last byte, before the end of line. */
  readonly end: number;
  /** Why the line is none to be trusted. */
  readonly fault?: LineFault;
}

export interface LineOptions {
  /** The longest line in bytes; a longer one is given with a fault, and never held as a whole. @default 65536 */
  readonly limit?: number;
}

/** The default of `LineOptions.limit`. */
export const LINE_LIMIT = 65536;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Bytes of a line that is too long which are kept to show it. */
const SHOWN = 64;

/** The fault of a line that stands for itself: *lines: expected X but found Y; mend*. */
export function lineError({ expected, found }: LineFault): string {
  return `lines: expected ${expected} but found ${found}`;
}

/**
 * Reads a stream of bytes as lines that end in `\n` or `\r\n`, in constant memory. The lines that one piece of the stream
 * completes come together, as soon as they are there, so that someone who types gets an answer to each line.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  { limit = LINE_LIMIT }: LineOptions = {},
): AsyncGenerator<readonly Line[], void> {
  const splitter = new LineSplitter(limit);
  for await (const bytes of source) {
    const lines = splitter.push(bytes);
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.finish();
  if (rest.length > 0) yield rest;
}

/** The lines of bytes in memory. */
export function splitLines(bytes: Uint8Array, { limit = LINE_LIMIT }: LineOptions = {}): readonly Line[] {
  const splitter = new LineSplitter(limit);
  return [...splitter.push(bytes), ...splitter.finish()];
}

/** Splits bytes into lines, holding no more than the bytes of one line between two calls. */
class LineSplitter {
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #number = 0;
  #start = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The lines that end in these bytes. */
  push(bytes: Uint8Array): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      this.#add(bytes.subarray(start, end));
      lines.push(this.#take());
      start = end + 1;
    }
    this.#add(bytes.subarray(start));
    // The source may use its buffer again. (`slice` of a Buffer would not copy.)
    const last = this.#parts.pop();
    if (last) this.#parts.push(last.buffer === bytes.buffer ? new Uint8Array(last) : last);
    return lines;
  }

  /** The last line, where it has no end. */
  finish(): Line[] {
    return this.#length > 0 ? [this.#take()] : [];
  }

  #add(bytes: Uint8Array): void {
    const room = this.#limit + 1 + BYTE_ORDER_MARK.length - this.#length;
    if (room > 0 && bytes.length > 0) this.#parts.push(bytes.subarray(0, room));
    this.#length += bytes.length;
  }

  #take(): Line {
    const total = this.#length;
    let bytes = this.#parts.length === 1 ? (this.#parts[0] as Uint8Array) : joined(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#number++;
    const mark =
      this.#number === 1 && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0;
    if (mark > 0) bytes = bytes.subarray(mark);
    const ending = total - mark <= bytes.length && bytes[bytes.length - 1] === CARRIAGE_RETURN ? 1 : 0;
    const start = this.#start + mark;
    this.#start += total + 1;
    const length = total - mark - ending;
    return this.#line(ending > 0 ? bytes.subarray(0, -1) : bytes, start, length);
  }

  #line(bytes: Uint8Array, start: number, length: number): Line {
    const place = { number: this.#number, start, end: start + length };
    if (length > this.#limit) {
      const fault = { expected: `at most ${this.#limit} bytes in a line`, found: `${length}; break it up`, column: 1 };
      return { ...place, text: `${LENIENT.decode(bytes.subarray(0, SHOWN))}…`, fault };
    }
    try {
      return { number: this.#number, text: STRICT.decode(bytes), start, end: start + length };
    } catch {
      const found = "other bytes; save the text as UTF-8";
      return { ...place, text: LENIENT.decode(bytes), fault: { expected: "UTF-8", found, column: badColumn(bytes) } };
    }
  }
}

const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** The column of the first byte that is no UTF-8, by bisection: decoders tell that there is one, but not where. */
function badColumn(bytes: Uint8Array): number {
  let good = 0;
  for (let bad = bytes.length + 1; bad - good > 1; ) {
    const middle = (good + bad) >> 1;
    if (charactersOf(bytes.subarray(0, middle)) === undefined) bad = middle;
    else good = middle;
  }
  return (charactersOf(bytes.subarray(0, good)) as number) + 1;
}

/** The number of whole characters, or undefined where the bytes are no beginning of UTF-8. */
function charactersOf(bytes: Uint8Array): number | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return [...text].length;
  } catch {
    return undefined;
  }
}
