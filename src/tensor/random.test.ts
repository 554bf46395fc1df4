import { expect, test } from "vitest";
import { philox, Rng } from "./random.ts";

// Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
const VECTORS = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  {
    counter: [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    key: [0xffffffff, 0xffffffff],
    words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

test.each(VECTORS)("philox gives the published words for counter $counter", ({ counter, key, words }) => {
  const out = new Uint32Array(4);
  philox(counter, key, out);
  expect([...out]).toEqual(words);
});

test("a stream depends on seed, name, index and step only", () => {
  const first = new Rng(7, "dropout");
  const numbers = [first.uniform(), first.uniform(), first.uniform()];
  const other = new Rng(7, "dropout").at(3, 2);
  other.uniform();
  other.at(0, 0);
  expect([other.uniform(), other.uniform(), other.uniform()]).toEqual(numbers);
  expect(new Rng(8, "dropout").uniform()).not.toBe(numbers[0]);
  expect(new Rng(7, "noise").uniform()).not.toBe(numbers[0]);
  expect(new Rng(7, "dropout").at(1).uniform()).not.toBe(numbers[0]);
});

test.each([0, 1, 4, 7, 8, 9, 16, 31])("filling %i places gives what uniform gives, and goes on from there", (count) => {
  for (const [index, step] of [
    [0, 0],
    [3, 2],
    [0xffffffff, 0x80000001],
  ] as const) {
    const [filling, single] = [new Rng(0xfffffff1, "dropout"), new Rng(0xfffffff1, "dropout").at(index, step)];
    const out = new Float32Array(count + 3).fill(-1);
    filling.fill(out, { start: 2, end: 2 + count, index, step });
    expect([...out]).toEqual([-1, -1, ...Array.from({ length: count }, () => single.uniform()), -1]);
    // A block that is begun is drawn to its end by both.
    expect([filling.uniform(), filling.uniform()]).toEqual([single.uniform(), single.uniform()]);
  }
});

test("uniform and normal numbers have their moments", () => {
  const rng = new Rng(1, "moments");
  const count = 20_000;
  const uniform = Array.from({ length: count }, () => rng.uniform());
  const normal = Array.from({ length: count }, () => rng.normal());
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  expect(mean(uniform)).toBeCloseTo(0.5, 2);
  expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...uniform)).toBeLessThan(1);
  expect(Math.abs(mean(normal))).toBeLessThan(0.03);
  expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
});

test("a permutation holds every index once", () => {
  const order = new Rng(3, "order").permutation(101);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 101 }, (_, i) => i));
});

test("a seed outside 32 bits is refused", () => {
  expect(() => new Rng(-1, "x")).toThrow(new RangeError("Rng: expected a seed from 0 to 4294967295 but found -1"));
});
