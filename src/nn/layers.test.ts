import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  Dropout,
  dropout,
  Embedding,
  GruCell,
  gelu,
  LayerNorm,
  Linear,
  LstmCell,
  Module,
  Parameter,
  silu,
  traceGraph,
} from "./index.ts";

/** Values of a model's outputs with its parameters set to given numbers. */
function evaluateWith(outputs: Record<string, Tensor>, values: ReadonlyMap<Tensor, NdArray>): Record<string, number[]> {
  const found = evaluate(outputs, values);
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, numbers(value)]));
}

describe("Linear", () => {
  const layer = new Linear({ inputDim: 2, outputDim: 3 });
  const weight: [Tensor, NdArray] = [layer.weight, array([1, 2, 3, 4, 5, 6], [2, 3])];
  const bias: [Tensor, NdArray] = [layer.bias as Tensor, array([10, 20, 30])];

  test("is x W + b for any leading axes", () => {
    for (const lead of [[], [1], [1, 1]]) {
      const x = input("x", [...lead, 2]);
      const y = layer.forward(x);
      expect(y.shape).toEqual([...lead, 3]);
      expect(evaluateWith({ y }, new Map([weight, bias, [x, array([1, 10], [...lead, 2])]])).y).toEqual([51, 72, 93]);
    }
  });

  test("takes rows for integers, as if they were one-hot", () => {
    const ids = input("ids", [2], "int32");
    const y = layer.forward(ids);
    expect(evaluateWith({ y }, new Map([weight, bias, [ids, array([1, 0], [2], "int32")]])).y).toEqual([
      14, 25, 36, 11, 22, 33,
    ]);
  });

  test("keeps symbols", () => {
    expect(layer.forward(input("x", ["batch", "time", 2])).shape).toEqual(["batch", "time", 3]);
  });

  test("refuses another size", () => {
    expect(() => layer.forward(input("x", [5, 3]))).toThrow(
      new ShapeError("Linear: expected x [... inputDim] to have inputDim=2, as in weight, but found shape [5,3]"),
    );
    expect(() => new Linear({ inputDim: 2.5, outputDim: 3 })).toThrow(
      new RangeError("Linear: expected inputDim to be a positive integer but found 2.5"),
    );
  });
});

describe("Embedding", () => {
  const layer = new Embedding({ vocabulary: 3, dim: 2 });

  test("takes the row of each token", () => {
    const tokens = input("tokens", [2, 2], "int32");
    const y = layer.forward(tokens);
    expect(y.shape).toEqual([2, 2, 2]);
    const values = new Map<Tensor, NdArray>([
      [layer.weight, array([0, 1, 10, 11, 20, 21], [3, 2])],
      [tokens, array([2, 0, 0, 1], [2, 2], "int32")],
    ]);
    expect(evaluateWith({ y }, values).y).toEqual([20, 21, 0, 1, 0, 1, 10, 11]);
  });

  test("refuses tokens that are no integers, and sizes that are no sizes", () => {
    expect(() => layer.forward(input("x", [2]))).toThrow(
      new ShapeError('Embedding: expected int32 tokens but found float32; use cast("int32")'),
    );
    expect(() => new Embedding({ vocabulary: 0, dim: 2 })).toThrow(
      new RangeError("Embedding: expected vocabulary to be a positive integer but found 0"),
    );
  });
});

describe("LayerNorm", () => {
  const layer = new LayerNorm({ dim: 4 });

  test("gives rows of mean 0 and variance 1, and a constant row gives the bias", () => {
    const x = input("x", [2, 4]);
    const values = new Map<Tensor, NdArray>([
      [layer.scale, array([1, 1, 1, 1])],
      [layer.bias, array([0, 0, 0, 7])],
      [x, array([1, 2, 3, 6, 5, 5, 5, 5], [2, 4], "float64")],
    ]);
    const y = evaluateWith({ y: layer.forward(x) }, values).y as number[];
    expect(y.map((value) => Number(value.toFixed(4)))).toEqual([-1.069, -0.5345, 0, 8.6036, 0, 0, 0, 7]);
  });

  test("does not decay, starts neutral, and refuses another size", () => {
    expect([layer.scale.decay, layer.bias.decay]).toEqual([false, false]);
    expect(() => layer.forward(input("x", [4, 3]))).toThrow(
      new ShapeError("LayerNorm: expected x [... dim] to have dim=4, as in scale, but found shape [4,3]"),
    );
  });
});

describe("dropout", () => {
  const x = input("x", [2, 3], "float32");

  test("drops where the noise is below p and scales the rest, in training only", () => {
    const { result, noise } = traceGraph({ training: true }, () => dropout(x, 0.5, { name: "mine" }));
    expect([...noise.keys()]).toEqual(["noise.mine"]);
    const feeds = {
      x: array([1, 2, 3, 4, 5, 6], [2, 3]),
      "noise.mine": array([0, 0.49, 0.5, 0.75, 0.1, 0.999], [2, 3]),
    };
    expect(numbers(evaluate({ result }, feeds).result as NdArray)).toEqual([0, 0, 6, 8, 0, 12]);
    expect(traceGraph({ training: false }, () => dropout(x, 0.5)).result).toBe(x);
    expect(dropout(x, 0.5)).toBe(x);
  });

  test("of probability 0 asks for no noise", () => {
    const { result, noise } = traceGraph({ training: true }, () => new Dropout({ dropout: 0 }).forward(x));
    expect([result, noise.size]).toEqual([x, 0]);
  });

  test("has a gradient of its own for what it keeps", () => {
    const { result } = traceGraph({ training: true }, () => new Dropout({ dropout: 0.25 }).forward(x));
    const feeds = { x: randomNumbers([2, 3]), "noise.dropout.0": array([0, 0.9, 0.3, 0.2, 0.5, 0.1], [2, 3]) };
    const loss = result.mul(result).sum();
    const [g] = gradient(loss, [x]);
    expectClose(evaluate({ g: g as Tensor }, feeds).g, centralDifferences(loss, feeds, "x"), "differences");
  });

  test.each([-0.1, 1, Number.NaN])("of probability %d is refused", (probability) => {
    expect(() => new Dropout({ dropout: probability })).toThrow(
      new RangeError(`Dropout: expected dropout to be at least 0 and below 1 but found ${probability}`),
    );
    expect(() => dropout(x, probability)).toThrow(
      new RangeError(`dropout: expected probability to be at least 0 and below 1 but found ${probability}`),
    );
  });
});

test("gelu and silu have their known values, on both back ends", async () => {
  const x = input("x", [5]);
  const feeds = { x: array([-3, -1, 0, 1, 3], [5], "float64") };
  const outputs = { gelu: gelu(x), silu: silu(x) };
  const expected = {
    gelu: array([-0.004049693, -0.158655254, 0, 0.841344746, 2.995950307], [5], "float64"),
    silu: array([-0.142277619, -0.268941421, 0, 0.731058579, 2.857722381], [5], "float64"),
  };
  const [exact, rough] = [evaluate(outputs, feeds), await onOnnxRuntime(outputs, feeds)];
  for (const name of ["gelu", "silu"] as const) {
    expectClose(exact[name], expected[name], "rounded", name);
    expectClose(rough[name], expected[name], "float32", name);
  }
});

test.each([
  [() => new LstmCell({ inputDim: 0, hiddenDim: 3 }), "Lstm: expected inputDim to be a positive integer but found 0"],
  [() => new GruCell({ inputDim: 2, hiddenDim: -1 }), "Gru: expected hiddenDim to be a positive integer but found -1"],
])("a recurrent cell of no size is refused", (make, message) => {
  expect(make).toThrow(new RangeError(message));
});

test("a module of one's own is a few lines", () => {
  class Scale extends Module {
    readonly factor = new Parameter([1], { initializer: (data) => data.fill(2) });
    forward(x: Tensor): Tensor {
      return x.mul(this.factor);
    }
  }
  const scale = new Scale();
  const x = input("x", [2]);
  const y = evaluateWith(
    { y: scale.forward(x) },
    new Map<Tensor, NdArray>([
      [x, array([1, 2])],
      [scale.factor, array([3])],
    ]),
  ).y;
  expect(y).toEqual([3, 6]);
});
