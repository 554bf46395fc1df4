import { expect, it } from "vitest";
import { places, tokens } from "./numbers.ts";

it("numbers are kept in their order, however many", () => {
  const list = tokens();
  const expected = Array.from({ length: 5000 }, (_, i) => (i * 7919) % 65_537);
  for (const value of expected) list.push(value);
  expect(list.length).toBe(5000);
  expect(Array.from(list.values())).toEqual(expected);
  expect(expected.map((_, i) => list.at(i))).toEqual(expected);
});

it.each([1023, 1024, 1025, 2048])("a list of %d numbers holds no others", (count) => {
  const list = places();
  for (let i = 0; i < count; i++) list.push(i + 0.5);
  expect([list.length, list.values().length, list.at(count - 1)]).toEqual([count, count, count - 0.5]);
});

it("places may be beyond what 32 bits tell", () => {
  const list = places();
  for (const value of [0, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) list.push(value);
  expect(Array.from(list.values())).toEqual([0, 4_294_967_297, 9_007_199_254_740_991]);
});

it("a slice is a copy", () => {
  const list = tokens();
  for (const value of [1, 2, 3, 4]) list.push(value);
  const slice = list.slice(1, 3);
  slice[0] = 9;
  expect([Array.from(slice), list.at(1)]).toEqual([[9, 3], 2]);
});

it("a new list is empty", () => {
  expect([tokens().length, tokens().values().length]).toEqual([0, 0]);
});
