import { describe, expect, test } from "vitest";
import { withParameterInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { initialize } from "../nn/module.ts";
import { UNROLLED_STEPS } from "../nn/scan.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { concat, constant, input, type Tensor, zeros } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { LocationSensitiveAttention, lengthMask } from "./index.ts";

const [BATCH, KEY_LEN, QUERY_DIM, KEY_DIM] = [2, 7, 3, 11];
const SIZES = { queryDim: QUERY_DIM, keyDim: KEY_DIM, hiddenDim: 13, filters: 5, width: 3 };
const key = input("key", [BATCH, KEY_LEN, KEY_DIM]);
const queryOf = (queryLen: number) => input("query", [BATCH, queryLen, QUERY_DIM]);
const previous = input("previous", [BATCH, KEY_LEN]);
const mask = lengthMask(constant(array([KEY_LEN, 4], [BATCH], "int32")), KEY_LEN);

function build(options: Partial<typeof SIZES> = {}): LocationSensitiveAttention {
  const attention = new LocationSensitiveAttention({ ...SIZES, ...options });
  initialize(attention, 5);
  return attention;
}

function runWith(attention: LocationSensitiveAttention, wanted: Outputs, queryLen: number): Record<string, NdArray> {
  const { outputs, feeds } = withParameterInputs(wanted, attention);
  const given = {
    query: randomNumbers([BATCH, queryLen, QUERY_DIM], "query"),
    key: randomNumbers([BATCH, KEY_LEN, KEY_DIM], "key"),
    previous: randomNumbers([BATCH, KEY_LEN], "previous"),
  };
  return evaluate(outputs, { ...feeds, ...given }) as Record<string, NdArray>;
}

describe("LocationSensitiveAttention", () => {
  test.each([5, UNROLLED_STEPS + 3])(
    "%i queries at once give what some now and the rest later give, and its gradients",
    (queryLen) => {
      const attention = build();
      const query = queryOf(queryLen);
      const given = { key, value: key, mask };
      const whole = attention.forward({ ...given, query, previous });
      const start = attention.forward({ ...given, query: query.slice({ axis: 1, end: 2 }), previous });
      const rest = attention.forward({ ...given, query: query.slice({ axis: 1, start: 2 }), previous: start.previous });
      const halves = {
        output: concat([start.output, rest.output], 1),
        weights: concat([start.weights, rest.weights], 1),
        previous: rest.previous,
      };
      const leaves = [query, key, previous, ...attention.parameters().values()];
      const slopes = (found: typeof halves, name: string) => {
        const loss = found.output
          .tanh()
          .sum()
          .add(found.weights.mul(found.weights).sum())
          .add(found.previous.tanh().sum());
        return Object.fromEntries(gradient(loss, leaves).map((slope, i) => [`${name} ${i}`, slope as Tensor]));
      };
      const named = (found: typeof halves, name: string) =>
        Object.fromEntries([...Object.entries(found).map(([part, tensor]) => [`${name} ${part}`, tensor])]);
      const all = runWith(
        attention,
        {
          ...named(whole, "whole"),
          ...named(halves, "halves"),
          ...slopes(whole, "whole"),
          ...slopes(halves, "halves"),
        },
        queryLen,
      );
      for (const part of ["output", "weights", "previous", ...leaves.keys()]) {
        expectClose(all[`whole ${part}`], all[`halves ${part}`] as NdArray, "float64", String(part));
      }
    },
  );

  test("without weights before, begins from zeros, and hands on those of the last query", () => {
    const attention = build();
    const given = { query: queryOf(5), key, value: key, mask };
    const begun = attention.forward(given);
    const zero = attention.forward({ ...given, previous: zeros([BATCH, KEY_LEN]) });
    const last = begun.weights.slice({ axis: 1, start: 4 }).squeeze(1);
    const found = runWith(attention, { begun: begun.weights, zero: zero.weights, last, previous: begun.previous }, 5);
    expect(numbers(found.begun as NdArray)).toEqual(numbers(found.zero as NdArray));
    expect(numbers(found.previous as NdArray)).toEqual(numbers(found.last as NdArray));
  });

  test("filters see the places around, zeros beyond the ends, an even width one more ahead", () => {
    const seen = (width: number, behind: number) => {
      const attention = build({ filters: 1, width });
      const weights = input("previous", [BATCH, KEY_LEN]);
      const features = attention.convolution.forward(weights.unsqueeze(1));
      const { outputs, feeds } = withParameterInputs({ features }, attention);
      const values = randomNumbers([BATCH, KEY_LEN], "previous");
      const taps = numbers(feeds["convolution.weight"] as NdArray);
      const expected = numbers(values).map((_, i) => {
        const start = i - (i % KEY_LEN);
        const row = numbers(values).slice(start, start + KEY_LEN);
        return taps.reduce((sum, tap, t) => sum + tap * (row[i - start + t - behind] ?? 0), 0);
      });
      const found = evaluate(outputs, { ...feeds, previous: values }).features;
      expectClose(found, array(expected, [BATCH, 1, KEY_LEN], "float64"), "float64", `width ${width}`);
    };
    for (const [width, behind] of [
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
      [5, 2],
    ] as const) {
      seen(width, behind);
    }
  });

  test("is a scan, whose size does not grow with the queries", () => {
    const countOf = (queryLen: number) =>
      sortNodes([build().forward({ query: queryOf(queryLen), key, value: key }).output]).length;
    expect(countOf(200)).toBe(countOf(100));
  });

  test("refuses weights before that are not one for each key", () => {
    const given = { query: queryOf(5), key, value: key, previous: input("previous", [BATCH, 6]) };
    expect(() => build().forward(given)).toThrow(
      new ShapeError(
        "LocationSensitiveAttention: expected previous [... keyLen] to have keyLen=7, as in key, but found shape [2,6]",
      ),
    );
  });

  test.each([
    [{ filters: 0 }, "LocationSensitiveAttention: expected filters to be a positive integer but found 0"],
    [{ width: 2.5 }, "LocationSensitiveAttention: expected width to be a positive integer but found 2.5"],
    [{ hiddenDim: -1 }, "LocationSensitiveAttention: expected hiddenDim to be a positive integer but found -1"],
    [{ dropout: 1 }, "LocationSensitiveAttention: expected dropout to be at least 0 and below 1 but found 1"],
  ])("refuses %j", (options, message) => {
    expect(() => new LocationSensitiveAttention({ ...SIZES, ...options })).toThrow(new RangeError(message));
  });
});
