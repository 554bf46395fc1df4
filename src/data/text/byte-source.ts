import { DataError } from "../../tensor/errors.ts";

/** Bytes that can be read at any place: a file on disk, a File of a page, or bytes in memory. */
export interface ByteSource {
  /** Names the bytes in messages; its ending tells the format. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /**
   * The bytes from `start` up to `end`, not to be written to.
   * @throws RangeError for a place outside the source
   */
  read(start: number, end: number): Promise<Uint8Array>;
  /** All bytes from the first on, in pieces that are each valid until the next one is asked for. */
  stream(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Bytes of a piece of `stream()`. */
export const PIECE: number = 1 << 18;

/** Bytes in memory. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return sourceOf(name, bytes.length, async (start, end) => bytes.subarray(start, end));
}

/** The bytes of a `Blob`, such as the `File` that someone has chosen in a page; never held as a whole. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return sourceOf(name, blob.size, async (start, end) => {
    try {
      return new Uint8Array(await blob.slice(start, end).arrayBuffer());
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      throw new DataError(`source: expected to read ${name} but found ${found}; choose the file again`, { file: name });
    }
  });
}

/** A source by its way to read a range; `stream()` reads one piece after the other. */
export function sourceOf(
  name: string,
  size: number,
  read: (start: number, end: number) => Promise<Uint8Array>,
): ByteSource {
  return {
    name,
    size,
    async read(start, end) {
      checkRange({ name, size }, start, end);
      return read(start, end);
    },
    async *stream() {
      for (let start = 0; start < size; start += PIECE) yield await read(start, Math.min(start + PIECE, size));
    },
    close: async () => undefined,
  };
}

function checkRange({ name, size }: { name: string; size: number }, start: number, end: number): void {
  if (start >= 0 && start <= end && end <= size) return;
  throw new RangeError(`source: expected a range in the ${size} bytes of ${name} but found ${start} to ${end}`);
}
