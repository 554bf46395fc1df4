import { describe, expect, test } from "vitest";
import { onOnnxRuntime, onReference, parametersAsInputs, withParameterInputs } from "../../test/support/runtimes.ts";
import { lengthMask } from "../attention/masks.ts";
import { centralDifferences } from "../autodiff/central-differences.fixture.ts";
import { gradient } from "../autodiff/gradient.ts";
import { crossEntropy } from "../nn/losses.ts";
import { UNROLLED_STEPS } from "../nn/scan.ts";
import { traceGraph } from "../nn/trace.ts";
import { type Outputs, sortNodes, substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { constant, input, type Tensor } from "../tensor/tensor.ts";
import { expectClose, type Tolerance } from "../tensor/tolerances.fixture.ts";
import {
  BATCH,
  KEY_LEN,
  leavesOf,
  type PassSizes,
  QUERY_LEN,
  SEQUENCE_MODELS,
  SIZES,
  stepByStep,
  tokens,
  withValues,
} from "./sequence-models.fixture.ts";
import { CROSS_ATTENTION, type SequenceToSequence } from "./sequence-to-sequence.ts";

const FEEDS = {
  source: tokens(BATCH, KEY_LEN, SIZES.sourceVocabulary),
  lengths: array([7, 1, 4], [BATCH], "int32"),
  target: tokens(BATCH, QUERY_LEN, SIZES.targetVocabulary),
};

/** The whole pass: logits, and where it looked. */
function teacherForced(model: SequenceToSequence, training: boolean, sizes: PassSizes = {}): Outputs {
  const { result, weights } = traceGraph({ training }, () => model.forward(leavesOf(sizes)));
  const looked = weights[CROSS_ATTENTION]?.tensor;
  return { logits: result.logits, ...(looked ? { weights: looked } : {}) };
}

/** The same token by token. */
function written(model: SequenceToSequence, sizes: PassSizes = {}): Outputs {
  const leaves = leavesOf(sizes);
  const mask = lengthMask(leaves.lengths, leaves.source.dim(1));
  return traceGraph({ training: false }, () => stepByStep(model, { ...leaves, mask })).result as Outputs;
}

function expectAlike(found: Record<string, NdArray>, expected: Record<string, NdArray>, tolerance: Tolerance): void {
  expect(Object.keys(found).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, tolerance, name);
}

/** Rows of an array in another order. */
function reordered({ data, shape, dtype }: NdArray, order: readonly number[]): NdArray {
  const width = data.length / (shape[0] as number);
  const rows = order.flatMap((row) => [...(data as Int32Array).subarray(row * width, (row + 1) * width)]);
  return array(rows, [order.length, ...shape.slice(1)], dtype);
}

describe.each(SEQUENCE_MODELS)("$name", ({ make, makeTiny, attends }) => {
  const model = withValues(make());
  const reference = (outputs: Outputs, feeds: Record<string, NdArray>) => {
    const form = withParameterInputs(outputs, model);
    return onReference(form.outputs, { ...form.feeds, ...feeds });
  };

  test.each([
    ["of some tokens, written out", QUERY_LEN],
    ["of many tokens, as a scan", UNROLLED_STEPS + 3],
  ])("token by token it is the teacher-forced pass, in both forms and on both runtimes: %s", async (_, queryLen) => {
    const feeds = { ...FEEDS, target: tokens(BATCH, queryLen, SIZES.targetVocabulary) };
    const forms = [
      teacherForced(model, true, { queryLen }),
      teacherForced(model, false, { queryLen }),
      written(model, { queryLen }),
    ];
    const expected = reference(forms[0] as Outputs, feeds);
    expect(Object.keys(expected)).toEqual(attends ? ["logits", "weights"] : ["logits"]);
    expect(expected.logits?.shape).toEqual([BATCH, queryLen, SIZES.targetVocabulary]);
    for (const outputs of forms) {
      const form = withParameterInputs(outputs, model);
      expectAlike(onReference(form.outputs, { ...form.feeds, ...feeds }), expected, "float64");
      expectAlike(await onOnnxRuntime(form.outputs, { ...form.feeds, ...feeds }), expected, "float32");
    }
  });

  test("padding changes nothing: longer sources and targets, and whatever stands behind a length", () => {
    const expected = reference(teacherForced(model, true), FEEDS);
    const [keyLen, queryLen] = [KEY_LEN + 4, QUERY_LEN + 2];
    const wider = (from: NdArray, width: number) =>
      numbers(tokens(BATCH, width, 13)).map((noise, i) => {
        const [row, column] = [Math.floor(i / width), i % width];
        const isReal = from === FEEDS.source ? column < Number(FEEDS.lengths.data[row]) : column < QUERY_LEN;
        return isReal ? Number(from.data[row * (from.shape[1] as number) + column]) : noise;
      });
    const feeds = {
      ...FEEDS,
      source: array(wider(FEEDS.source, keyLen), [BATCH, keyLen], "int32"),
      target: array(wider(FEEDS.target, queryLen), [BATCH, queryLen], "int32"),
    };
    for (const training of [true, false]) {
      const found = reference(teacherForced(model, training, { keyLen, queryLen }), feeds);
      for (const [name, value] of Object.entries(expected)) {
        const [, rows, columns] = value.shape as [number, number, number];
        const [, allRows, allColumns] = (found[name] as NdArray).shape as [number, number, number];
        const kept = numbers(found[name] as NdArray).filter(
          (_, i) => Math.floor(i / allColumns) % allRows < rows && i % allColumns < columns,
        );
        expectClose(array(kept, value.shape, "float64"), value, "float64", name);
        const cut = numbers(found[name] as NdArray).filter((_, i) => i % allColumns >= columns);
        expect(cut.every((weight) => weight === 0)).toBe(true);
      }
    }
  });

  test("the order of a batch is the order of what it gives", () => {
    const order = [2, 0, 1];
    const expected = reference(teacherForced(model, true), FEEDS);
    const feeds = Object.fromEntries(Object.entries(FEEDS).map(([name, value]) => [name, reordered(value, order)]));
    const found = reference(teacherForced(model, true), feeds);
    for (const [name, value] of Object.entries(expected)) {
      const rows = reordered({ ...value, data: Float64Array.from(numbers(value)), dtype: "float64" }, order);
      expectClose(found[name], rows, "float64", name);
    }
  });

  test("weights are shares of the places that may be read", () => {
    const { weights } = reference(teacherForced(model, false), FEEDS);
    expect(weights !== undefined).toBe(attends);
    if (!weights) return;
    const all = numbers(weights);
    for (let row = 0; row < BATCH * QUERY_LEN; row++) {
      const own = all.slice(row * KEY_LEN, (row + 1) * KEY_LEN);
      expect(own.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
      const length = Number(FEEDS.lengths.data[Math.floor(row / QUERY_LEN)]);
      expect(own.slice(length).every((weight) => weight === 0)).toBe(true);
      expect(own.slice(0, length).every((weight) => weight > 0)).toBe(true);
    }
  });

  test("derived gradients are those of central differences", () => {
    const tiny = withValues(makeTiny());
    const feeds = {
      source: array([1, 4, 2, 3, 0, 0], [2, 3], "int32"),
      lengths: array([3, 1], [2], "int32"),
      target: array([1, 4, 1, 2], [2, 2], "int32"),
    };
    const label = constant(array([4, 2, 3, 0], [2, 2], "int32"));
    const { inputs, feeds: values } = parametersAsInputs(tiny);
    const { result } = traceGraph({ training: true }, () =>
      crossEntropy(tiny.forward(leavesOf({ batch: 2, keyLen: 3, queryLen: 2 })).logits, label, { ignore: 0 }),
    );
    const { loss } = substitute({ loss: result.sum }, inputs) as { loss: Tensor };
    const names = Object.keys(values);
    const leaves = new Map([...inputs.values()].map((leaf) => [leaf.node.attributes.name as string, leaf]));
    const slopes = gradient(
      loss,
      names.map((name) => leaves.get(name) as Tensor),
    );
    const found = onReference(Object.fromEntries(names.map((name, i) => [name, slopes[i] as Tensor])), {
      ...values,
      ...feeds,
    });
    for (const name of names) {
      expectClose(found[name], centralDifferences(loss, { ...values, ...feeds }, name), "differences", name);
    }
  });

  test("dropout drops in training alone", () => {
    const dropping = withValues(make({ dropout: 0.5 }));
    const noise = (outputs: Outputs) =>
      sortNodes(Object.values(outputs)).flatMap(({ operator, attributes }) =>
        operator === "Input" && String(attributes.name).startsWith("noise.") ? [String(attributes.name)] : [],
      );
    expect(noise(teacherForced(dropping, true))).toHaveLength(3);
    expect(noise(teacherForced(dropping, false))).toEqual([]);
    const form = withParameterInputs(written(dropping), dropping);
    expectAlike(
      onReference(form.outputs, { ...form.feeds, ...FEEDS }),
      reference(teacherForced(model, true), FEEDS),
      "float64",
    );
  });

  describe("with scheduled sampling", () => {
    const sampled = (value: number) => {
      const probability = constant(array(new Float32Array(BATCH).fill(value)));
      const { result, weights } = traceGraph({ training: true }, () =>
        model.forwardSampled({ ...leavesOf(), probability }),
      );
      const looked = weights[CROSS_ATTENTION]?.tensor;
      const outputs = { logits: result.logits, ...(looked ? { weights: looked } : {}) };
      const noise = sortNodes(Object.values(outputs)).flatMap(({ operator, attributes, outputs: [out] }) =>
        operator === "Input" && String(attributes.name).startsWith("noise.") ? [out as Tensor] : [],
      );
      const feeds = noise.map((tensor) => {
        const shape = tensor.shape as number[];
        const size = shape.reduce((product, dim) => product * dim, 1);
        return [String(tensor.node.attributes.name), array(new Array(size).fill(0.5), shape)] as const;
      });
      return reference(outputs, { ...FEEDS, ...Object.fromEntries(feeds) });
    };

    test("that never samples it is the teacher-forced pass", () => {
      expectAlike(sampled(0), reference(teacherForced(model, true), FEEDS), "float64");
    });

    test("that always does, it reads what it finds likeliest", () => {
      const found = sampled(1);
      const logits = numbers(found.logits as NdArray);
      const { targetVocabulary } = SIZES;
      const likeliest = Array.from({ length: BATCH * QUERY_LEN }, (_, place) => {
        const own = logits.slice(place * targetVocabulary, (place + 1) * targetVocabulary);
        return own.indexOf(Math.max(...own));
      });
      const own = likeliest.map((_, place) =>
        place % QUERY_LEN === 0 ? Number(FEEDS.target.data[place]) : (likeliest[place - 1] as number),
      );
      const target = array(own, [BATCH, QUERY_LEN], "int32");
      expect(own).not.toEqual([...(FEEDS.target.data as Int32Array)]);
      expectAlike(found, reference(teacherForced(model, true), { ...FEEDS, target }), "float64");
    });
  });

  test("the exported step takes any batch and any length of the source", () => {
    const open = {
      source: input("source", ["batch", "keyLen"], "int32"),
      lengths: input("lengths", ["batch"], "int32"),
    };
    const { result } = traceGraph({ training: false }, () => {
      const { memory, state } = model.encode(open);
      const mask = lengthMask(open.lengths, "keyLen");
      return model.step({ token: input("token", ["batch"], "int32"), state, memory, mask });
    });
    expect(result.logits.shape).toEqual(["batch", SIZES.targetVocabulary]);
    expect(result.weights?.shape).toEqual(attends ? ["batch", "keyLen"] : undefined);
    for (const part of Object.values(result.state)) expect(part.shape).toEqual(["batch", 11]);
  });
});
