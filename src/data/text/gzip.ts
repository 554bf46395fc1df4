import { DataError } from "../../tensor/errors.ts";
import { type ByteSource, PIECE, sourceOf } from "./byte-source.ts";

export interface UnpackOptions {
  /** Stands in front of messages. */
  readonly owner: string;
  /** The most bytes that may come out. @default 1 GiB */
  readonly limit?: number;
}

/** The default of `UnpackOptions.limit`. */
export const UNPACK_LIMIT: number = 2 ** 30;

/** Whether a source is packed, by its name. */
export function isGzip({ name }: { readonly name: string }): boolean {
  return /\.gz$/i.test(name);
}

/**
 * The bytes of a gzip file (RFC 1952), unpacked into memory, since packed bytes cannot be read at any place. It keeps its name;
 * the packed source is no longer needed.
 * @throws DataError for damaged data, and for more bytes than the limit
 */
export async function unpackGzip(
  packed: ByteSource,
  { owner, limit = UNPACK_LIMIT }: UnpackOptions,
): Promise<ByteSource> {
  const blocks = new Blocks();
  for await (const bytes of unpacked(packed, owner)) {
    if (blocks.size + bytes.length > limit) {
      const expected = `${owner}: expected at most ${limit} bytes in ${packed.name}, unpacked,`;
      throw new DataError(`${expected} but found more; unpack the file first`, { file: packed.name });
    }
    blocks.add(bytes);
  }
  return sourceOf(packed.name, blocks.size, async (start, end) => blocks.read(start, end));
}

async function* unpacked(packed: ByteSource, owner: string): AsyncGenerator<Uint8Array, void> {
  const reading = new Reading(packed);
  const reader = reading.stream.pipeThrough(new DecompressionStream("gzip")).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        if (reading.fault !== undefined) throw reading.fault;
        if (!(error instanceof Error)) throw error;
        const message = `${owner}: expected gzip data in ${packed.name} but found damaged data; fetch the file anew`;
        throw new DataError(message, { file: packed.name });
      });
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** A source as a web stream, which remembers the fault of the source itself. */
class Reading {
  fault: unknown;
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor(source: ByteSource) {
    const pieces = source.stream()[Symbol.asyncIterator]();
    this.stream = new ReadableStream({
      pull: async (controller) => {
        try {
          const { done, value } = await pieces.next();
          if (done) controller.close();
          else controller.enqueue(new Uint8Array(value));
        } catch (error) {
          this.fault = error;
          throw error;
        }
      },
      cancel: async () => {
        await pieces.return?.();
      },
    });
  }
}

/** Bytes whose number is not known before the last one: in blocks of one size, so that none is ever moved. */
class Blocks {
  readonly #blocks: Uint8Array[] = [];
  size = 0;

  add(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length; ) {
      const at = this.size % PIECE;
      if (at === 0) this.#blocks.push(new Uint8Array(PIECE));
      const part = bytes.subarray(from, from + PIECE - at);
      this.#blocks.at(-1)?.set(part, at);
      from += part.length;
      this.size += part.length;
    }
  }

  read(start: number, end: number): Uint8Array {
    const first = Math.floor(start / PIECE);
    const block = this.#blocks[first];
    if (block && end <= (first + 1) * PIECE) return block.subarray(start - first * PIECE, end - first * PIECE);
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end; ) {
      const inside = at % PIECE;
      const part = (this.#blocks[Math.floor(at / PIECE)] as Uint8Array).subarray(inside, inside + end - at);
      bytes.set(part, at - start);
      at += part.length;
    }
    return bytes;
  }
}
