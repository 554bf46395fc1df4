import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DATE_MAP } from "./date-map.fixture.ts";
import { attentionMapNpy } from "./npy.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => String(i));

test("a file is byte for byte what numpy.save writes", () => {
  const weights = Array.from({ length: 35 }, (_, i) => ((i * 37) % 256) / 256);
  const golden = readFileSync(new URL("../../test/goldens/attention-map.npy", import.meta.url));
  const bytes = attentionMapNpy({ rows: names(5), columns: names(7), weights });
  expect(Buffer.from(bytes).toString("latin1")).toBe(golden.toString("latin1"));
});

test("the weights read back, row by row", () => {
  const bytes = attentionMapNpy(DATE_MAP);
  const view = new DataView(bytes.buffer);
  const start = 10 + view.getUint16(8, true);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  expect(start % 64).toBe(0);
  expect(header).toMatch(/^\{'descr': '<f4', 'fortran_order': False, 'shape': \(10, 23\), \} *\n$/);
  expect(bytes.length).toBe(start + 4 * 230);
  const read = Array.from({ length: 230 }, (_, i) => view.getFloat32(start + 4 * i, true));
  expect(read).toEqual([...Float32Array.from(DATE_MAP.weights)]);
});

test.each([
  [0, 3],
  [1, 1],
  [100_000, 1],
])("a map of %i rows and %i columns has a header of whole lines", (rows, columns) => {
  const bytes = attentionMapNpy({
    rows: names(rows),
    columns: names(columns),
    weights: new Float32Array(rows * columns),
  });
  const start = 10 + new DataView(bytes.buffer).getUint16(8, true);
  expect([start % 64, bytes.length - start]).toEqual([0, 4 * rows * columns]);
});

test("what is no map is refused", () => {
  expect(() => attentionMapNpy({ rows: ["a"], columns: ["b"], weights: [] })).toThrow(
    "attentionMap: expected 1 weights for 1 rows and 1 columns but found 0",
  );
});
