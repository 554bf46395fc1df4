import { type FileHandle, open, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { isNameInside } from "../data/file-name.ts";

/** A file that may be sent. */
export interface SentFile {
  readonly size: number;
  /** Changes when the bytes do. */
  readonly tag: string;
  /** Called once at most; nothing is opened before the first byte is asked for. */
  readonly body: () => ReadableStream<Uint8Array>;
}

/** What a browser needs to be told of a file, by how its name ends. */
const TYPES: Readonly<Record<string, string>> = {
  css: "text/css; charset=utf-8",
  html: "text/html; charset=utf-8",
  ico: "image/x-icon",
  js: "text/javascript; charset=utf-8",
  json: "application/json; charset=utf-8",
  md: "text/plain; charset=utf-8",
  mjs: "text/javascript; charset=utf-8",
  png: "image/png",
  svg: "image/svg+xml; charset=utf-8",
  txt: "text/plain; charset=utf-8",
  wasm: "application/wasm",
  webmanifest: "application/manifest+json; charset=utf-8",
  woff2: "font/woff2",
};

export function typeOf(name: string): string {
  return TYPES[/\.(\w+)$/.exec(name)?.[1]?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

/** A file below a folder; undefined where there is none, also where the name or a link leads out of the folder. */
export async function fileBelow(folder: string, name: string): Promise<SentFile | undefined> {
  if (!isNameInside(name)) return undefined;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...name.split("/")));
    if (!path.startsWith(root.endsWith(sep) ? root : root + sep)) return undefined;
    const found = await stat(path);
    if (!found.isFile()) return undefined;
    const { size, ino, ctimeMs } = found;
    // Of two files of equal size and time, as archives give them, the place on the disk tells.
    const tag = `"${[size, ino, ctimeMs].map((number) => number.toString(36)).join("-")}"`;
    return { size, tag, body: () => streamOf(path, size) };
  } catch {
    return undefined;
  }
}

const PART_BYTES = 2 ** 18;

/** The first `size` bytes, so that a file that grows meanwhile does not say more than was announced. */
function streamOf(path: string, size: number): ReadableStream<Uint8Array> {
  let opening: Promise<FileHandle> | undefined;
  let sent = 0;
  return new ReadableStream(
    {
      async pull(controller) {
        opening ??= open(path);
        const file = await opening;
        const { bytesRead, buffer } = await file.read(new Uint8Array(PART_BYTES), 0, Math.min(PART_BYTES, size - sent));
        sent += bytesRead;
        if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
        if (bytesRead > 0 && sent < size) return;
        await file.close();
        controller.close();
      },
      cancel: async () => (await opening)?.close(),
    },
    { highWaterMark: 0 },
  );
}

/** Bytes that are in memory already. */
export function bytesToSend(bytes: Uint8Array, tag: string): SentFile {
  return { size: bytes.length, tag, body: () => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream() };
}

export interface SendOptions {
  readonly name: string;
  /** The request's `If-None-Match`. */
  readonly known: string | undefined;
  /** Whether the name changes with the bytes. */
  readonly immutable?: boolean;
}

/** A file as a response, or the word that what the browser has is still right. */
export function sendFile(file: SentFile, { name, known, immutable = false }: SendOptions): Response {
  const headers = { etag: file.tag, "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache" };
  if (known?.split(/,\s*/).includes(file.tag)) return new Response(null, { status: 304, headers });
  return new Response(file.body(), {
    headers: { ...headers, "content-type": typeOf(name), "content-length": String(file.size) },
  });
}
