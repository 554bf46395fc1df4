import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type NdArray, numbers } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { CONFORMANCE, type ConformanceRow, type Property, titleOf } from "./conformance.fixture.ts";
import {
  BATCH,
  build,
  cut,
  cutKeys,
  feedsOf,
  mapped,
  permute,
  permuteBatch,
  permuteKeys,
  permuteQueries,
  reads,
  rowsOf,
  run,
  shapesOf,
  sizesOf,
  VALUE_DIM,
} from "./conformance-graph.fixture.ts";
import { MECHANISMS } from "./index.ts";

test("every mechanism of the list is put through the contract", () => {
  const names = new Set(CONFORMANCE.map(({ mechanism }) => mechanism.name));
  expect([...names].sort()).toEqual(MECHANISMS.map(({ name }) => name));
  expect(new Set(CONFORMANCE.map(titleOf)).size).toBe(CONFORMANCE.length);
});

test.each(MECHANISMS)("the row of $name names its file, its source and its axes", (row) => {
  expect(row.module).toBe(`attention/${row.name}.ts`);
  expect(existsSync(new URL(`../${row.module}`, import.meta.url))).toBe(true);
  expect(row.axes).toMatch(/^(\.\.\.|batch)( heads)? (queryLen|hops) keyLen$/);
  expect(row.choose).toMatch(/^[A-Z].*\.$/);
  expect([row.authors, row.title, row.section].every((text) => text.length > 3)).toBe(true);
  expect(row.year).toBeGreaterThan(1960);
});

const order = (count: number) =>
  fc.shuffledSubarray(
    Array.from({ length: count }, (_, i) => i),
    { minLength: count },
  );

/** A test of a property; left out, with the reason, where the row says that the mechanism has it not. */
function holds(row: ConformanceRow, property: Property, title: string, check: () => void): void {
  const exception = row.except?.[property];
  const name = exception === undefined ? title : `${title}: left out, for ${exception}`;
  test.skipIf(exception !== undefined)(name, check);
}

describe.each(CONFORMANCE.map((row) => ({ title: titleOf(row), row })))("$title", ({ row }) => {
  const built = build(row);
  const shapes = shapesOf(row);
  const { queryLen, keyLen } = sizesOf(row);
  const pairs = BATCH * shapes.queryLen * keyLen;
  const masks = fc.array(fc.boolean(), { minLength: pairs, maxLength: pairs });
  const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  test("weights are not negative, forbidden ones are 0, and rows sum to 1, or to 0 where no key is allowed", () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const readable = reads(row, (pair) => mask[pair] as boolean);
        const { output, weights } = run(
          built,
          feedsOf(row, (pair) => mask[pair] as boolean),
        );
        expect(output.shape).toEqual(shapes.output);
        expect(weights.shape).toEqual(shapes.weights);
        const isRight = (weight: number, i: number) => {
          if (!readable(i)) return Object.is(Math.abs(weight), 0);
          return (row.support ?? "all") === "all" ? weight > 0 : weight >= 0;
        };
        expect(numbers(weights).every(isRight)).toBe(true);
        for (const [i, found] of rowsOf(weights).entries()) {
          const any = found.some((_, key) => readable(i * keyLen + key));
          if (row.except?.["rows sum to 1 or 0"]) expect(sumOf(found)).toBeLessThanOrEqual(any ? 1 + 1e-12 : 0);
          else expect(sumOf(found)).toBeCloseTo(any ? 1 : 0, 12);
          if (row.support === "one") expect(found.filter((weight) => weight !== 0)).toEqual(any ? [1] : []);
        }
        if (row.weightHeads || row.outputDim || row.ownOutput) return;
        const [left, right] = [input("weights", weights.shape), input("value", [BATCH, keyLen, VALUE_DIM])];
        const given = { weights, value: feedsOf(row, () => true).value };
        expectClose(output, evaluate({ y: left.matmul(right) }, given).y as NdArray, "float64", "weights · value");
      }),
      { numRuns: 20 },
    );
  });

  test("a row without any key has no weight, and finite gradients, none of them for its query", () => {
    const feeds = feedsOf(row, (pair) => pair >= keyLen);
    const { weights } = run(built, feeds);
    for (let head = 0; head < shapes.heads; head++) {
      expect(rowsOf(weights)[head * shapes.queryLen]).toEqual(new Array(keyLen).fill(0));
    }
    const leaves = [...built.leaves].filter(([name]) => name !== "mask");
    const loss = (built.outputs.output as Tensor).mul(built.outputs.output as Tensor).sum();
    const gradients = gradient(
      loss,
      leaves.map(([, leaf]) => leaf),
    );
    const values = evaluate(Object.fromEntries(leaves.map(([name], i) => [name, gradients[i] as Tensor])), {
      ...built.weights,
      ...feeds,
    });
    for (const [name, value] of Object.entries(values)) expect(numbers(value).every(Number.isFinite), name).toBe(true);
    if (row.ownQueries !== undefined) return;
    const ofFirst = numbers(values.query as NdArray).slice(0, row.queryDim);
    expect(ofFirst.map(Math.abs)).toEqual(new Array(row.queryDim).fill(0));
  });

  holds(row, "no key, no output", "a row without any key has no output", () => {
    const { output } = run(
      built,
      feedsOf(row, (pair) => pair >= keyLen),
    );
    expect(numbers(output).slice(0, shapes.output[2]).map(Math.abs)).toEqual(new Array(shapes.output[2]).fill(0));
  });

  holds(row, "order of keys", "permuting keys with their values changes nothing", () => {
    fc.assert(
      fc.property(order(keyLen), masks, (keys, mask) => {
        const feeds = feedsOf(row, (pair) => mask[pair] as boolean);
        const [before, after] = [run(built, feeds), run(built, permuteKeys(feeds, keys))];
        expectClose(after.output, before.output, "float64", "output");
        expectClose(after.weights, permute(before.weights, shapes.weights.length - 1, keys), "float64", "weights");
      }),
      { numRuns: 10 },
    );
  });

  test("permuting the batch permutes the results", () => {
    const feeds = feedsOf(row, (pair) => pair % 3 !== 0);
    const [before, swapped] = [run(built, feeds), run(built, permuteBatch(feeds, [1, 0]))];
    expectClose(swapped.output, permute(before.output, 0, [1, 0]), "float64", "output");
    expectClose(swapped.weights, permute(before.weights, 0, [1, 0]), "float64", "weights");
  });

  if (row.ownQueries === undefined) {
    holds(row, "order of queries", "permuting the queries permutes the results", () => {
      const feeds = feedsOf(row, (pair) => pair % 3 !== 0);
      const queries = [4, 2, 0, 1, 3];
      const [before, turned] = [run(built, feeds), run(built, permuteQueries(feeds, queries))];
      expectClose(turned.output, permute(before.output, 1, queries), "float64", "output");
      expectClose(turned.weights, permute(before.weights, shapes.weights.length - 2, queries), "float64", "weights");
    });
  }

  for (const side of ["behind", "in front"] as const) {
    if (row.padding && row.padding !== side) continue;
    holds(row, "padding", `padding ${side} of the keys changes nothing`, () => {
      const sizes = { ...sizesOf(row), keyLen: keyLen + 3 };
      const start = side === "behind" ? 0 : 3;
      const long = feedsOf(row, (pair) => pair % sizes.keyLen >= start && pair % sizes.keyLen < start + keyLen, sizes);
      const expected = run(built, cutKeys(long, start, start + keyLen));
      const actual = run(build(row, sizes), long);
      expectClose(actual.output, expected.output, "float64", "output");
      const kept = cut(actual.weights, shapes.weights.length - 1, start, start + keyLen);
      expectClose(kept, expected.weights, "float64", "weights");
    });
  }

  if (row.noise) {
    test("other noise draws other weights", () => {
      const feeds = feedsOf(row, () => true);
      const other = { ...feeds, noise: mapped(feeds.noise, (u) => 1 - u) };
      expect(numbers(run(built, other).weights)).not.toEqual(numbers(run(built, feeds).weights));
    });
  }

  test("a value of another length is refused with the name of the axis", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key] = [input("query", [2, queryLen, row.queryDim]), input("key", [2, 7, row.keyDim])];
    const message =
      /^\w+: expected value \[(\.\.\.|batch) keyLen \w+\] to have keyLen=7, as in (key|query), but found shape \[2,6,11\]$/;
    const attempt = () => forward({ query, key, value: input("value", [2, 6, 11]) });
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(row.owner);
  });

  test("a mask that is not bool is refused", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key] = [input("query", [2, queryLen, row.queryDim]), input("key", [2, 7, row.keyDim])];
    const value = input("value", [2, 7, 11]);
    expect(() => forward({ query, key, value, mask: input("mask", [queryLen, 7]) })).toThrow(
      new ShapeError(
        `${row.maskOwner ?? "attend"}: expected mask to be bool but found float32; cast("bool") where 1 means may attend, or give numbers to add as bias`,
      ),
    );
  });

  test("a mask or a bias that the scores do not hold is refused", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key, value] = [
      input("query", [2, queryLen, row.queryDim]),
      input("key", [2, 7, row.keyDim]),
      input("value", [2, 7, 11]),
    ];
    const scores = shapesOf(row, { batch: 2, queryLen, keyLen: 7 }).weights;
    const strange = [3, ...scores.slice(1)];
    const message = (name: string) =>
      `${row.maskOwner ?? "attend"}: expected ${name} to stretch to the scores [${scores}] but found [${strange}]`;
    const attempt = (given: { mask: Tensor } | { bias: Tensor }) => () => forward({ query, key, value, ...given });
    expect(attempt({ mask: input("mask", strange, "bool") })).toThrow(new ShapeError(message("mask")));
    expect(attempt({ bias: input("bias", strange) })).toThrow(new ShapeError(message("bias")));
  });
});
