import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeSource } from "./node-source.ts";
import { PIECE } from "./text/byte-source.ts";
import { readLines } from "./text/lines.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "fovea-source-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

const options = (name: string) => ({ owner: "translate", name });

function written(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** Bytes that repeat nowhere soon. */
function someBytes(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * i + (i >> 8)) % 251);
}

test("a file is read at any place", async () => {
  const bytes = someBytes(3 * PIECE + 7);
  const source = await nodeSource(written("a.bin", bytes), options("a.bin"));
  expect(source).toMatchObject({ name: "a.bin", size: bytes.length });
  expect(await source.read(PIECE - 3, PIECE + 4)).toEqual(bytes.slice(PIECE - 3, PIECE + 4));
  expect(await source.read(5, 5)).toEqual(new Uint8Array(0));
  const pieces: Uint8Array[] = [];
  for await (const piece of source.stream()) pieces.push(piece.slice());
  expect(pieces.map(({ length }) => length)).toEqual([PIECE, PIECE, PIECE, 7]);
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  await source.close();
});

test("a packed file is read as what was packed", async () => {
  const bytes = someBytes(2 * PIECE + 11);
  const source = await nodeSource(written("a.tsv.gz", gzipSync(bytes)), options("a.tsv.gz"));
  expect(source).toMatchObject({ name: "a.tsv.gz", size: bytes.length });
  const [start, end] = [PIECE - 3, 2 * PIECE + 2];
  expect(Buffer.compare(await source.read(start, end), bytes.subarray(start, end))).toBe(0);
  await source.close();
});

test("files packed one after the other are one", async () => {
  const path = written("two.gz", Buffer.concat([gzipSync("a\n"), gzipSync("b\n")]));
  const source = await nodeSource(path, options("two.gz"));
  expect(new TextDecoder().decode(await source.read(0, source.size))).toBe("a\nb\n");
});

test("a file that became shorter is told", async () => {
  const path = written("short.tsv", "abcdef");
  const source = await nodeSource(path, options("short.tsv"));
  truncateSync(path, 3);
  await expect(source.read(2, 6)).rejects.toThrow(
    expect.objectContaining({
      message: "translate: expected data in short.tsv but found fewer than when it was opened; start again",
    }),
  );
  await source.close();
});

test.each([
  ["none.tsv", "no such file"],
  ["folder.tsv", "a folder"],
  ["folder.gz", "a folder"],
])("%s cannot be read", async (name, found) => {
  if (name.startsWith("folder")) mkdirSync(join(folder, name));
  await expect(nodeSource(join(folder, name), options(name))).rejects.toMatchObject({
    name: "DataError",
    message: `translate: expected data in ${name} but found ${found}`,
    file: name,
  });
});

test("a device is no file", async () => {
  await expect(nodeSource("/dev/null", { owner: "translate" })).rejects.toThrow(
    expect.objectContaining({
      message: "translate: expected data in /dev/null but found a pipe or a device; save the data as a file",
    }),
  );
});

test("a packed file with more bytes than the limit is refused", async () => {
  const path = written("bomb.gz", gzipSync(new Uint8Array(1 << 20)));
  await expect(nodeSource(path, { ...options("bomb.gz"), unpackLimit: 1000 })).rejects.toThrow(
    expect.objectContaining({
      message: "translate: expected at most 1000 bytes in bomb.gz, unpacked, but found more; unpack the file first",
    }),
  );
  const source = await nodeSource(path, { ...options("bomb.gz"), unpackLimit: 1 << 20 });
  expect(source.size).toBe(1 << 20);
});

test("a line without end is never held as a whole", async () => {
  const piece = new Uint8Array(1 << 16).fill(0x61);
  async function* endless(): AsyncGenerator<Uint8Array, void> {
    for (let i = 0; i < 2000; i++) yield piece;
    yield new TextEncoder().encode("\nb\n");
  }
  const before = process.memoryUsage().arrayBuffers;
  const lines = [];
  for await (const block of readLines(endless())) lines.push(...block);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  expect(lines).toEqual([
    {
      number: 1,
      text: `${"a".repeat(64)}…`,
      start: 0,
      end: 2000 << 16,
      fault: { expected: "at most 65536 bytes in a line", found: `${2000 << 16}; break it up`, column: 1 },
    },
    { number: 2, text: "b", start: (2000 << 16) + 1, end: (2000 << 16) + 2 },
  ]);
});
