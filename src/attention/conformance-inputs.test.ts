import { describe, expect, test } from "vitest";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { attend } from "./attend.ts";
import { CONFORMANCE, type ConformanceRow, titleOf } from "./conformance.fixture.ts";
import {
  type BuildOptions,
  type Built,
  build,
  type Counts,
  cut,
  type Feeds,
  feedsOf,
  type MaskForm,
  mapped,
  maskShape,
  placeOf,
  rowsOf,
  run,
  SELF_SIZES,
  SIZES,
  shapesOf,
  sizesOf,
  VALUE_DIM,
} from "./conformance-graph.fixture.ts";
import { scaledDot } from "./scaled-dot-product.ts";

/** What a mask of each form allows, by its own axes. */
const FORMS: Readonly<Record<Exclude<MaskForm, "batch queryLen keyLen">, Allows>> = {
  none: () => true,
  keyLen: ({ key }) => key % 3 !== 0,
  "batch 1 keyLen": ({ batch, key }) => (batch + key) % 3 !== 0,
  "queryLen keyLen": ({ query, key }) => (query + key) % 3 !== 0,
};

type Allows = (place: { batch: number; query: number; key: number }) => boolean;

/** Feeds with the mask in a form, and with the same mask in full. */
function feedsBy(row: ConformanceRow, form: keyof typeof FORMS, sizes: Counts): { short: Feeds; full: Feeds } {
  const counts = { ...sizes, queryLen: row.ownQueries ?? sizes.queryLen };
  const at = (i: number, { queryLen, keyLen }: Counts) => {
    const line = Math.floor(i / keyLen);
    return { batch: Math.floor(line / queryLen), query: line % queryLen, key: i % keyLen };
  };
  const full = feedsOf(row, (pair) => FORMS[form](at(pair, counts)), sizes);
  if (form === "none") return { short: full, full };
  const shape = maskShape(form, counts);
  const own = { ...counts, queryLen: shape.length === 3 ? 1 : counts.queryLen };
  const mask = Array.from({ length: product(shape) }, (_, i) => Number(FORMS[form](at(i, own))));
  return { short: { ...full, mask: array(mask, shape, "bool") }, full };
}

/** Output, weights, and the gradients of the inputs and parameters. */
function everything({ outputs, leaves, weights }: Built, feeds: Feeds): Record<string, NdArray> {
  const named = [...leaves].filter(([name]) => name !== "mask");
  const { output, weights: shown } = outputs as Readonly<Record<"output" | "weights", Tensor>>;
  const slopes = gradient(
    output.tanh().sum(),
    named.map(([, leaf]) => leaf),
  );
  const gradients = Object.fromEntries(named.map(([name], i) => [`gradient of ${name}`, slopes[i] as Tensor]));
  return evaluate({ output, weights: shown, ...gradients }, { ...weights, ...feeds });
}

const LENGTHS = { "5 queries, 7 keys": SIZES, "7 of both": SELF_SIZES };

describe.each(CONFORMANCE.map((row) => ({ title: titleOf(row), row })))("$title", ({ row }) => {
  const { keyLen } = sizesOf(row);
  const { queryLen } = shapesOf(row);

  for (const [lengths, sizes] of Object.entries(LENGTHS)) {
    if (row.selfOnly && sizes !== SELF_SIZES) continue;
    test.each(Object.keys(FORMS) as (keyof typeof FORMS)[])(
      `${lengths}: a mask [%s] does what the same mask in full does, to the gradients, too`,
      (mask) => {
        const { short, full } = feedsBy(row, mask, sizes);
        const expected = everything(build(row, sizes), full);
        const actual = everything(build(row, sizes, { mask }), short);
        expect(Object.keys(actual)).toEqual(Object.keys(expected));
        for (const [name, value] of Object.entries(expected)) expectClose(actual[name], value, "float64", name);
      },
    );

    test(`${lengths}: what a forbidden key holds changes nothing, were it no number`, () => {
      const { short, full } = feedsBy(row, "batch 1 keyLen", sizes);
      /** Whether a number of a key or a value, of `width` numbers, is of a forbidden one. */
      const isForbidden = (i: number, width: number) => {
        const at = Math.floor(i / width);
        return !FORMS["batch 1 keyLen"]({ batch: Math.floor(at / sizes.keyLen), query: 0, key: at % sizes.keyLen });
      };
      const strange = {
        key: mapped(full.key, (x, i) => (isForbidden(i, row.keyDim) ? Number.NaN : x)),
        value: mapped(full.value, (x, i) => (isForbidden(i, VALUE_DIM) ? 1e6 : x)),
      };
      for (const [mask, feeds] of Object.entries({ "batch 1 keyLen": short, "batch queryLen keyLen": full })) {
        const built = build(row, sizes, { mask: mask as MaskForm });
        const [expected, actual] = [run(built, feeds), run(built, { ...feeds, ...strange })];
        expectClose(actual.output, expected.output, "float64", `output, mask [${mask}]`);
        expectClose(actual.weights, expected.weights, "float64", `weights, mask [${mask}]`);
      }
    });

    test(`${lengths}: inputs and parameters may be float64`, () => {
      for (const options of [{ bias: true }, { mask: "batch 1 keyLen" }, { mask: "none" }] satisfies BuildOptions[]) {
        const { short, full } = feedsBy(row, "batch 1 keyLen", sizes);
        const feeds = "bias" in options ? full : short;
        const wide = build(row, sizes, { ...options, dtype: "float64" });
        expect([wide.outputs.output?.dtype, wide.outputs.weights?.dtype]).toEqual(["float64", "float64"]);
        const [expected, actual] = [run(build(row, sizes, options), feeds), run(wide, feeds)];
        expectClose(actual.output, expected.output, "rounded", `output, ${JSON.stringify(options)}`);
        expectClose(actual.weights, expected.weights, "rounded", `weights, ${JSON.stringify(options)}`);
      }
    });
  }

  test("a bias that is the same for all keys of a query changes nothing", () => {
    const feeds = feedsOf(row, (pair) => pair % 3 !== 0);
    const own = numbers(feeds.bias);
    const even = { ...feeds, bias: mapped(feeds.bias, (_, i) => own[i - (i % keyLen)] as number) };
    const [expected, actual] = [run(build(row), feeds), run(build(row, undefined, { bias: true }), even)];
    expectClose(actual.output, expected.output, "float64", "output");
    expectClose(actual.weights, expected.weights, "float64", "weights");
  });

  test("a bias is added to the scores, and one of the last query is no other's business", () => {
    const plain = feedsOf(row, (pair) => pair % 5 !== 0);
    const last = (x: number, i: number) => (Math.floor(i / keyLen) % queryLen === queryLen - 1 ? x : 0);
    const feeds = { ...plain, bias: mapped(plain.bias, last) };
    const before = run(build(row), feeds).weights;
    const after = run(build(row, undefined, { bias: true }), feeds).weights;
    if (row.normalize) expectClose(after, normalized(row.normalize, feeds), "float64", "weights");
    else expectClose(shares(after), shares(withOdds(row, before, feeds.bias)), "float64", "shares");
    const others = (weights: NdArray) => cut(weights, weights.shape.length - 2, 0, queryLen - 1);
    expectClose(others(after), others(before), "float64", "other queries");
    if (row.support !== "one") expect(numbers(after)).not.toEqual(numbers(before));
  });
});

/** Weights of which each is multiplied by the exponential of its bias, as those of a softmax are, up to the sum of their row. */
function withOdds(row: ConformanceRow, weights: NdArray, bias: NdArray): NdArray {
  return mapped(weights, (weight, i) => weight * Math.exp(numbers(bias)[placeOf(row, i).pair] as number));
}

/** Each weight as a share of its row. */
function shares(weights: NdArray): NdArray {
  const sums = rowsOf(weights).map((row) => row.reduce((a, b) => a + b, 0));
  const length = weights.shape.at(-1) as number;
  return mapped(weights, (weight, i) => weight / (sums[Math.floor(i / length)] || 1));
}

/** Weights of scaled dot products with the bias added by the score. */
function normalized(normalize: NonNullable<ConformanceRow["normalize"]>, feeds: Feeds): NdArray {
  const [query, key, value, mask, bias, noise] = (["query", "key", "value", "mask", "bias", "noise"] as const).map(
    (name) => input(name, feeds[name].shape, name === "mask" ? "bool" : "float32"),
  ) as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor];
  const score = (pair: { query: Tensor; key: Tensor }) => scaledDot()(pair).add(bias);
  const { weights } = attend({ query, key, value, mask, score, normalize: normalize(noise) });
  return evaluate({ weights }, { ...feeds }).weights as NdArray;
}
