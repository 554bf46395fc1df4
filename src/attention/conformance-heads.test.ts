import { describe, expect, test } from "vitest";
import { type Arrays, parametersAsInputs } from "../../test/support/runtimes.ts";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { CONFORMANCE, titleOf } from "./conformance.fixture.ts";
import {
  build,
  feedsOf,
  KEY_LEN,
  permute,
  QUERY_LEN,
  randomize,
  run,
  sizesOf,
  VALUE_DIM,
} from "./conformance-graph.fixture.ts";
import { ProjectedHeads } from "./projected-heads.ts";

const ROWS = CONFORMANCE.map((row) => ({ title: titleOf(row), row }));
const FREE = ROWS.filter(({ row }) => !row.weightHeads);
const PROJECTED = ROWS.filter(({ row }) => row.weightHeads);

/** A leaf and its value. */
function shaped(name: string, shape: readonly number[]): { leaf: Tensor; value: NdArray } {
  return { leaf: input(name, shape), value: randomNumbers(shape, name) };
}

describe.each(FREE)("$title with heads", ({ row }) => {
  const exception = row.except?.heads;
  const titled = (title: string) => (exception === undefined ? title : `${title}: left out, for ${exception}`);
  const made = () => {
    const { model, forward } = row.make({ dropout: 0 });
    if (model) randomize(model);
    const { inputs, feeds } = model ? parametersAsInputs(model) : { inputs: new Map<Tensor, Tensor>(), feeds: {} };
    return { forward, inputs, feeds };
  };

  test.skipIf(exception)(titled("each head is attention of its own, and queries stretch over a batch"), () => {
    const { forward, inputs, feeds } = made();
    const queryLen = row.selfOnly ? KEY_LEN : 1;
    const parts = {
      query: shaped("query", [queryLen, row.queryDim]),
      key: shaped("key", [2, 3, KEY_LEN, row.keyDim]),
      value: shaped("value", [2, 3, KEY_LEN, VALUE_DIM]),
    };
    const all = { ...feeds, ...Object.fromEntries(Object.entries(parts).map(([name, { value }]) => [name, value])) };
    const outputs = forward({ query: parts.query.leaf, key: parts.key.leaf, value: parts.value.leaf });
    const rows = row.ownQueries ?? queryLen;
    expect(outputs.output.shape).toEqual([2, 3, rows, VALUE_DIM]);
    expect(outputs.weights.shape).toEqual([2, 3, rows, KEY_LEN]);
    const whole = evaluate(substitute({ output: outputs.output }, inputs), all);
    const at = (tensor: Tensor) =>
      tensor.slice({ axis: 0, start: 1 }).squeeze(0).slice({ axis: 0, start: 2 }).squeeze(0);
    const single = forward({ query: parts.query.leaf, key: at(parts.key.leaf), value: at(parts.value.leaf) });
    const alone = evaluate(substitute({ output: single.output }, inputs), all);
    const last = numbers(whole.output as NdArray).slice(-rows * VALUE_DIM);
    expectClose(array(last, [rows, VALUE_DIM], "float64"), alone.output as NdArray, "float64", "output");
  });

  test.skipIf(exception)(titled("permuting heads permutes the results"), () => {
    const { forward, inputs, feeds } = made();
    const parts = {
      query: shaped("query", [2, 3, row.selfOnly ? KEY_LEN : QUERY_LEN, row.queryDim]),
      key: shaped("key", [2, 3, KEY_LEN, row.keyDim]),
      value: shaped("value", [2, 3, KEY_LEN, VALUE_DIM]),
    };
    const { output, weights } = forward({ query: parts.query.leaf, key: parts.key.leaf, value: parts.value.leaf });
    const graph = substitute({ output, weights }, inputs);
    const heads = [2, 0, 1];
    const fed = (change: (value: NdArray) => NdArray) => ({
      ...feeds,
      ...Object.fromEntries(Object.entries(parts).map(([name, { value }]) => [name, change(value)])),
    });
    const before = evaluate(
      graph,
      fed((value) => value),
    );
    const after = evaluate(
      graph,
      fed((value) => permute(value, 1, heads)),
    );
    for (const name of ["output", "weights"] as const) {
      expectClose(after[name], permute(before[name] as NdArray, 1, heads), "float64", name);
    }
  });
});

/** One axis of a parameter that holds heads side by side, in another order of heads. */
function permuteBlocks(value: NdArray, axis: number, order: readonly number[]): NdArray {
  const shape = value.shape.toSpliced(axis, 1, order.length, (value.shape[axis] as number) / order.length);
  return { ...permute({ ...value, shape }, axis, order), shape: value.shape };
}

describe.each(PROJECTED)("$title", ({ row }) => {
  test("a row without any key has the bias of the last projection as its output", () => {
    const built = build(row);
    const { output } = run(
      built,
      feedsOf(row, (pair) => pair >= KEY_LEN),
    );
    const bias = built.weights["outputProjection.bias"] as NdArray;
    expect(numbers(output).slice(0, bias.shape[0])).toEqual(numbers(bias));
  });

  test("permuting the heads of all projections permutes the weights, and leaves the output", () => {
    const built = build(row);
    const { heads, keyValueHeads } = built.model as ProjectedHeads;
    expect(built.model).toBeInstanceOf(ProjectedHeads);
    const group = heads / keyValueHeads;
    // Groups move on by one, and the heads of each change round: all order that sharing leaves free.
    const groups = Array.from({ length: keyValueHeads }, (_, i) => (i + 1) % keyValueHeads);
    const order = groups.flatMap((at) => Array.from({ length: group }, (_, i) => at * group + group - 1 - i));
    expect(order).not.toEqual([...order].sort((a, b) => a - b));
    const moved: Record<string, NdArray> = {};
    for (const [name, value] of Object.entries(built.weights)) {
      const [layer, part] = name.split(".");
      const places = layer === "queryProjection" || layer === "outputProjection" ? order : groups;
      const isShared = name === "outputProjection.bias";
      const axis = part === "bias" || layer === "outputProjection" ? 0 : 1;
      moved[name] = isShared ? value : permuteBlocks(value, axis, places);
    }
    const feeds = feedsOf(row, (pair) => pair % 3 !== 0, sizesOf(row));
    const before = run(built, feeds);
    const after = run({ ...built, weights: moved as Arrays }, feeds);
    expectClose(after.output, before.output, "float64", "output");
    expectClose(after.weights, permute(before.weights, 1, order), "float64", "weights");
  });
});
