import ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { lengthMask } from "../attention/masks.ts";
import { scaledDotProduct } from "../attention/scaled-dot-product.ts";
import { gelu } from "../nn/activations.ts";
import { Dropout } from "../nn/dropout.ts";
import { Embedding } from "../nn/embedding.ts";
import { Gru } from "../nn/gru.ts";
import { normal, zerosInitializer } from "../nn/initializers.ts";
import { Linear } from "../nn/linear.ts";
import { Lstm } from "../nn/lstm.ts";
import { initialize, Module, Parameter } from "../nn/module.ts";
import { trace, traceGraph } from "../nn/trace.ts";
import { decode, type ModelMessage } from "../onnx/messages.ts";
import { nodeBackend } from "../runtime/node.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { sameBytes } from "../tensor/bytes.fixture.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { substitute } from "../tensor/graph.ts";
import { array, type NdArray } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { exportOnnx, type InputTypes, prepare } from "./inference.ts";

const TIME = 5;

/** Both recurrent layers, attention, dropout and an activation that ONNX has only in a newer operator set. */
class Reader extends Module {
  readonly embedding: Embedding = new Embedding({ vocabulary: 11, dim: 3 });
  readonly encoder: Lstm = new Lstm({ inputDim: 3, hiddenDim: 2, bidirectional: true });
  readonly second: Gru = new Gru({ inputDim: 4, hiddenDim: 7 });
  readonly dropout: Dropout = new Dropout({ dropout: 0.5 });
  readonly classifier: Linear = new Linear({ inputDim: 7, outputDim: 13 });
  /** Named as the writer would name a tensor in between. */
  readonly t0: Parameter = new Parameter([13], { initializer: normal(1) });

  forward({ text, lengths }: Record<"text" | "lengths", Tensor>): { logits: Tensor } {
    const first = this.encoder.forward(this.embedding.forward(text), { lengths }).output;
    const states = this.dropout.forward(this.second.forward(first, { lengths }).output);
    const mask = lengthMask(lengths, TIME);
    const { output, weights } = scaledDotProduct({ query: states, key: states, value: states, mask });
    trace("self", weights, "batch queryLen keyLen");
    return { logits: this.classifier.forward(gelu(output)).mul(this.t0) };
  }
}

const TYPES = {
  text: { shape: ["batch", TIME], dtype: "int32" },
  lengths: { shape: ["batch"], dtype: "int32" },
} as const satisfies InputTypes;

const model = new Reader();
initialize(model, 5);

function feedsOf(batch: number): Record<"text" | "lengths", NdArray> {
  const rng = new Rng(batch, "feeds");
  const text = Array.from({ length: batch * TIME }, () => rng.integer(11));
  const lengths = Array.from({ length: batch }, () => 1 + rng.integer(TIME));
  return { text: array(text, [batch, TIME], "int32"), lengths: array(lengths, [batch], "int32") };
}

/** The model as it stands in memory, for a batch of one size, in float64. */
function inProcess(feeds: Record<"text" | "lengths", NdArray>): Record<string, NdArray> {
  const text = input("text", feeds.text.shape, "int32");
  const lengths = input("lengths", feeds.lengths.shape, "int32");
  const { result, weights } = traceGraph({ training: false }, () => model.forward({ text, lengths }));
  const leaves = new Map([...model.parameters()].map(([name, leaf]) => [leaf as Tensor, input(name, leaf.shape)]));
  const values = Object.fromEntries([...model.parameters()].map(([name, { value }]) => [name, value as NdArray]));
  const outputs = { ...result, self: (weights.self as { tensor: Tensor }).tensor };
  return evaluate(substitute(outputs, leaves), { ...feeds, ...values });
}

const decoded = (bytes: Uint8Array): ModelMessage => decode("Model", bytes);

describe("an exported model", () => {
  const bytes = exportOnnx(model, TYPES, { metadata: { author: "a test" } });

  it.each([1, 2, 7])(
    "gives the numbers of the model in memory, for a batch of %i, also without Fovea",
    async (batch) => {
      const feeds = feedsOf(batch);
      const expected = inProcess(feeds);
      const runner = await prepare(model, TYPES, nodeBackend);
      const found: Record<string, NdArray> = await runner.run(feeds);
      const plain = await ort.InferenceSession.create(bytes);
      const results = await plain.run({
        text: new ort.Tensor("int32", feeds.text.data as Int32Array, [batch, TIME]),
        lengths: new ort.Tensor("int32", feeds.lengths.data as Int32Array, [batch]),
      });
      expect(Object.keys(results).sort()).toEqual(["logits", "self"]);
      for (const [name, shape] of Object.entries({ logits: [batch, TIME, 13], self: [batch, TIME, TIME] })) {
        expectClose(found[name], expected[name] as NdArray, "float32", name);
        const { dims, data } = results[name] as ort.Tensor;
        expect(dims).toEqual(shape);
        expectClose(array(data as Float32Array, dims), expected[name] as NdArray, "float32", `plain ${name}`);
      }
      await Promise.all([runner.release(), plain.release()]);
    },
  );

  it("has symbols for its open dimensions, and the axes of what it traced", () => {
    const { graph, metadata } = decoded(bytes);
    const shapes = [...(graph?.input ?? []), ...(graph?.output ?? [])].map(({ name, type }) => {
      return [name, ...(type?.tensorType?.shape?.dim ?? []).map(({ dimParam, dimValue }) => dimParam ?? dimValue)];
    });
    expect(shapes).toEqual([
      ["text", "batch", 5],
      ["lengths", "batch"],
      ["logits", "batch", 5, 13],
      ["self", "batch", 5, 5],
    ]);
    expect(metadata).toEqual([
      { key: "fovea.axes.self", value: "batch queryLen keyLen" },
      { key: "author", value: "a test" },
    ]);
  });

  it("holds the weights under their paths, and nothing of training", () => {
    const { graph } = decoded(bytes);
    const written = new Map(graph?.initializer?.map((tensor) => [tensor.name, tensor]));
    for (const [name, { value, shape }] of model.parameters()) {
      expect(written.get(name)?.dims, name).toEqual(shape);
      const { data } = value as NdArray;
      expect(written.get(name)?.rawData).toEqual(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
    expect(graph?.input?.map(({ name }) => name)).toEqual(["text", "lengths"]);
    expect(graph?.node?.map(({ opType }) => opType)).toEqual(expect.arrayContaining(["LSTM", "GRU", "Softmax"]));
  });

  it("keeps to ai.onnx of operator set 18", () => {
    const { graph, opsetImport, irVersion } = decoded(bytes);
    expect([opsetImport, irVersion]).toEqual([[{ domain: "", version: 18 }], 10]);
    expect(graph?.node?.filter(({ domain = "" }) => domain !== "")).toEqual([]);
    expect(decoded(exportOnnx(model, TYPES, { opset: 20 })).opsetImport).toEqual([{ domain: "", version: 20 }]);
  });

  it("comes out the same, byte for byte, each time", () => {
    const again = exportOnnx(model, TYPES, { metadata: { author: "a test" } });
    expect(sameBytes(again, bytes)).toBe(true);
  });

  it("takes other values than the parameters' own", () => {
    const bias = array(new Float32Array(13).fill(4));
    const changed = decoded(exportOnnx(model, TYPES, { values: new Map([["classifier.bias", bias]]) }));
    const found = changed.graph?.initializer?.find(({ name }) => name === "classifier.bias")?.rawData as Uint8Array;
    expect([...new Float32Array(found.slice().buffer)]).toEqual(new Array(13).fill(4));
  });
});

class Scale extends Module {
  readonly x: Parameter = new Parameter([2], { initializer: zerosInitializer() });

  forward(inputs: Readonly<Record<string, Tensor>>): { y: Tensor } {
    return { y: (Object.values(inputs)[0] as Tensor).mul(this.x) };
  }
}

describe("a model that cannot be exported", () => {
  const float = { shape: [2], dtype: "float32" } as const;

  it("has a parameter without a value", () => {
    const message = "export: expected a value for x but found none; train or load the model first";
    expect(() => exportOnnx(new Scale(), { a: float })).toThrow(new ModelError(message));
  });

  it.each(["x", "y"])("gives one name, %s, to two things", (name) => {
    const scale = new Scale();
    initialize(scale, 1);
    const message = `onnx: expected inputs, outputs and weights of different names but found ${name} twice; rename one`;
    expect(() => exportOnnx(scale, { [name]: float })).toThrow(new ModelError(message));
  });
});

/** Twice its input; a model without parameters. */
class Twice extends Module {
  readonly traced: string;

  constructor(traced: string) {
    super();
    this.traced = traced;
  }

  forward({ x, y }: Record<"x" | "y", Tensor>): { sum: Tensor } {
    trace(this.traced, x, "batch width");
    return { sum: x.mul(2).add(y) };
  }
}

describe("a model without parameters", () => {
  const types = {
    x: { shape: ["batch", 2], dtype: "float32" },
    y: { shape: ["batch", 2], dtype: "float32" },
  } as const satisfies InputTypes;
  const feeds = { x: array([1, 2], [1, 2]), y: array([3, 5], [1, 2]) };

  it("is exported and runs", async () => {
    const runner = await prepare(new Twice("seen"), types, nodeBackend);
    const found: Record<string, NdArray> = await runner.run(feeds);
    expect(found.sum).toEqual(array([5, 9], [1, 2]));
    expect(found.seen).toEqual(feeds.x);
    await runner.release();
  });

  it.each<[string, Record<string, NdArray>, string]>([
    ["a missing feed", { x: feeds.x }, "run: expected y to be float32 [batch,2] but found none"],
    [
      "another shape",
      { ...feeds, y: array([1, 2, 3], [1, 3]) },
      "run: expected y to be float32 [batch,2] but found float32 [1,3]",
    ],
    [
      "another type",
      { ...feeds, x: array([1, 2], [1, 2], "int32") },
      "run: expected x to be float32 [batch,2] but found int32 [1,2]",
    ],
    [
      "another batch",
      { ...feeds, y: array([1, 2, 3, 4], [2, 2]) },
      "run: expected y [batch,2] to have batch=1, as in x, but found shape [2,2]",
    ],
    ["an unknown feed", { ...feeds, z: feeds.x }, "run: expected feeds named x, y but found z"],
  ])("refuses %s", async (_, given, message) => {
    const runner = await prepare(new Twice("seen"), types, nodeBackend);
    await expect(runner.run(given)).rejects.toThrow(new ShapeError(message));
    await runner.release();
  });

  it("refuses a trace named like an output", () => {
    const message = "export: expected traces named unlike the outputs but found sum twice; rename the trace";
    expect(() => exportOnnx(new Twice("sum"), types)).toThrow(new ModelError(message));
  });
});
