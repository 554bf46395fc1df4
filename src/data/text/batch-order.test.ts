import { expect, it } from "vitest";
import { BatchOrder, type BatchPlace } from "./batch-order.ts";

/** Examples over buckets 0 … 3, most of them in the first. */
const OF = Uint8Array.from({ length: 103 }, (_, i) => (i % 7 === 0 ? 1 : i % 11 === 0 ? 3 : i % 13 === 0 ? 2 : 0));

const order = (seed = 5, batch = 8, of = OF) => new BatchOrder({ of, batch, seed });

const plain = ({ bucket, examples }: BatchPlace) => [bucket, ...examples];

function epoch(batches: BatchOrder, number: number): number[][] {
  return Array.from({ length: batches.batchesPerEpoch }, (_, i) =>
    plain(batches.at(number * batches.batchesPerEpoch + i)),
  );
}

it.each([1, 2, 8, 103, 200])("takes every example once an epoch, in batches of %d", (batch) => {
  const batches = order(5, batch);
  expect(batches.batchesPerEpoch).toBe(Math.ceil(OF.length / batch));
  for (const number of [0, 1, 1000]) {
    const taken = epoch(batches, number).flatMap(([, ...examples]) => examples);
    expect(taken.toSorted((a, b) => a - b)).toEqual(Array.from(OF.keys()));
  }
});

it("fills all batches of an epoch but one", () => {
  const sizes = epoch(order(), 3).map(([, ...examples]) => examples.length);
  expect(sizes.toSorted((a, b) => b - a)).toEqual([...Array(12).fill(8), 7]);
});

it("takes a batch from one bucket, filled up with the next smaller ones", () => {
  const all = epoch(order(), 0);
  for (const [bucket, ...examples] of all) {
    const buckets = examples.map((example) => OF[example] as number);
    expect(Math.max(...buckets)).toBe(bucket);
  }
  const mixed = all.filter(([, ...examples]) => new Set(examples.map((example) => OF[example])).size > 1);
  expect(mixed.length).toBeLessThanOrEqual(new Set(OF).size - 1);
});

it("depends on seed and step alone, asked in any order", () => {
  const [one, other] = [order(), order()];
  const steps = Array.from({ length: 60 }, (_, i) => i);
  const forwards = steps.map((step) => plain(one.at(step)));
  const mixed = steps.map((step) => (step * 37) % 60);
  expect(mixed.map((step) => plain(other.at(step)))).toEqual(mixed.map((step) => forwards[step]));
});

it("gives what it gave before even after other epochs were asked for", () => {
  const batches = order();
  const kept = batches.at(2);
  const before = plain(kept);
  batches.at(99);
  expect(plain(kept)).toEqual(before);
});

it("has another order in other epochs and for other seeds", () => {
  const batches = order();
  const seen = [...[0, 1, 2].map((number) => epoch(batches, number)), epoch(order(6), 0)];
  expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(4);
  // Not only the batches' order: other examples meet.
  const together = seen.map((each) =>
    each.map(([, ...examples]) => examples.toSorted((a, b) => a - b).join()).toSorted(),
  );
  expect(new Set(together.map((each) => JSON.stringify(each))).size).toBe(4);
});

it("has its short and its long batches at any place of an epoch", () => {
  const batches = order();
  const places = Array.from({ length: 40 }, (_, number) =>
    epoch(batches, number).findIndex(([, ...examples]) => examples.length < 8),
  );
  expect(new Set(places).size).toBeGreaterThan(5);
});

it("takes one example again and again where there is no other", () => {
  const batches = order(0, 4, Uint8Array.of(0));
  expect([batches.batchesPerEpoch, plain(batches.at(0)), plain(batches.at(7))]).toEqual([1, [0, 0], [0, 0]]);
});

it("knows all buckets that a byte can tell", () => {
  const of = Uint8Array.from({ length: 256 }, (_, i) => 255 - i);
  const found = epoch(order(0, 1, of), 0).toSorted(([a], [b]) => (a as number) - (b as number));
  expect(found).toEqual(Array.from({ length: 256 }, (_, bucket) => [bucket, 255 - bucket]));
});

it("needs an example", () => {
  expect(() => order(0, 4, new Uint8Array(0))).toThrow(
    new RangeError("BatchOrder: expected at least one example but found none"),
  );
});
