import { expect, test } from "vitest";
import { DataError } from "../../tensor/errors.ts";
import { blobSource, memorySource, PIECE } from "./byte-source.ts";

const BYTES = Uint8Array.from({ length: PIECE + 1000 }, (_, i) => (i * i + (i >> 8)) % 251);

test.each(["memory", "blob"])("a source in %s is read at any place", async (kind) => {
  const source = kind === "blob" ? blobSource("a", new Blob([BYTES])) : memorySource("a", BYTES);
  expect(source).toMatchObject({ name: "a", size: BYTES.length });
  expect(await source.read(3, 8)).toEqual(BYTES.slice(3, 8));
  const lengths: number[] = [];
  for await (const piece of source.stream()) lengths.push(piece.length);
  expect(lengths).toEqual([PIECE, 1000]);
  await source.close();
});

test.each([
  [-1, 3],
  [4, 3],
  [0, 12],
  [Number.NaN, 3],
])("the range from %d to %d is refused", async (start, end) => {
  await expect(memorySource("a", new Uint8Array(11)).read(start, end)).rejects.toThrow(
    new RangeError(`source: expected a range in the 11 bytes of a but found ${start} to ${end}`),
  );
});

test("a file of a page that has changed is told", async () => {
  const blob = { size: 9, slice: () => ({ arrayBuffer: () => Promise.reject(new Error("no permission")) }) };
  await expect(blobSource("a.tsv", blob as unknown as Blob).read(0, 9)).rejects.toThrow(
    new DataError("source: expected to read a.tsv but found no permission; choose the file again", { file: "a.tsv" }),
  );
});
