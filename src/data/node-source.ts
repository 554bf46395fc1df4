import { constants, type FileHandle, open } from "node:fs/promises";
import { DataError } from "../tensor/errors.ts";
import { type ByteSource, sourceOf } from "./text/byte-source.ts";
import { isGzip, unpackGzip } from "./text/gzip.ts";

export interface NodeSourceOptions {
  /** Stands in front of messages. */
  readonly owner: string;
  /** Names the file in messages. @default the path */
  readonly name?: string;
  /** The most bytes that a `.gz` file may have, unpacked, for it is unpacked into memory. @default 1 GiB */
  readonly unpackLimit?: number;
}

/**
 * A file on disk, of any size: it is never held as a whole, unless its name ends in `.gz`. It must be closed.
 * @throws DataError for what is no plain file, or cannot be opened; for a `.gz` file that is damaged or too large
 */
export async function nodeSource(path: string, options: NodeSourceOptions): Promise<ByteSource> {
  const { owner, name = path, unpackLimit } = options;
  const fail = (reason: unknown) => failure(reason, { owner, name });
  // Without O_NONBLOCK, opening a pipe that nobody writes would wait for ever.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((error) => {
    throw fail(error);
  });
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw fail("a folder");
    if (!found.isFile()) throw fail("a pipe or a device; save the data as a file");
    const source = {
      ...sourceOf(name, found.size, (start, end) => readRange(handle, start, { end, fail })),
      close: () => handle.close(),
    };
    if (!isGzip({ name: path })) return source;
    const unpacked = await unpackGzip(source, { owner, ...(unpackLimit === undefined ? {} : { limit: unpackLimit }) });
    await handle.close();
    return unpacked;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function readRange(
  handle: FileHandle,
  start: number,
  { end, fail }: { end: number; fail: (reason: unknown) => DataError },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, start + at).catch((error: unknown) => {
      throw fail(error);
    });
    if (bytesRead === 0) throw fail("fewer than when it was opened; start again");
    at += bytesRead;
  }
  return bytes;
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder",
  EACCES: "no permission to read it",
};

function failure(reason: unknown, { owner, name }: { owner: string; name: string }): DataError {
  const { code, message } = reason instanceof Error ? (reason as NodeJS.ErrnoException) : {};
  const found = typeof reason === "string" ? reason : (FAULTS[code ?? ""] ?? message ?? String(reason));
  const error = new DataError(`${owner}: expected data in ${name} but found ${found}`, { file: name });
  error.cause = reason;
  return error;
}
