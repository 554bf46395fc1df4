import fc from "fast-check";
import { expect, it } from "vitest";
import { type Bucket, type Lengths, planBuckets } from "./buckets.ts";

/** All padded lengths together. */
function cost({ buckets, of }: { buckets: readonly Bucket[]; of: Uint8Array }): number {
  return of.reduce((sum, i) => sum + (buckets[i] as Bucket).sourceLen + (buckets[i] as Bucket).targetLen, 0);
}

/** The least cost over all ways to cut the examples, in some order, into at most `most` parts that are each as long as all before it. */
function leastCost(ordered: readonly (readonly [number, number])[], most: number): number {
  if (ordered.length === 0) return 0;
  if (most === 0) return Number.POSITIVE_INFINITY;
  const longest = (part: 0 | 1, least: number) => Math.max(least, ...ordered.map((lengths) => lengths[part]));
  const size = longest(0, 1) + longest(1, 0);
  const costs = ordered.map(
    (_, start) => leastCost(ordered.slice(0, start), most - 1) + (ordered.length - start) * size,
  );
  return Math.min(...costs);
}

function expectWhole(lengths: Lengths, { buckets, of }: ReturnType<typeof planBuckets>, most = 8): void {
  expect(buckets.length).toBeLessThanOrEqual(most);
  for (const [i, { sourceLen, targetLen }] of buckets.entries()) {
    const before = buckets[i - 1] ?? { sourceLen: 1, targetLen: 0 };
    expect(sourceLen).toBeGreaterThanOrEqual(before.sourceLen);
    expect(targetLen).toBeGreaterThanOrEqual(before.targetLen);
    if (i > 0) expect(sourceLen + targetLen).toBeGreaterThan(before.sourceLen + before.targetLen);
  }
  expect(of.length).toBe(lengths.source.length);
  const fits = ({ sourceLen, targetLen }: Bucket, i: number) =>
    (lengths.source[i] as number) <= sourceLen && (lengths.target?.[i] ?? 0) <= targetLen;
  const first = Array.from(of, (_, i) => buckets.findIndex((bucket) => fits(bucket, i)));
  expect(first).not.toContain(-1);
  expect(Array.from(of)).toEqual(first);
}

const length = fc.integer({ min: 0, max: 12 });

it("pads texts the least of all ways", () => {
  const property = fc.property(
    fc.array(length, { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 1, max: 4 }),
    (source, most) => {
      const plan = planBuckets({ source }, most);
      expectWhole({ source }, plan, most);
      const sorted = source.toSorted((a, b) => a - b).map((len) => [len, 0] as const);
      expect(cost(plan)).toBe(leastCost(sorted, most));
    },
  );
  expect(() => fc.assert(property, { numRuns: 200 })).not.toThrow();
});

it("pads pairs the least of all ways to cut them in their order", () => {
  const pairs = fc.array(fc.tuple(length, length), { minLength: 1, maxLength: 9 });
  const property = fc.property(pairs, fc.integer({ min: 1, max: 4 }), (lengths, most) => {
    const [source, target] = [lengths.map(([len]) => len), lengths.map(([, len]) => len)];
    const plan = planBuckets({ source, target }, most);
    expectWhole({ source, target }, plan, most);
    const [sources, targets] = [source, target].map((each) => each.reduce((a, b) => a + b));
    const scale = targets ? (sources as number) / targets : 0;
    const key = ([s, t]: readonly [number, number]) => Math.max(1, s, Math.round(t * scale));
    const sorted = lengths.toSorted((a, b) => key(a) - key(b));
    // Pairs of one key are never parted; those are the cuts that `leastCost` may make where keys differ.
    const distinct = new Set(sorted.map(key)).size === sorted.length;
    const least = leastCost(sorted, most);
    if (distinct) expect(cost(plan)).toBe(least);
    else expect(cost(plan)).toBeGreaterThanOrEqual(least);
  });
  expect(() => fc.assert(property, { numRuns: 300 })).not.toThrow();
});

it("makes a bucket of what is far from all others", () => {
  const { buckets, of } = planBuckets({ source: [3, 4, 3, 90, 4], target: [5, 5, 6, 100, 5] }, 2);
  expect(buckets).toEqual([
    { sourceLen: 4, targetLen: 6 },
    { sourceLen: 90, targetLen: 100 },
  ]);
  expect(Array.from(of)).toEqual([0, 0, 0, 1, 0]);
});

it.each<[string, Lengths, readonly Bucket[]]>([
  ["one example", { source: [7], target: [3] }, [{ sourceLen: 7, targetLen: 3 }]],
  ["one length", { source: [5, 5, 5], target: [2, 2, 2] }, [{ sourceLen: 5, targetLen: 2 }]],
  [
    "no targets",
    { source: [5, 9] },
    [
      { sourceLen: 5, targetLen: 0 },
      { sourceLen: 9, targetLen: 0 },
    ],
  ],
  ["empty texts", { source: [0, 0] }, [{ sourceLen: 1, targetLen: 0 }]],
  ["no examples", { source: [] }, []],
  ["only targets", { source: [0, 0], target: [4, 9] }, [{ sourceLen: 1, targetLen: 9 }]],
])("plans for %s", (_, lengths, buckets) => {
  const plan = planBuckets(lengths);
  expect(plan.buckets).toEqual(buckets);
  expectWhole(lengths, plan);
});

it("holds lengths of thousands, and hardly pads more for telling them apart less finely", () => {
  const source = Int32Array.from({ length: 20_000 }, (_, i) => ((i * 7919) % 9973) + 1);
  const target = source.map((len, i) => Math.ceil(len / 3) + (i % 11));
  const plan = planBuckets({ source, target });
  expectWhole({ source, target }, plan);
  expect(plan.buckets.length).toBe(8);
  // Evenly spread lengths are padded by half a bucket: a sixteenth of the longest, beside a mean of its half.
  const tokens = source.reduce((a, b) => a + b) + target.reduce((a, b) => a + b);
  expect(cost(plan) / tokens).toBeLessThan(1 + 2 / 16 + 0.01);
});

it("makes as many buckets as lengths, where that many are allowed", () => {
  const source = Array.from({ length: 300 }, (_, i) => i + 1);
  const plan = planBuckets({ source }, 256);
  expectWhole({ source }, plan, 256);
  expect([plan.buckets.length, plan.of.at(-1)]).toEqual([256, 255]);
});

it.each([0, 257, Number.NaN])("refuses %d buckets", (most) => {
  expect(() => planBuckets({ source: [1] }, most)).toThrow(
    new RangeError(`planBuckets: expected 1 to 256 buckets but found ${most}`),
  );
});
