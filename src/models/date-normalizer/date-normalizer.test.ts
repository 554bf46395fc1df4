import { describe, expect, test } from "vitest";
import { splitHidden } from "../../../test/support/concatenated-energies.ts";
import { checkInference, checkTraining, type ParityCase, type Tensors } from "../../../test/support/parity.ts";
import { crossEntropy } from "../../nn/losses.ts";
import { traceGraph } from "../../nn/trace.ts";
import { input } from "../../tensor/tensor.ts";
import { DateNormalizer } from "./date-normalizer.ts";

const SMALL = new DateNormalizer({
  vocabulary: 19,
  outputVocabulary: 17,
  outputLen: 3,
  encoderDim: 5,
  decoderDim: 13,
  energyDim: 7,
});

const GOLDEN: ParityCase = {
  golden: "date-normalizer",
  model: SMALL,
  traced: "attention",
  weight: splitHidden({ prefix: "attention.", keyDim: 10 }),
  build: ({ text, lengths, label }: Tensors) => {
    const { logits } = SMALL.forward({ text, lengths });
    return { logProbabilities: logits.logSoftmax(), loss: crossEntropy(logits, label).sum };
  },
};

describe("a small date normaliser agrees with PyTorch", () => {
  test("values, attention and gradients of all weights in the training form", () => checkTraining(GOLDEN));
  test("values and attention in the inference form", () => checkInference(GOLDEN));
});

test.each([
  [37, 52_960],
  [39, 53_472],
])("with %i symbols it has the article's %i parameters", (vocabulary, count) => {
  expect(new DateNormalizer({ vocabulary }).parameterCount).toBe(count);
});

test("its shapes are the article's, with a symbolic batch", () => {
  const model = new DateNormalizer({ vocabulary: 39 });
  const text = input("text", ["batch", 30], "int32");
  const { result, weights } = traceGraph({ training: false }, () =>
    model.forward({ text, lengths: input("lengths", ["batch"], "int32") }),
  );
  expect(result.logits.shape).toEqual(["batch", 10, 11]);
  expect(weights.attention?.tensor.shape).toEqual(["batch", 10, 30]);
  expect(weights.attention?.axes).toEqual(["batch", "queryLen", "keyLen"]);
});
