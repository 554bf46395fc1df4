import { describe, expect, test } from "vitest";
import { onOnnxRuntime, onReference, parametersAsInputs, withParameterInputs } from "../../../test/support/runtimes.ts";
import { centralDifferences, randomNumbers } from "../../autodiff/central-differences.fixture.ts";
import { gradient } from "../../autodiff/gradient.ts";
import { crossEntropy } from "../../nn/losses.ts";
import { initialize } from "../../nn/module.ts";
import { traceGraph } from "../../nn/trace.ts";
import { type Outputs, sortNodes, substitute } from "../../tensor/graph.ts";
import { array, type NdArray, numbers } from "../../tensor/nd-array.ts";
import { constant, input, type Tensor } from "../../tensor/tensor.ts";
import { expectClose } from "../../tensor/tolerances.fixture.ts";
import { TextClassifier, type TextClassifierOptions } from "./text-classifier.ts";

const [BATCH, KEY_LEN, CLASSES] = [3, 5, 7];
const SIZES = { vocabulary: 13, classes: CLASSES, embeddingDim: 2, encoderDim: 3, unknown: 3 };
const FEEDS = {
  text: array([1, 12, 5, 7, 2, 9, 2, 0, 0, 0, 4, 11, 2, 0, 0], [BATCH, KEY_LEN], "int32"),
  lengths: array([5, 2, 3], [BATCH], "int32"),
};

function make(options: Partial<TextClassifierOptions>): TextClassifier {
  const model = new TextClassifier({ ...SIZES, ...options });
  initialize(model, 5);
  for (const [name, leaf] of model.parameters()) {
    leaf.value = array(numbers(randomNumbers(leaf.shape as number[], name)), leaf.shape as number[]);
  }
  return model;
}

function pass(model: TextClassifier, training: boolean, keyLen = KEY_LEN): { outputs: Outputs; axes: string[] } {
  const text = input("text", [BATCH, keyLen], "int32");
  const lengths = input("lengths", [BATCH], "int32");
  const { result, weights } = traceGraph({ training }, () => model.forward({ text, lengths }));
  const looked = weights["attentions.0"];
  return {
    outputs: { logits: result.logits, ...(looked ? { weights: looked.tensor } : {}) },
    axes: [...(looked?.axes ?? [])],
  };
}

function noiseOf(outputs: Outputs): Tensor[] {
  return sortNodes(Object.values(outputs)).flatMap(({ operator, attributes, outputs: [out] }) =>
    operator === "Input" && String(attributes.name).startsWith("noise.") ? [out as Tensor] : [],
  );
}

describe.each([
  ["attention pooling", { attentionDim: 11 }],
  ["the mean", {}],
])("a classifier by %s", (_, options) => {
  const model = make(options);
  const attends = model.pooling !== undefined;
  const reference = (outputs: Outputs, feeds: Record<string, NdArray> = FEEDS) => {
    const form = withParameterInputs(outputs, model);
    return onReference(form.outputs, { ...form.feeds, ...feeds });
  };

  test("computes the same in training and in inference, on both runtimes", async () => {
    const expected = reference(pass(model, true).outputs);
    expect(expected.logits?.shape).toEqual([BATCH, CLASSES]);
    expect(expected.weights?.shape).toEqual(attends ? [BATCH, 1, 1, KEY_LEN] : undefined);
    expect(pass(model, true).axes).toEqual(attends ? ["batch", "heads", "queryLen", "keyLen"] : []);
    for (const training of [true, false]) {
      const form = withParameterInputs(pass(model, training).outputs, model);
      const feeds = { ...form.feeds, ...FEEDS };
      const [exact, rough] = [onReference(form.outputs, feeds), await onOnnxRuntime(form.outputs, feeds)];
      for (const [name, value] of Object.entries(expected)) {
        expectClose(exact[name], value, "float64", name);
        expectClose(rough[name], value, "float32", name);
      }
    }
  });

  test("padding changes nothing, nor does the company of other texts", () => {
    const expected = reference(pass(model, false).outputs);
    const wide = [1, 12, 5, 7, 2, 6, 6, 9, 2, 8, 8, 8, 8, 8, 4, 11, 2, 1, 1, 1, 1];
    const found = reference(pass(model, false, 7).outputs, { ...FEEDS, text: array(wide, [BATCH, 7], "int32") });
    expectClose(found.logits, expected.logits as NdArray, "float64");
    const turned = reference(pass(model, false).outputs, {
      text: array([4, 11, 2, 0, 0, 1, 12, 5, 7, 2, 9, 2, 0, 0, 0], [BATCH, KEY_LEN], "int32"),
      lengths: array([3, 5, 2], [BATCH], "int32"),
    });
    const rows = numbers(expected.logits as NdArray);
    const order = [2, 0, 1].flatMap((row) => rows.slice(row * CLASSES, (row + 1) * CLASSES));
    expectClose(turned.logits, array(order, [BATCH, CLASSES], "float64"), "float64");
  });

  test("derived gradients are those of central differences", () => {
    const tiny = make({
      ...options,
      vocabulary: 5,
      classes: 3,
      encoderDim: 2,
      ...(attends ? { attentionDim: 2 } : {}),
    });
    const { inputs, feeds } = parametersAsInputs(tiny);
    const label = constant(array([2, 0, -1], [BATCH], "int32"));
    const text = input("text", [BATCH, 3], "int32");
    const lengths = input("lengths", [BATCH], "int32");
    const { result } = traceGraph({ training: true }, () =>
      crossEntropy(tiny.forward({ text, lengths }).logits, label, { ignore: -1 }),
    );
    const { loss } = substitute({ loss: result.sum }, inputs) as { loss: Tensor };
    const given = {
      ...feeds,
      text: array([1, 4, 2, 3, 2, 0, 2, 0, 0], [BATCH, 3], "int32"),
      lengths: array([3, 2, 1], [BATCH], "int32"),
    };
    const leaves = [...inputs.values()];
    const slopes = gradient(loss, leaves);
    for (const [i, leaf] of leaves.entries()) {
      const name = String(leaf.node.attributes.name);
      const found = onReference({ slope: slopes[i] as Tensor }, given);
      expectClose(found.slope, centralDifferences(loss, given, name), "differences", name);
    }
  });

  test("words and states are dropped in training alone", () => {
    const dropping = make({ ...options, dropout: 0.5, wordDropout: 0.25 });
    expect(noiseOf(pass(dropping, false).outputs)).toEqual([]);
    const { outputs } = pass(dropping, true);
    const noise = noiseOf(outputs);
    expect(noise.map((tensor) => tensor.shape)).toContainEqual([BATCH, KEY_LEN]);
    expect(noise).toHaveLength(3);
    // Where every number is 0.9, no state is dropped (all are doubled) and no word; below 0.25 every word is unknown.
    const feeds = (words: number) =>
      Object.fromEntries(
        noise.map((tensor) => {
          const shape = tensor.shape as number[];
          const name = String(tensor.node.attributes.name);
          const size = shape.reduce((product, dim) => product * dim, 1);
          return [name, array(new Array(size).fill(name.includes("words") ? words : 0.9), shape)];
        }),
      );
    const form = withParameterInputs(outputs, dropping);
    const logits = (words: number, text: NdArray) =>
      onReference(form.outputs, { ...form.feeds, ...FEEDS, text, ...feeds(words) }).logits as NdArray;
    const unknown = array(new Array(BATCH * KEY_LEN).fill(SIZES.unknown), [BATCH, KEY_LEN], "int32");
    expectClose(logits(0.2, FEEDS.text), logits(0.9, unknown), "float64");
    expect(numbers(logits(0.9, FEEDS.text))).not.toEqual(numbers(logits(0.9, unknown)));
  });
});
