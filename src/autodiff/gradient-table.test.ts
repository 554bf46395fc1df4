import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { OPERATORS } from "../tensor/operators/index.ts";
import { FLOATS } from "../tensor/operators/operator.ts";
import { apply, constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { centralDifferences, randomNumbers } from "./central-differences.fixture.ts";
import { gradient } from "./gradient.ts";
import { attributesOf, GRADIENT_CASES, type GradientCase, WITHOUT_GRADIENT } from "./gradient-cases.fixture.ts";
import { FLAT, GRADIENTS } from "./index.ts";

test("every operator has a gradient, or is flat, or has a reason to have none: only one of them", () => {
  const kinds = Object.keys(OPERATORS).map((name) => {
    const found = [name in GRADIENTS, FLAT.has(name), name in WITHOUT_GRADIENT].filter(Boolean).length;
    return `${name} ${found}`;
  });
  expect(kinds).toEqual(Object.keys(OPERATORS).map((name) => `${name} 1`));
});

test("every row of the table of gradients is checked", () => {
  const checked = new Set(GRADIENT_CASES.map(({ operator }) => operator));
  expect(Object.keys(GRADIENTS).filter((name) => !checked.has(name))).toEqual([]);
});

interface Built {
  readonly loss: Tensor;
  readonly feeds: Record<string, NdArray>;
  readonly leaves: ReadonlyMap<string, Tensor>;
}

/** Σ output · cotangent, with the inputs as leaves: floats of `dtype`, integers and known inputs as they are. */
function build(row: GradientCase, dtype: "float32" | "float64"): Built {
  const { operator, inputs, outputs = 1, used, known = [] } = row;
  const feeds: Record<string, NdArray> = {};
  const leaves = new Map<string, Tensor>();
  const tensors = inputs.map((given, i) => {
    if (!given) return undefined;
    const value = "data" in given ? given : randomNumbers(given, `${operator} ${i}`);
    if (known.includes(i))
      return constant(value.dtype === "float64" ? array(numbers(value), value.shape, dtype) : value);
    feeds[`x${i}`] = value;
    const leaf = input(`x${i}`, value.shape, FLOATS.has(value.dtype) ? dtype : value.dtype);
    if (FLOATS.has(value.dtype)) leaves.set(`x${i}`, leaf);
    return leaf;
  });
  const results = apply(operator, tensors, attributesOf(row, dtype), outputs);
  const terms = (used ?? results.map((_, i) => i)).map((i) => {
    const { shape, dtype: type } = results[i] as Tensor;
    feeds[`cotangent${i}`] = randomNumbers(shape as number[], `cotangent ${i}`);
    return (results[i] as Tensor).mul(input(`cotangent${i}`, shape, type)).sum();
  });
  return { loss: terms.reduce((sum, term) => sum.add(term)), feeds, leaves };
}

/** The derived gradients as a graph, under `gradient.` and the input's name. */
function derive({ loss, leaves }: Built): Record<string, Tensor> {
  const derived = gradient(loss, [...leaves.values()]);
  return Object.fromEntries([...leaves.keys()].map((name, i) => [`gradient.${name}`, derived[i] as Tensor]));
}

const TABLE = GRADIENT_CASES.map((row) => ({
  name: [row.operator, JSON.stringify(row.attributes) ?? "{}", row.about ?? ""].join(" "),
  row,
}));

describe("the derived gradient is the slope of the values, in float64", () => {
  test.each(TABLE)("$name", ({ row }) => {
    const built = build(row, "float64");
    const values = evaluate(derive(built), built.feeds);
    for (const name of built.leaves.keys()) {
      const slope = centralDifferences(built.loss, built.feeds, name);
      expectClose(values[`gradient.${name}`], slope, "differences", name);
    }
  });
});

/** Newer than the operator set that training graphs are written in. */
const NEWER = new Set(["RMSNormalization", "GroupNormalization", "Swish"]);

describe("ONNX Runtime computes the same gradient, in float32", () => {
  test.each(TABLE.filter(({ row }) => !NEWER.has(row.operator)))("$name", async ({ row }) => {
    const built = build(row, "float32");
    const outputs = derive(built);
    const [exact, rough] = [evaluate(outputs, built.feeds), await onOnnxRuntime(outputs, built.feeds)];
    for (const [name, value] of Object.entries(exact)) expectClose(rough[name], value, "float32", name);
    expect(Object.keys(rough).sort()).toEqual(Object.keys(exact).sort());
  });
});
