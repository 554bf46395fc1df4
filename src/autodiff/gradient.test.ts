import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { apply, applyOne, concat, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { centralDifferences, randomBetween, randomNumbers } from "./central-differences.fixture.ts";
import { gradient, stopGradient, withGradientOf } from "./gradient.ts";

type Leaves = Readonly<Record<string, readonly number[]>>;

/** Inputs of these shapes, in float64, and random values for them. */
function leaves<L extends Leaves>(shapes: L): { x: { [name in keyof L]: Tensor }; feeds: Record<string, NdArray> } {
  const names = Object.entries(shapes);
  const x = Object.fromEntries(names.map(([name, shape]) => [name, input(name, shape, "float64")]));
  const feeds = Object.fromEntries(names.map(([name, shape]) => [name, randomNumbers(shape, name)]));
  return { x: x as { [name in keyof L]: Tensor }, feeds };
}

/** Asserts that the gradients by all leaves of a graph are the slopes of its values. */
function check(loss: Tensor, x: Readonly<Record<string, Tensor>>, feeds: Record<string, NdArray>): void {
  const names = Object.keys(x);
  const derived = gradient(loss, Object.values(x));
  const values = evaluate(Object.fromEntries(names.map((name, i) => [name, derived[i] as Tensor])), feeds);
  for (const name of names) expectClose(values[name], centralDifferences(loss, feeds, name), "differences", name);
}

function valuesOf(tensor: Tensor | undefined, feeds: Record<string, NdArray>): number[] {
  return numbers(evaluate({ tensor: tensor as Tensor }, feeds).tensor as NdArray);
}

describe("how gradients meet", () => {
  test("a tensor used twice gets the sum", () => {
    const { x, feeds } = leaves({ a: [2, 3], b: [3] });
    const shared = x.a.mul(x.b).tanh();
    check(shared.mul(shared).add(shared.exp()).sum().add(x.a.sum().mul(2)), x, feeds);
  });

  test("nested stretching sums over each stretched axis once", () => {
    const { x, feeds } = leaves({ a: [3, 1], b: [1, 5], c: [2, 1, 1], d: [] });
    check(x.a.add(x.b).mul(x.c).mul(x.d).sub(x.b.mul(x.d)).sum(), x, feeds);
  });

  test("a tensor that the loss does not reach gets zeros of its shape", () => {
    const { x, feeds } = leaves({ a: [2], b: [3, 2] });
    const [, ofB] = gradient(x.a.sum(), [x.a, x.b]);
    expect(valuesOf(ofB, feeds)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(ofB?.shape).toEqual([3, 2]);
  });

  test("one tensor may be asked for twice, and so may the loss and what lies between", () => {
    const { x, feeds } = leaves({ a: [2] });
    const middle = x.a.mul(3);
    const loss = middle.sum();
    const gradients = gradient(loss, [x.a, x.a, middle, loss]);
    expect(gradients.map((part) => valuesOf(part, feeds))).toEqual([[3, 3], [3, 3], [1, 1], [1]]);
  });

  test("gradients can be differentiated again", () => {
    const { x, feeds } = leaves({ a: [2, 3], b: [3, 2] });
    const [first] = gradient(x.a.matmul(x.b).tanh().sum(), [x.a]) as [Tensor];
    check(first.mul(first).sum(), x, feeds);
  });

  test("an index has no gradient, and a flat operator ends the way", () => {
    const { x, feeds } = leaves({ a: [3] });
    const chosen = x.a.argMax().cast("float64");
    const [g] = gradient(chosen.mul(x.a.sum()).sum(), [x.a]);
    const index = valuesOf(chosen, feeds)[0] as number;
    expect(valuesOf(g, feeds)).toEqual([index, index, index]);
  });
});

describe("many uses of one weight become one product", () => {
  const steps = [0, 1, 2, 3];

  /** A recurrence h ← tanh(x_t + h W + b) over four steps, and the gradients of its weight and bias. */
  function recurrence(stack: readonly number[]) {
    const { x, feeds } = leaves({ x: [...stack, 8, 3], weight: [...stack, 3, 3], bias: [3] });
    const at = stack.length;
    let state = x.x.slice({ axis: at, start: 0, end: 2 });
    for (const step of steps) {
      const now = x.x.slice({ axis: at, start: 2 * step, end: 2 * step + 2 });
      state = now.add(state.matmul(x.weight)).add(x.bias).tanh();
    }
    return { x, feeds, loss: state.mul(state).sum() };
  }

  test.each([[[]], [[5]]])("in stacks of %j, with the same sum", (stack) => {
    const { x, feeds, loss } = recurrence(stack);
    check(loss, x, feeds);
    const nodes = sortNodes(gradient(loss, [x.weight]));
    const outer = nodes.filter(({ operator, attributes }) => {
      return (operator === "Gemm" || operator === "FusedMatMul") && attributes.transA === 1;
    });
    expect(outer).toHaveLength(1);
  });

  test("uses whose stacks stretch differently are still summed", () => {
    const { x, feeds } = leaves({ one: [1, 2, 3], many: [5, 7, 3], weight: [5, 3, 2] });
    check(x.one.matmul(x.weight).tanh().sum().add(x.many.matmul(x.weight).tanh().sum()), x, feeds);
  });

  test("products with a factor are summed apart", () => {
    const { x, feeds } = leaves({ a: [2, 3], b: [5, 3], weight: [3, 7] });
    const scaled = applyOne("Gemm", [x.b, x.weight], { alpha: 0.5 });
    check(x.a.matmul(x.weight).sum().add(scaled.tanh().sum()), x, feeds);
  });

  test("biases of matrices with different numbers of rows become one sum", () => {
    const { x, feeds } = leaves({ a: [2, 3], b: [5, 3], bias: [3] });
    check(x.a.add(x.bias).tanh().sum().add(x.b.mul(x.bias).sum()).add(x.b.add(x.bias).exp().sum()), x, feeds);
  });
});

describe("custom gradients", () => {
  test("stopGradient keeps the values and lets no gradient through", () => {
    const { x, feeds } = leaves({ a: [3] });
    const loss = stopGradient(x.a).mul(x.a).sum();
    expect(valuesOf(stopGradient(x.a), feeds)).toEqual(numbers(feeds.a as NdArray));
    expect(valuesOf(gradient(loss, [x.a])[0], feeds)).toEqual(numbers(feeds.a as NdArray));
  });

  test("withGradientOf has one tensor's values and another's gradient", () => {
    const { x, feeds } = leaves({ a: [4] });
    const soft = x.a.softmax();
    const hard = applyOne("Hardmax", [x.a], { axis: -1 });
    const choice = withGradientOf(hard, soft);
    const weights = input("weights", [4], "float64");
    const all = { ...feeds, weights: randomNumbers([4], "weights") };
    expectClose(evaluate({ choice }, all).choice, evaluate({ hard }, all).hard as NdArray, "float64");
    const [through] = gradient(choice.mul(weights).sum(), [x.a]);
    const [direct] = gradient(soft.mul(weights).sum(), [x.a]);
    expect(valuesOf(through, all)).toEqual(valuesOf(direct, all));
  });
});

describe("dimensions that only a run knows", () => {
  test("sums and means over a symbolic batch are differentiated", () => {
    const x = input("x", ["batch", 3], "float64");
    const [g] = gradient(
      x
        .mul(x)
        .mean()
        .add(x.sum({ axes: 0 }).exp().mean()),
      [x],
    ) as [Tensor];
    expect(g.shape).toEqual(["batch", 3]);
    const value = randomNumbers([5, 3]);
    const fixed = input("x", [5, 3], "float64");
    const [expected] = gradient(
      fixed
        .mul(fixed)
        .mean()
        .add(fixed.sum({ axes: 0 }).exp().mean()),
      [fixed],
    ) as [Tensor];
    const actual = evaluate({ g }, { x: value }).g;
    expectClose(actual, evaluate({ expected }, { x: value }).expected as NdArray, "float64");
  });

  test("an operator that needs numbers says so", () => {
    const table = input("table", ["vocabulary", 3]);
    const loss = table.gather(input("rows", [2], "int32")).sum();
    expect(() => gradient(loss, [table])).toThrow(
      new ModelError(
        "gradient of Gather: expected numbers as dimensions but found vocabulary; trace with a fixed size",
      ),
    );
  });
});

describe("errors", () => {
  const x = input("x", [2, 3]);
  test("a loss that is not a scalar", () => {
    expect(() => gradient(x, [x])).toThrow(
      new ShapeError("gradient: expected a scalar loss but found shape [2,3]; sum() it"),
    );
  });

  test.each([
    [
      "CumProd",
      () => applyOne("CumProd", [x, input("axis", [], "int64")]),
      "gradient: expected operators with a gradient but found CumProd",
    ],
    [
      "Mod of integers' kind",
      () => applyOne("Mod", [x, x]),
      "gradient of Mod: expected floats with fmod 1 but found fmod 0",
    ],
    [
      "FusedMatMul over moved batches",
      () => applyOne("FusedMatMul", [input("a", [2, 5, 3]), input("b", [5, 3, 7])], { transBatchA: 1 }),
      "gradient of FusedMatMul: expected matrices in the last two axes but found transBatch",
    ],
    [
      "a statistic in training",
      () =>
        apply("BatchNormalization", [x, ...["s", "b", "m", "v"].map((name) => input(name, [3]))], {
          training_mode: 1,
        })[0],
      "gradient of BatchNormalization: expected training_mode 0 but found 1; write it out",
    ],
    [
      "a maximum written by indices",
      () => applyOne("ScatterND", [x, input("at", [1, 1], "int64"), input("row", [1, 3])], { reduction: "max" }),
      "gradient of ScatterND: expected reduction add or none but found max",
    ],
  ])("%s", (_, build, message) => {
    const y = build() as Tensor;
    const wrt = sortNodes([y]).flatMap(({ operator, outputs }) => (operator === "Input" ? outputs : []));
    expect(() => gradient(y.sum(), wrt)).toThrow(new ModelError(message));
  });
});

test("random graphs of random shapes have the slopes of their values as gradients", () => {
  const operation = fc.record({
    kind: fc.constantFrom("add", "mul", "sub", "matmul", "softmax", "tanh", "concat", "slice", "transpose", "mean"),
    left: fc.nat(20),
    right: fc.nat(20),
  });
  fc.assert(
    fc.property(fc.array(operation, { minLength: 2, maxLength: 12 }), (operations) => {
      const { x, feeds } = leaves({ a: [3, 3], b: [3, 3], c: [1, 3] });
      feeds.b = randomBetween(-1, 1, [3, 3], "b");
      const made: Tensor[] = [x.a, x.b, x.c.add(x.a)];
      for (const { kind, left, right } of operations) {
        const [p, q] = [made[left % made.length] as Tensor, made[right % made.length] as Tensor];
        made.push(combine(kind, p, q));
      }
      check(
        (made.at(-1) as Tensor)
          .add(made[3] as Tensor)
          .mul(0.1)
          .sum(),
        x,
        feeds,
      );
    }),
    { numRuns: 25, seed: 5 },
  );
});

/** Two squares of side 3 to one. */
function combine(kind: string, p: Tensor, q: Tensor): Tensor {
  if (kind === "add") return p.add(q.slice({ axis: 0, start: 1, end: 2 }));
  if (kind === "mul") return p.tanh().mul(q.tanh());
  if (kind === "sub") return p.sub(q);
  if (kind === "matmul") return p.tanh().matmul(q.tanh());
  if (kind === "softmax") return p.add(q).softmax(0);
  if (kind === "tanh") return p.tanh();
  if (kind === "concat") return concat([p.slice({ axis: 1, end: 1 }), q.slice({ axis: 1, start: 1 })], 1);
  if (kind === "slice")
    return concat(
      [p.slice({ axis: 0, start: -1, end: -100, step: -1 }).slice({ axis: 1, end: 2 }), q.slice({ axis: 1, start: 2 })],
      -1,
    );
  if (kind === "transpose") return p.transpose().mul(0.5);
  return p.mean({ axes: 1, keepDims: true }).add(q);
}

test.each(["Max", "Min"])("equals share the gradient of %s alike: a sum of 1", (operator) => {
  const parts = ["a", "b", "c"].map((name) => input(name, [2], "float64"));
  const derived = gradient(applyOne(operator, parts).sum(), parts);
  const far = operator === "Max" ? -5 : 5;
  const feeds = {
    a: array([1, 1], [2], "float64"),
    b: array([1, far], [2], "float64"),
    c: array([1, 1], [2], "float64"),
  };
  const found = evaluate({ a: derived[0] as Tensor, b: derived[1] as Tensor, c: derived[2] as Tensor }, feeds);
  const third = 1 / 3;
  expect(["a", "b", "c"].map((name) => numbers(found[name] as NdArray))).toEqual([
    [third, 0.5],
    [third, 0],
    [third, 0.5],
  ]);
});

test.each([
  [1, "the mean"],
  [2, "the inverse deviation"],
])("a use of output %i of LayerNormalization is refused", (index, name) => {
  const x = input("x", [2, 3]);
  const used = apply("LayerNormalization", [x, input("scale", [3])], {}, 3)[index] as Tensor;
  const message = `gradient of LayerNormalization: expected only its first output to be used but found ${name}; write it out`;
  expect(() => gradient(used.sum(), [x])).toThrow(new ModelError(message));
});
