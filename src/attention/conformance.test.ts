import { existsSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parametersAsInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize } from "../nn/module.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { CONFORMANCE, type ConformanceRow, type Property } from "./conformance.fixture.ts";
import {
  BATCH,
  build,
  feedsOf,
  KEY_LEN,
  permute,
  QUERY_LEN,
  run,
  SIZES,
  shapesOf,
  VALUE_DIM,
} from "./conformance-graph.fixture.ts";
import { MECHANISMS } from "./index.ts";

test("every mechanism of the list is put through the contract", () => {
  expect(CONFORMANCE.map(({ mechanism }) => mechanism.name).sort()).toEqual(MECHANISMS.map(({ name }) => name));
});

test.each(MECHANISMS)("the row of $name names its file, its source and its axes", (row) => {
  expect(row.module).toBe(`attention/${row.name}.ts`);
  expect(existsSync(new URL(`../${row.module}`, import.meta.url))).toBe(true);
  expect(row.axes).toMatch(/^(\.\.\.|batch)( heads)? (queryLen|hops) keyLen$/);
  expect(row.choose).toMatch(/^[A-Z].*\.$/);
  expect([row.authors, row.title, row.section].every((text) => text.length > 3)).toBe(true);
  expect(row.year).toBeGreaterThan(1960);
});

const masks = fc.array(fc.boolean(), {
  minLength: BATCH * QUERY_LEN * KEY_LEN,
  maxLength: BATCH * QUERY_LEN * KEY_LEN,
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

describe.each(CONFORMANCE)("$mechanism.name", (row) => {
  const built = build(row);
  const shapes = shapesOf(row);
  const rowCount = BATCH * shapes.heads * shapes.queryLen;
  /** Whether a mask allows the key that a weight belongs to. */
  const allows = (mask: (i: number) => boolean, i: number) => {
    const [row, key] = [Math.floor(i / KEY_LEN), i % KEY_LEN];
    const [batch, query] = [Math.floor(row / (shapes.heads * shapes.queryLen)), row % shapes.queryLen];
    return mask((batch * shapes.queryLen + query) * KEY_LEN + key);
  };
  const rowsOf = (weights: NdArray) => {
    const all = numbers(weights);
    return Array.from({ length: rowCount }, (_, i) => all.slice(i * KEY_LEN, (i + 1) * KEY_LEN));
  };
  const sumOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

  test("weights are not negative, forbidden ones are 0, and rows sum to 1, or to 0 where no key is allowed", () => {
    fc.assert(
      fc.property(masks, (mask) => {
        const allowed = (i: number) => mask[i] as boolean;
        const { output, weights } = run(built, feedsOf(row, allowed));
        expect(output.shape).toEqual(shapes.output);
        expect(weights.shape).toEqual(shapes.weights);
        const isRight = (weight: number, i: number) => {
          if (!allows(allowed, i)) return Object.is(Math.abs(weight), 0);
          return row.except?.["every allowed key gets some weight"] ? weight >= 0 : weight > 0;
        };
        expect(numbers(weights).every(isRight)).toBe(true);
        for (const [i, found] of rowsOf(weights).entries()) {
          const any = found.some((_, key) => allows(allowed, i * KEY_LEN + key));
          if (row.except?.["rows sum to 1 or 0"]) expect(sumOf(found)).toBeLessThanOrEqual(any ? 1 + 1e-12 : 0);
          else expect(sumOf(found)).toBeCloseTo(any ? 1 : 0, 12);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("a row without any key has no weight, no output, and finite gradients", () => {
    const feeds = feedsOf(row, (i) => i >= KEY_LEN);
    const { output, weights } = run(built, feeds);
    for (let head = 0; head < shapes.heads; head++) {
      expect(rowsOf(weights)[head * shapes.queryLen]).toEqual(new Array(KEY_LEN).fill(0));
    }
    expect(numbers(output).slice(0, shapes.output[2]).map(Math.abs)).toEqual(new Array(shapes.output[2]).fill(0));
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
    if (row.ownQueries !== undefined || row.except?.["order of queries"]) return;
    const ofFirst = numbers(values.query as NdArray).slice(0, row.queryDim);
    expect(ofFirst.map(Math.abs)).toEqual(new Array(row.queryDim).fill(0));
  });

  for (const size of [1e12, -1e12]) {
    holds(
      row,
      "far numbers",
      `rows still sum to 1 with numbers as far out as ${size}, and forbidden weights are 0`,
      () => {
        const allowed = (i: number) => i % 3 !== 0;
        const plain = feedsOf(row, allowed);
        const far = (value: NdArray) =>
          array(
            numbers(value).map((x) => x * size),
            value.shape,
            value.dtype,
          );
        const { weights } = run(built, { ...plain, query: far(plain.query), key: far(plain.key) });
        const forbidden = numbers(weights).filter((_, i) => !allows(allowed, i));
        expect(forbidden.every((weight) => Math.abs(weight) === 0)).toBe(true);
        for (const found of rowsOf(weights)) expect(sumOf(found)).toBeCloseTo(1, 12);
      },
    );
  }

  holds(row, "order of keys", "permuting keys with their values changes nothing", () => {
    fc.assert(
      fc.property(order(KEY_LEN), masks, (keys, mask) => {
        const feeds = feedsOf(row, (i) => mask[i] as boolean);
        const permuted = {
          query: feeds.query,
          key: permute(feeds.key, 1, keys),
          value: permute(feeds.value, 1, keys),
          mask: permute(feeds.mask, 2, keys),
        };
        const [before, after] = [run(built, feeds), run(built, permuted)];
        expectClose(after.output, before.output, "float64", "output");
        expectClose(after.weights, permute(before.weights, shapes.weights.length - 1, keys), "float64", "weights");
      }),
      { numRuns: 10 },
    );
  });

  test("permuting the batch permutes the results", () => {
    const feeds = feedsOf(row, (i) => i % 3 !== 0);
    const before = run(built, feeds);
    const swap = (value: NdArray) => permute(value, 0, [1, 0]);
    const swapped = run(built, {
      query: swap(feeds.query),
      key: swap(feeds.key),
      value: swap(feeds.value),
      mask: swap(feeds.mask),
    });
    expectClose(swapped.output, swap(before.output), "float64", "output");
    expectClose(swapped.weights, swap(before.weights), "float64", "weights");
  });

  if (row.ownQueries === undefined) {
    holds(row, "order of queries", "permuting the queries permutes the results", () => {
      const feeds = feedsOf(row, (i) => i % 3 !== 0);
      const before = run(built, feeds);
      const queries = [4, 2, 0, 1, 3];
      const turned = run(built, {
        ...feeds,
        query: permute(feeds.query, 1, queries),
        mask: permute(feeds.mask, 1, queries),
      });
      expectClose(turned.output, permute(before.output, 1, queries), "float64", "output");
      expectClose(turned.weights, permute(before.weights, shapes.weights.length - 2, queries), "float64", "weights");
    });
  }

  holds(row, "padding", "padding changes nothing", () => {
    const padded = { ...SIZES, keyLen: KEY_LEN + 3 };
    const long = feedsOf(row, (i) => i % padded.keyLen < KEY_LEN, padded);
    const cut = (value: NdArray, axis: number) => {
      const kept = value.shape.with(axis, KEY_LEN);
      const inner = product(value.shape.slice(axis + 1));
      const data = numbers(value).filter((_, i) => Math.floor(i / inner) % padded.keyLen < KEY_LEN);
      return array(data, kept, value.dtype);
    };
    const short = { query: long.query, key: cut(long.key, 1), value: cut(long.value, 1), mask: cut(long.mask, 2) };
    const [expected, actual] = [run(built, short), run(build(row, padded), long)];
    expectClose(actual.output, expected.output, "float64", "output");
    expectClose(cut(actual.weights, shapes.weights.length - 1), expected.weights, "float64", "weights");
  });

  test("a value of another length is refused with the name of the axis", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key] = [input("query", [2, 5, row.queryDim]), input("key", [2, 7, row.keyDim])];
    const message =
      /^\w+: expected value \[(\.\.\.|batch) keyLen \w+\] to have keyLen=7, as in key, but found shape \[2,6,11\]$/;
    const attempt = () => forward({ query, key, value: input("value", [2, 6, 11]) });
    expect(attempt).toThrow(ShapeError);
    expect(attempt).toThrow(message);
    expect(attempt).toThrow(row.owner);
  });

  test("a mask that is not bool is refused", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key] = [input("query", [2, 5, row.queryDim]), input("key", [2, 7, row.keyDim])];
    const value = input("value", [2, 7, 11]);
    expect(() => forward({ query, key, value, mask: input("mask", [5, 7]) })).toThrow(
      new ShapeError(`${row.maskOwner ?? "attend"}: expected mask to be bool but found float32; use cast("bool")`),
    );
  });

  test("a mask or a bias that the scores do not hold is refused", () => {
    const { forward } = row.make({ dropout: 0 });
    const [query, key, value] = [
      input("query", [2, 5, row.queryDim]),
      input("key", [2, 7, row.keyDim]),
      input("value", [2, 7, 11]),
    ];
    const scores = shapesOf(row, { batch: 2, queryLen: 5, keyLen: 7 }).weights;
    const strange = [3, ...scores.slice(1)];
    const message = (name: string) =>
      `${row.maskOwner ?? "attend"}: expected ${name} to stretch to the scores [${scores}] but found [${strange}]`;
    const attempt = (given: { mask: Tensor } | { bias: Tensor }) => () => forward({ query, key, value, ...given });
    expect(attempt({ mask: input("mask", strange, "bool") })).toThrow(new ShapeError(message("mask")));
    if (row.except?.bias === undefined) {
      expect(attempt({ bias: input("bias", strange) })).toThrow(new ShapeError(message("bias")));
    }
  });
});

describe.each(CONFORMANCE.filter(({ heads }) => heads))("$mechanism.name with heads", (row) => {
  test("each head is attention of its own, and one query stretches over a batch", () => {
    const { model, forward } = row.make({ dropout: 0 });
    if (model) initialize(model, 3);
    const { inputs, feeds } = model ? parametersAsInputs(model) : { inputs: new Map(), feeds: {} };
    const shaped = (name: string, shape: readonly number[]) => ({
      leaf: input(name, shape),
      value: randomNumbers(shape, name),
    });
    const parts = {
      query: shaped("query", [1, row.queryDim]),
      key: shaped("key", [2, 3, KEY_LEN, row.keyDim]),
      value: shaped("value", [2, 3, KEY_LEN, VALUE_DIM]),
    };
    const all = { ...feeds, ...Object.fromEntries(Object.entries(parts).map(([name, { value }]) => [name, value])) };
    const outputs = forward({ query: parts.query.leaf, key: parts.key.leaf, value: parts.value.leaf });
    expect(outputs.output.shape).toEqual([2, 3, 1, VALUE_DIM]);
    const whole = evaluate(substitute({ output: outputs.output }, inputs), all);
    const at = (tensor: Tensor) =>
      tensor.slice({ axis: 0, start: 1 }).squeeze(0).slice({ axis: 0, start: 2 }).squeeze(0);
    const single = forward({ query: parts.query.leaf, key: at(parts.key.leaf), value: at(parts.value.leaf) });
    const alone = evaluate(substitute({ output: single.output }, inputs), all);
    const last = numbers(whole.output as NdArray).slice(-VALUE_DIM);
    expectClose(array(last, [1, VALUE_DIM], "float64"), alone.output as NdArray, "float64", "output");
  });
});
