import { expect, test } from "vitest";
import { headsOf, inLayer, mapOf } from "./graph-heads.ts";

test("splits along batch and heads, and keeps every number", () => {
  const weights = Float32Array.from({ length: 2 * 3 * 5 * 7 }, (_, i) => i);
  const heads = headsOf([
    { name: "reading", axes: ["batch", "heads", "queryLen", "keyLen"], shape: [2, 3, 5, 7], weights },
  ]);
  expect(heads.map(({ label }) => label)).toEqual([
    "batch 1 · head 1",
    "batch 1 · head 2",
    "batch 1 · head 3",
    "batch 2 · head 1",
    "batch 2 · head 2",
    "batch 2 · head 3",
  ]);
  expect(heads[4]?.weights).toEqual(weights.slice(4 * 35, 5 * 35));
  expect([heads[4]?.rows, heads[4]?.columns]).toEqual([5, 7]);
});

test("turns axes round where the keys come first", () => {
  const weights = Float32Array.of(1, 2, 3, 4, 5, 6);
  const [head] = headsOf([{ name: "a", axes: ["keyLen", "queryLen"], shape: [3, 2], weights }]);
  expect(head?.weights).toEqual(Float32Array.of(1, 3, 5, 2, 4, 6));
  expect(head?.label).toBe("a");
});

test("weights of one query are one row", () => {
  const heads = headsOf([
    { name: "a", axes: ["batch", "keyLen"], shape: [1, 3], weights: Float32Array.of(1, 2, 3) },
    { name: "b", axes: ["batch", "keyLen"], shape: [2, 2], weights: Float32Array.of(1, 2, 3, 4) },
  ]);
  expect(heads.map(({ label, layer, rows }) => [label, layer, rows])).toEqual([
    ["a", 0, 1],
    ["b · batch 1", 1, 1],
    ["b · batch 2", 1, 1],
  ]);
  expect(mapOf(heads[2] as (typeof heads)[0])).toEqual({
    title: "b · batch 2",
    axes: "queries",
    rows: ["1"],
    columns: ["1", "2"],
    weights: Float32Array.of(3, 4),
  });
});

test("a head says where its numbers lie, whatever the order of the axes", () => {
  const weights = Float32Array.from({ length: 2 * 3 * 5 * 7 }, (_, i) => i);
  const axes = ["keyLen", "batch", "queryLen", "heads"];
  for (const { from, rows, columns, weights: matrix } of headsOf([{ name: "a", axes, shape: [2, 3, 5, 7], weights }])) {
    const found = Array.from({ length: rows * columns }, (_, i) => {
      return weights[from.start + Math.floor(i / columns) * from.row + (i % columns) * from.column];
    });
    expect(found).toEqual([...matrix]);
  }
});

test("from layer to layer one stays at the same head", () => {
  const layer = (name: string, heads: number) => {
    return { name, axes: ["heads", "queryLen", "keyLen"], shape: [heads, 1, 1], weights: new Float32Array(heads) };
  };
  const heads = headsOf([layer("a", 3), layer("b", 3), layer("c", 2)]);
  expect(inLayer(heads, 2, 1)).toBe(5);
  expect(inLayer(heads, 5, 1)).toBe(7);
  expect(inLayer(heads, 4, -1)).toBe(1);
  expect(inLayer(heads, 7, 1)).toBe(undefined);
});
