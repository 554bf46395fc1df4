import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { scan } from "../nn/scan.ts";
import { lower } from "../runtime/program.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { type NdArray, numbers } from "../tensor/nd-array.ts";
import { type Attributes, applyOne, input, type Tensor, where, zeros } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { randomNumbers } from "./central-differences.fixture.ts";
import { gradient } from "./gradient.ts";

const [TIME, WIDTH] = [5, 3];
const x = input("x", [TIME, WIDTH]);
const w = input("w", [WIDTH, WIDTH]);
const limit = input("limit", [WIDTH]);
const FEEDS = {
  x: randomNumbers([TIME, WIDTH], "x"),
  w: randomNumbers([WIDTH, WIDTH], "w"),
  limit: randomNumbers([WIDTH], "limit"),
};

function operatorsOf(outputs: Outputs): string[] {
  return sortNodes(Object.values(outputs)).map(({ operator }) => operator);
}

/** `hidden′ = tanh(hidden w + x)`, written out or as a node, with a part that a threshold from outside decides. */
function recurrence(unroll: boolean, threshold: Tensor = limit, time = TIME) {
  return scan({
    initial: { hidden: zeros([1, WIDTH]), calls: zeros([]), spare: zeros([WIDTH]) },
    inputs: { x: time === TIME ? x : x.slice({ axis: 0, end: time }) },
    step: ({ hidden, calls, spare }, element) => {
      const next = hidden.matmul(w).add(element.x).tanh();
      const chosen = where(element.x.greater(threshold), next, next.mul(0.5));
      return {
        state: { hidden: next, calls: calls.add(1), spare: spare.add(element.x.mul(0.1)).sin() },
        output: { chosen },
      };
    },
    unroll,
  });
}

test.each([1, 2, TIME])("a second derivative over %i steps is that of the steps written out", async (time) => {
  const build = (unroll: boolean) => {
    const { output, last } = recurrence(unroll, limit, time);
    const first = gradient(output.chosen.mul(output.chosen).sum().add(last.spare.sum()), [x, w]) as [Tensor, Tensor];
    const steepness = first.map((slope) => slope.mul(slope).sum()).reduce((a, b) => a.add(b));
    const [ofX, ofW] = gradient(steepness, [x, w]) as [Tensor, Tensor];
    return { ofX, ofW };
  };
  const [expected, found] = [evaluate(build(true), FEEDS), evaluate(build(false), FEEDS)];
  for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
  const rough = await onOnnxRuntime(build(false), FEEDS);
  for (const [name, value] of Object.entries(expected)) expectClose(rough[name], value, "float32", name);
});

describe("where no gradient flows", () => {
  test("none leaves a scan: a threshold may be computed by what has no gradient", () => {
    const threshold = applyOne("CumProd", [limit, zeros([], "int64")]);
    const slope = (unroll: boolean) => {
      const [ofW, ofLimit] = gradient(recurrence(unroll, threshold).output.chosen.sum(), [w, limit]) as [
        Tensor,
        Tensor,
      ];
      return evaluate({ ofW, ofLimit }, FEEDS);
    };
    const [expected, found] = [slope(true), slope(false)];
    for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
    expect(numbers(found.ofLimit as NdArray)).toEqual([0, 0, 0]);
  });

  test("what computes the threshold is not computed backwards", () => {
    const encoded = limit.exp().tanh();
    const [slope] = gradient(recurrence(false, encoded).output.chosen.sum(), [limit]) as [Tensor];
    expect(operatorsOf({ slope })).not.toContain("Scan");
  });

  test("an operator without a gradient is of no account where only a captured tensor reaches it that nobody asks for", () => {
    const table = input("table", [WIDTH]);
    const { output } = scan({
      initial: {},
      inputs: { x },
      step: (_, element) => {
        const product = applyOne("CumProd", [
          table.add(element.x.mul(0).sum().greater(1).cast("float32")),
          zeros([], "int64"),
        ]);
        return { state: {}, output: { y: element.x.mul(product) } };
      },
      unroll: false,
    });
    const feeds = { ...FEEDS, table: randomNumbers([WIDTH], "table") };
    const [slope] = gradient(output.y.sum(), [x]) as [Tensor];
    const product = applyOne("CumProd", [table, zeros([], "int64")]).expand([TIME, WIDTH]);
    const found = evaluate({ slope, product }, feeds);
    expectClose(found.slope, found.product as NdArray, "float64");
    expect(() => gradient(output.y.sum(), [table])).toThrow(
      new ModelError("gradient: expected operators with a gradient but found CumProd"),
    );
  });

  test("a state that counts carries none", () => {
    const [slope] = gradient(recurrence(false).output.chosen.sum(), [w]) as [Tensor];
    const scans = sortNodes([lower({ slope }).outputs.slope as Tensor]).filter(({ operator }) => operator === "Scan");
    const states = scans.map(({ inputs, attributes }) => {
      const { num_scan_inputs, captured } = attributes as { num_scan_inputs: number; captured: number };
      return inputs.length - num_scan_inputs - captured;
    });
    // Forward the hidden state; backward its gradient.
    expect(states).toEqual([1, 1]);
  });
});

describe("a gradient is refused", () => {
  const body = (() => {
    const [a, b] = [input("a", [WIDTH]), input("b", [WIDTH])];
    return { inputs: [a, b], outputs: [a.mul(b)] };
  })();
  const mixed = new ModelError(
    "gradient of Scan: expected one direction for all that it scans and stacks but found both; build it with scan()",
  );

  test.each<Attributes>([
    { scan_input_directions: [0, 1] },
    { scan_output_directions: [1] },
    { scan_input_directions: [1, 1], scan_output_directions: [0] },
  ])("of a scan in two directions: %o", (directions) => {
    const y = applyOne("Scan", [x, x.tanh()], { body, num_scan_inputs: 2, ...directions });
    expect(() => gradient(y.sum(), [x])).toThrow(mixed);
  });

  test("of a scan whose state has an open dimension", () => {
    const { last } = scan({
      initial: { sum: input("start", ["batch", WIDTH]) },
      inputs: { x },
      step: ({ sum }, element) => ({ state: { sum: sum.add(element.x) }, output: {} }),
      unroll: false,
    });
    expect(() => gradient(last.sum.sum(), [x])).toThrow(
      new ModelError("gradient of Scan: expected numbers as dimensions but found batch; trace with a fixed size"),
    );
  });

  test("and a scan that runs backwards in all parts has one", () => {
    const all = { scan_input_directions: [1, 1], scan_output_directions: [1] };
    const y = applyOne("Scan", [x, x.tanh()], { body, num_scan_inputs: 2, ...all });
    const [slope, plain] = [y, x.mul(x.tanh())].map((from) => gradient(from.mul(from).sum(), [x])[0] as Tensor) as [
      Tensor,
      Tensor,
    ];
    const found = evaluate({ slope, plain }, FEEDS);
    expectClose(found.slope, found.plain as NdArray, "float64");
  });
});

test("weights whose factors together are too large to keep of all steps are added up step by step", () => {
  const [steps, rows, width] = [3, 512, 1024];
  const elements = input("elements", [steps, rows, width]);
  const weights = ["a", "b", "c"].map((name) => input(name, [width, 2]));
  const slopes = (unroll: boolean) => {
    const { output } = scan({
      initial: {},
      inputs: { elements },
      // 1.5 million numbers each.
      step: (_, { elements: x }) => ({
        state: {},
        output: { y: weights.map((weight, i) => x.mul(i + 2).matmul(weight)).reduce((a, b) => a.add(b)) },
      }),
      unroll,
    });
    const all = gradient(output.y.mul(output.y).sum(), weights);
    return Object.fromEntries(all.map((slope, i) => [`${i}`, slope]));
  };
  const operators = Object.values(lower(slopes(false)).outputs).map(({ node }) => node.operator);
  expect(operators).toEqual(["Gemm", "Gemm", "Scan"]);
  const feeds = {
    elements: randomNumbers([steps, rows, width], "elements"),
    ...Object.fromEntries(["a", "b", "c"].map((name) => [name, randomNumbers([width, 2], name)])),
  };
  const [expected, found] = [evaluate(slopes(true), feeds), evaluate(slopes(false), feeds)];
  for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
});
