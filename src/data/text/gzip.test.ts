import { expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { type ByteSource, memorySource, PIECE } from "./byte-source.ts";
import { isGzip, unpackGzip } from "./gzip.ts";

async function packed(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Whether bytes are the same; an assertion on each of so many would take seconds. */
const isSame = (a: Uint8Array, b: Uint8Array) => a.length === b.length && a.every((byte, i) => byte === b[i]);

const BYTES = Uint8Array.from({ length: PIECE + 1000 }, (_, i) => (i * i + (i >> 8)) % 251);
const OWNER = { owner: "translate" };
const DAMAGED = "translate: expected gzip data in a.gz but found damaged data; fetch the file anew";

test("names tell what is packed", () => {
  expect(["a.tsv.gz", "A.GZ", "a.tsv", "gz"].map((name) => isGzip({ name }))).toEqual([true, true, false, false]);
});

test("packed bytes are unpacked, in pieces of one size", async () => {
  const source = await unpackGzip(memorySource("a.gz", await packed(BYTES)), OWNER);
  expect(source).toMatchObject({ name: "a.gz", size: BYTES.length });
  expect(isSame(await source.read(0, source.size), BYTES)).toBe(true);
  expect(await source.read(PIECE, PIECE)).toEqual(new Uint8Array(0));
  expect(await source.read(PIECE + 1, PIECE + 9)).toEqual(BYTES.slice(PIECE + 1, PIECE + 9));
  const lengths: number[] = [];
  for await (const piece of source.stream()) lengths.push(piece.length);
  expect(lengths).toEqual([PIECE, 1000]);
});

test("nothing packed is nothing", async () => {
  const source = await unpackGzip(memorySource("a.gz", await packed(new Uint8Array(0))), OWNER);
  expect(source.size).toBe(0);
  expect(await source.read(0, 0)).toEqual(new Uint8Array(0));
});

test("the limit is what may come out", async () => {
  const bytes = await packed(BYTES);
  expect((await unpackGzip(memorySource("a.gz", bytes), { ...OWNER, limit: BYTES.length })).size).toBe(BYTES.length);
  await expect(unpackGzip(memorySource("a.gz", bytes), { ...OWNER, limit: BYTES.length - 1 })).rejects.toThrow(
    new DataError(
      `translate: expected at most ${BYTES.length - 1} bytes in a.gz, unpacked, but found more; unpack the file first`,
      { file: "a.gz" },
    ),
  );
});

test.each<[string, (bytes: Uint8Array) => Uint8Array]>([
  ["cut off", (bytes) => bytes.subarray(0, -20)],
  [
    "changed",
    (bytes) => bytes.map((byte, i) => (i > bytes.length / 2 && i < bytes.length / 2 + 9 ? byte ^ 0x55 : byte)),
  ],
  ["changed in its check sum", (bytes) => bytes.map((byte, i) => (i === bytes.length - 6 ? byte ^ 1 : byte))],
  ["no gzip", () => new TextEncoder().encode("text\tlabel\n")],
  ["empty", () => new Uint8Array(0)],
])("what is %s is refused", async (_, change) => {
  await expect(unpackGzip(memorySource("a.gz", change(await packed(BYTES))), OWNER)).rejects.toThrow(
    new DataError(DAMAGED, { file: "a.gz" }),
  );
});

test("a fault of the source stays what it is", async () => {
  const source: ByteSource = {
    ...memorySource("a.gz", new Uint8Array(9)),
    // biome-ignore lint/correctness/useYield: it fails before the first piece
    async *stream() {
      throw new DataError("disk: expected to read but found a fault");
    },
  };
  await expect(unpackGzip(source, OWNER)).rejects.toThrow(new DataError("disk: expected to read but found a fault"));
});
