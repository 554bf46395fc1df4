import { expect, test } from "vitest";
import { type BadgeName, headFacts, isSeparator, shownBadges } from "./head-badges.ts";

const N = 7;

function matrix(rows: number, columns: number, weight: (row: number, column: number) => number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => weight(Math.floor(i / columns), i % columns));
}

function square(weight: (row: number, column: number) => number) {
  return { rows: N, columns: N, weights: matrix(N, N, weight) };
}

const only = (isThere: boolean) => (isThere ? 1 : 0);

test.each<{ name: BadgeName; weight: (row: number, column: number) => number }>([
  { name: "previous", weight: (row, column) => only(column === Math.max(0, row - 1)) },
  { name: "next", weight: (row, column) => only(column === Math.min(N - 1, row + 1)) },
  { name: "diagonal", weight: (row, column) => only(column === row) },
  { name: "first", weight: (_, column) => only(column === 0) },
  { name: "separator", weight: (_, column) => only(column === 3) },
  { name: "uniform", weight: () => 1 / N },
])("a head made for it has the badge $name with score 1, above every other but broad", ({ name, weight }) => {
  const { badges } = headFacts(square(weight), ["a", "b", "c", ".", "e", "f", "g"]);
  expect(badges[name]).toBeCloseTo(1, 6);
  for (const [other, score] of Object.entries(badges)) {
    if (other !== name && other !== "broad") expect(score, other).toBeLessThan(0.5);
  }
});

test("uniform and broad are 0 where all weight is on one key, and part where half the keys share it", () => {
  const one = headFacts(square((row, column) => only(column === row))).badges;
  expect([one.uniform, one.broad]).toEqual([0, 0]);
  const half = headFacts({ rows: 2, columns: 8, weights: matrix(2, 8, (_, column) => (column < 4 ? 0.25 : 0)) }).badges;
  expect(half.uniform).toBeCloseTo((0.5 - 1 / 8) / (1 - 1 / 8), 6);
  expect(half.broad).toBeCloseTo(2 / 3, 6);
});

test("a causal map is measured against the keys that each row can see", () => {
  const { badges, entropy } = headFacts(square((row, column) => (column <= row ? 1 / (row + 1) : 0)));
  expect(badges.uniform).toBeCloseTo(1, 6);
  expect(badges.broad).toBeCloseTo(1, 6);
  const expected = Array.from({ length: N }, (_, row) => Math.log2(row + 1)).reduce((a, b) => a + b) / N;
  expect(entropy).toBeCloseTo(expected, 6);
});

test("on a map with more keys than rows the diagonal takes all keys nearest to the row, with fewer the one nearest key", () => {
  const wide = { rows: 3, columns: 11, weights: matrix(3, 11, (row, column) => only(column === [1, 6, 9][row])) };
  expect(headFacts(wide).badges.diagonal).toBe(1);
  expect(headFacts(wide).badges.previous).toBe(0);
  const high = { rows: 5, columns: 3, weights: matrix(5, 3, (row, column) => only(column === [0, 1, 1, 2, 2][row])) };
  expect(headFacts(high).badges.diagonal).toBe(1);
});

test("distance counts keys between where a row stands and where it looks", () => {
  expect(headFacts(square((row, column) => only(column === row))).distance).toBe(0);
  expect(headFacts(square((_, column) => only(column === 0))).distance).toBe(3);
});

test("rows without weight do not count, and a head without any has scores of 0", () => {
  const some = headFacts(square((row, column) => only(row % 2 === 0 && column === row)));
  expect(some.badges.diagonal).toBe(1);
  const none = headFacts(square(() => 0));
  expect(Object.values(none.badges)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test("separators are punctuation and ends of text, with or without marks of word pieces", () => {
  const yes = [".", "##,", "▁.", "Ġ,", "。", "[SEP]", "</s>", "<|endoftext|>", "-"];
  const no = ["a", "", "##ing", "[CLS]", "<s>", "3.5", "␣"];
  expect(yes.filter((token) => !isSeparator(token))).toEqual([]);
  expect(no.filter(isSeparator)).toEqual([]);
});

test("badges are shown from a score on, the highest first", () => {
  const badges = { previous: 0.5, next: 0.1, diagonal: 0.9, first: 0, separator: 0, uniform: 0.39, broad: 0.4 };
  expect(shownBadges(badges)).toEqual([
    { name: "diagonal", score: 0.9 },
    { name: "previous", score: 0.5 },
    { name: "broad", score: 0.4 },
  ]);
});
