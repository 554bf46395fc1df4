import { isUtf8 } from "node:buffer";

/** One line of a stream of bytes. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  /** The line without its end; what is no UTF-8 is replaced by U+FFFD, and of a line that is too long only the start is kept. */
  readonly text: string;
  /** Why the line is none to be trusted: *owner: expected X but found Y; mend*. */
  readonly error?: string;
}

export interface LineOptions {
  /** The longest line in bytes; a longer one is given as an error, and never held as a whole. @default 65536 */
  readonly limit?: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** Bytes of a line that is too long which are kept to show it. */
const SHOWN = 64;

/** Splits bytes into lines, holding no more than the bytes of one line between two calls. */
class LineSplitter {
  readonly #limit: number;
  #parts: Uint8Array[] = [];
  #length = 0;
  #number = 0;

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
    let bytes: Uint8Array = this.#parts.length === 1 ? (this.#parts[0] as Uint8Array) : Buffer.concat(this.#parts);
    this.#parts = [];
    this.#length = 0;
    this.#number++;
    const mark =
      this.#number === 1 && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? BYTE_ORDER_MARK.length : 0;
    bytes = bytes.subarray(mark);
    const ending = total - mark <= bytes.length && bytes.at(-1) === CARRIAGE_RETURN ? 1 : 0;
    return this.#line(bytes.subarray(0, bytes.length - ending), total - mark - ending);
  }

  #line(bytes: Uint8Array, length: number): Line {
    const number = this.#number;
    if (length > this.#limit) {
      const error = `lines: expected at most ${this.#limit} bytes in a line but found ${length}; break it up`;
      return { number, text: `${decode(bytes.subarray(0, SHOWN))}…`, error };
    }
    if (!isUtf8(bytes)) {
      const error = "lines: expected UTF-8 but found other bytes; save the text as UTF-8";
      return { number, text: decode(bytes), error };
    }
    return { number, text: decode(bytes) };
  }
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
}

/**
 * Reads a stream of bytes as lines that end in `\n` or `\r\n`, in constant memory. The lines that one piece of the stream
 * completes come together, as soon as they are there, so that someone who types gets an answer to each line.
 */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  { limit = 65536 }: LineOptions = {},
): AsyncGenerator<readonly Line[], void> {
  const splitter = new LineSplitter(limit);
  for await (const bytes of source) {
    const lines = splitter.push(bytes);
    if (lines.length > 0) yield lines;
  }
  const rest = splitter.finish();
  if (rest.length > 0) yield rest;
}
