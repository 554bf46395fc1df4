import { describe, expect, test } from "vitest";
import { readGolden } from "../../../test/support/golden.ts";
import { onReference, withParameterInputs } from "../../../test/support/runtimes.ts";
import { ModelError } from "../../tensor/errors.ts";
import { array, type NdArray, numbers } from "../../tensor/nd-array.ts";
import { input } from "../../tensor/tensor.ts";
import { expectClose } from "../../tensor/tolerances.fixture.ts";
import { Gru, Linear, Lstm, Module, Parameter, traceGraph } from "../index.ts";
import { importWeights } from "./index.ts";

/** A model around layers, with a parameter of its own. */
class Reader extends Module {
  readonly textEncoder = new Lstm({ inputDim: 2, hiddenDim: 1 });
  readonly heads = [new Linear({ inputDim: 2, outputDim: 1 }), new Linear({ inputDim: 2, outputDim: 1, bias: false })];
  readonly startToken = new Parameter([1, 2], { initializer: () => {} });
}

const filled = (shape: readonly number[], from = 0) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return array(
    Array.from({ length: size }, (_, i) => from + i),
    shape,
    "float64",
  );
};

function pytorchTensors(): Map<string, NdArray> {
  return new Map(
    Object.entries({
      "text_encoder.weight_ih_l0": filled([4, 2]),
      "text_encoder.weight_hh_l0": filled([4, 1]),
      "text_encoder.bias_ih_l0": filled([4], 10),
      "text_encoder.bias_hh_l0": filled([4], 100),
      "heads.0.weight": filled([1, 2]),
      "heads.0.bias": filled([1], 7),
      "heads.1.weight": filled([1, 2], 3),
      start_token: filled([1, 2], 5),
    }),
  );
}

function valuesOf(model: Module): Record<string, number[]> {
  return Object.fromEntries([...model.parameters()].map(([name, { value }]) => [name, numbers(value as NdArray)]));
}

test("PyTorch's names, transposes, gate order i f g o and two biases become ours", () => {
  const model = new Reader();
  importWeights(model, pytorchTensors(), "pytorch");
  expect(valuesOf(model)).toEqual({
    // Columns i o f c̃ of the transpose.
    "textEncoder.forwardCell.inputWeight": [0, 6, 2, 4, 1, 7, 3, 5],
    "textEncoder.forwardCell.recurrentWeight": [0, 3, 1, 2],
    "textEncoder.forwardCell.bias": [110, 116, 112, 114],
    "heads.0.weight": [0, 1],
    "heads.0.bias": [7],
    "heads.1.weight": [3, 4],
    startToken: [5, 6],
  });
  expect(model.startToken.value?.dtype).toBe("float32");
});

test("Keras's paths, gate order i f c o and kernels become ours", () => {
  const model = new Reader();
  const tensors = {
    "text_encoder/lstm_cell/kernel": filled([2, 4]),
    "text_encoder/lstm_cell/recurrent_kernel": filled([1, 4]),
    "text_encoder/lstm_cell/bias": filled([4], 10),
    "heads/0/kernel": filled([2, 1]),
    "heads/0/bias": filled([1], 7),
    "heads/1/kernel": filled([2, 1], 3),
    start_token: filled([1, 2], 5),
  };
  importWeights(model, new Map(Object.entries(tensors)), "keras");
  expect(valuesOf(model)["textEncoder.forwardCell.inputWeight"]).toEqual([0, 3, 1, 2, 4, 7, 5, 6]);
  expect(valuesOf(model)["textEncoder.forwardCell.bias"]).toEqual([10, 13, 11, 12]);
});

test("an imported layer computes what the framework computed, to float32", () => {
  const golden = readGolden("gru-bidirectional");
  const model = new Gru({ inputDim: 7, hiddenDim: 5, bidirectional: true });
  importWeights(model, golden.weights, "pytorch");
  const leaves = { x: input("x", [3, 11, 7]), lengths: input("lengths", [3], "int32") };
  const { result } = traceGraph({ training: false }, () => model.forward(leaves.x, { lengths: leaves.lengths }));
  const { outputs, feeds } = withParameterInputs({ output: result.output }, model);
  const given = { x: golden.inputs.get("input") as NdArray, lengths: golden.inputs.get("lengths") as NdArray };
  expectClose(onReference(outputs, { ...feeds, ...given }).output, golden.outputs.get("output") as NdArray, "rounded");
});

describe("what does not fit is refused", () => {
  const attempt = (change: (tensors: Map<string, NdArray>) => void) => () => {
    const tensors = pytorchTensors();
    change(tensors);
    importWeights(new Reader(), tensors, "pytorch");
  };

  test.each([
    [
      "a missing tensor",
      attempt((tensors) => tensors.delete("heads.1.weight")),
      "importWeights: expected a tensor heads.1.weight [1,2] but found none",
    ],
    [
      "another shape",
      attempt((tensors) => tensors.set("text_encoder.weight_hh_l0", filled([4, 2]))),
      "importWeights: expected a tensor text_encoder.weight_hh_l0 [4,1] but found [4,2]",
    ],
    [
      "a tensor that the model has not",
      attempt((tensors) => tensors.set("heads.1.bias", filled([1])).set("extra", filled([1]))),
      "importWeights: expected tensors of the model only but found heads.1.bias, extra",
    ],
  ])("%s", (_, act, message) => {
    expect(act).toThrow(new ModelError(message));
  });

  test("and no parameter has changed", () => {
    const model = new Reader();
    const tensors = pytorchTensors().set("extra", filled([1]));
    expect(() => importWeights(model, tensors, "pytorch")).toThrow(ModelError);
    expect([...model.parameters().values()].map(({ value }) => value)).toEqual(new Array(7).fill(undefined));
  });
});
