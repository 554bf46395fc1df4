import { describe, expect, it } from "vitest";
import { lengthMask } from "../attention/masks.ts";
import { MultiHeadAttention } from "../attention/multi-head.ts";
import { scaledDotProduct } from "../attention/scaled-dot-product.ts";
import { Embedding } from "../nn/embedding.ts";
import { Lstm } from "../nn/lstm.ts";
import { initialize, Module } from "../nn/module.ts";
import { trace } from "../nn/trace.ts";
import { decode, encode, type ModelMessage } from "../onnx/messages.ts";
import { writeModel } from "../onnx/write.ts";
import { nodeBackend } from "../runtime/node.ts";
import { ModelError } from "../tensor/errors.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { scanNode } from "../tensor/scan.ts";
import { applyOne, concat, constant, input, type Tensor } from "../tensor/tensor.ts";
import { exportOnnx, type InputTypes, type NamedModel } from "./inference.ts";
import { type GraphInputs, type GraphRun, openGraph } from "./open-graph.ts";

class Reader extends Module {
  readonly embedding: Embedding = new Embedding({ vocabulary: 11, dim: 4 });
  readonly encoder: Lstm = new Lstm({ inputDim: 4, hiddenDim: 6 });
  readonly attention: MultiHeadAttention = new MultiHeadAttention({ queryDim: 6, heads: 2 });

  forward({ text, lengths, bias }: Record<string, Tensor>): Record<string, Tensor> {
    const states = this.encoder.forward(this.embedding.forward(text as Tensor), { lengths: lengths as Tensor }).output;
    const mask = lengthMask(lengths as Tensor, 7).unsqueeze(1);
    const { output, weights } = this.attention.forward({
      query: states,
      key: states,
      value: states,
      mask: mask.squeeze(1),
    });
    trace("self", weights, "batch heads queryLen keyLen");
    const last = scaledDotProduct({ query: (bias as Tensor).unsqueeze(1), key: output, value: output });
    trace("last", last.weights, "batch queryLen keyLen");
    return { y: last.output };
  }
}

const TYPES = {
  text: { shape: ["batch", 7], dtype: "int64" },
  lengths: { shape: ["batch"], dtype: "int32" },
  bias: { shape: ["batch", 6], dtype: "float32" },
} as const satisfies InputTypes;

function reader(): Uint8Array {
  const model = new Reader();
  initialize(model, 3);
  return exportOnnx(model as NamedModel, TYPES);
}

/** The model with its metadata left out. */
function unnamed(bytes: Uint8Array): Uint8Array {
  const { metadata: _, ...model } = decode("Model", bytes);
  return encode("Model", model);
}

async function runOnce(bytes: Uint8Array, given?: GraphInputs): Promise<GraphRun> {
  const graph = await openGraph(bytes, nodeBackend);
  try {
    return await graph.run(given);
  } finally {
    await graph.close();
  }
}

describe("a graph that tells its attention", () => {
  it("says what goes in and what comes out", async () => {
    const graph = await openGraph(reader(), nodeBackend);
    expect(graph.facts).toEqual({
      inputs: [
        { name: "text", dtype: "int64", shape: ["batch", 7] },
        { name: "lengths", dtype: "int32", shape: ["batch"] },
        { name: "bias", dtype: "float32", shape: ["batch", 6] },
      ],
      outputs: ["y", "self", "last"],
      open: ["batch"],
      attention: { self: ["batch", "heads", "queryLen", "keyLen"], last: ["batch", "queryLen", "keyLen"] },
      faults: [],
    });
    await graph.close();
  });

  it("gives the weights that the file gives, for inputs that are drawn from a seed", async () => {
    const bytes = reader();
    const session = await nodeBackend.load(bytes);
    const { maps, inputs, seconds } = await runOnce(bytes, { sizes: { batch: 3 }, seed: 4 });
    expect(seconds).toBeGreaterThan(0);
    const found = await session.run(inputs);
    await session.release();
    expect(maps.map(({ name, axes, shape }) => [name, axes.join(" "), shape])).toEqual([
      ["self", "batch heads queryLen keyLen", [3, 2, 7, 7]],
      ["last", "batch queryLen keyLen", [3, 1, 7]],
    ]);
    for (const { name, weights } of maps) {
      const own = numbers(found[name] as NdArray);
      expect(weights).toHaveLength(own.length);
      for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo(own[i] as number, 5);
    }
    const { text, lengths, bias } = inputs as Record<"text" | "lengths" | "bias", NdArray>;
    expect([text.dtype, text.shape, lengths.dtype, bias.dtype]).toEqual(["int64", [3, 7], "int32", "float32"]);
    // As many as the table has rows, and as long as the text can be.
    expect(numbers(text).every((id) => id >= 0 && id < 11)).toBe(true);
    expect(numbers(lengths).every((length) => length >= 0 && length <= 7)).toBe(true);
  });

  it("is run alike for one seed, otherwise for another; open axes are of 8 where nothing else is said", async () => {
    const graph = await openGraph(reader(), nodeBackend);
    const first = await graph.run({ seed: 1 });
    expect(first.maps[0]?.shape).toEqual([8, 2, 7, 7]);
    const again = await graph.run({ seed: 1 });
    expect({ ...again, seconds: 0 }).toEqual({ ...first, seconds: 0 });
    expect((await graph.run({ seed: 2 })).maps).not.toEqual(first.maps);
    const overlapping = await Promise.all([2, 5, 2].map((batch) => graph.run({ sizes: { batch }, seed: 1 })));
    expect(overlapping.map(({ maps }) => maps[1]?.shape)).toEqual([
      [2, 1, 7],
      [5, 1, 7],
      [2, 1, 7],
    ]);
    expect(overlapping[2]?.maps).toEqual(overlapping[0]?.maps);
    await graph.close();
  });

  it("is fed what is given", async () => {
    const values = { text: [1, 2, 3, 4, 5, 6, 7], lengths: [3] };
    const { maps, inputs } = await runOnce(reader(), { sizes: { batch: 1 }, values });
    expect([numbers(inputs.text as NdArray), numbers(inputs.lengths as NdArray)]).toEqual([
      values.text,
      values.lengths,
    ]);
    const [first] = maps as [GraphRun["maps"][number]];
    expect([...first.weights.subarray(3, 7)]).toEqual([0, 0, 0, 0]);
    const { inputs: ranged } = await runOnce(reader(), { ranges: { text: 2 } });
    expect(new Set(numbers(ranged.text as NdArray))).toEqual(new Set([0, 1]));
  });

  it.each<[string, GraphInputs, string]>([
    ["a size of another axis", { sizes: { time: 4 } }, "sizes of batch but found time"],
    ["a size of 0", { sizes: { batch: 0 } }, "batch to be from 1 to 1024 but found 0"],
    ["a size that is huge", { sizes: { batch: 1025 } }, "batch to be from 1 to 1024 but found 1025"],
    ["another input", { values: { x: [1] } }, "inputs named text, lengths, bias but found x"],
    ["a range of another input", { ranges: { x: 1 } }, "inputs named text, lengths, bias but found x"],
    ["a range of nothing", { ranges: { text: 0 } }, "a range of text from 1 to 2147483648 but found 0"],
    [
      "too few numbers",
      { sizes: { batch: 2 }, values: { lengths: [1] } },
      "2 numbers for lengths [2] but found 1; give as many, or other sizes",
    ],
    [
      "fractions for whole numbers",
      { sizes: { batch: 1 }, values: { lengths: [0.5] } },
      "numbers for lengths but found: array: expected whole numbers from -2147483648 to 2147483647 for int32 but found 0.5",
    ],
  ])("refuses %s", async (_, given, found) => {
    await expect(runOnce(reader(), given)).rejects.toThrow(new RangeError(`graph: expected ${found}`));
  });
});

describe("a graph that tells nothing", () => {
  it("shows the outputs whose rows are shares", async () => {
    const plain = unnamed(reader());
    const graph = await openGraph(plain, nodeBackend);
    expect(graph.facts.attention).toEqual({});
    const { maps } = await graph.run({ sizes: { batch: 2 }, values: { lengths: [0, 5] } });
    expect(maps.map(({ name, axes }) => [name, axes.join(" ")])).toEqual([
      ["self", "batch heads queryLen keyLen"],
      ["last", "batch queryLen keyLen"],
    ]);
    await graph.close();
  });

  const x = input("x", ["rows", 4]);
  it.each<[string, Record<string, Tensor>, string[]]>([
    ["shares and others", { a: x.softmax(), b: x.exp(), c: x.softmax().mul(2) }, ["a"]],
    ["shares in half precision", { a: x.cast("float16").softmax(), n: x.argMax() }, ["a"]],
    ["shares below 0", { a: x.sub(x).add(0.25), b: x.softmax().mul(-1).add(0.5) }, ["a"]],
    [
      "one row of 0",
      { a: x.mul(0), b: x.softmax().mul(x.greater(0).cast("float32").max({ axes: 1, keepDims: true })) },
      ["b"],
    ],
  ])("tells them apart: %s", async (_, outputs, names) => {
    const { maps } = await runOnce(writeModel(outputs), { sizes: { rows: 5 } });
    expect(maps.map(({ name }) => name)).toEqual(names);
    expect(maps[0]?.axes).toEqual(["queryLen", "keyLen"]);
  });

  it("is refused where no output can be weights", async () => {
    await expect(runOnce(writeModel({ n: x.argMax(), s: x.sum() }))).rejects.toThrow(
      new ModelError("graph: expected an output that can be attention weights but found n int64 [8], s float32 []"),
    );
  });

  it("takes inputs of every type", async () => {
    const types = ["float64", "float16", "bfloat16", "int8", "uint8", "int16", "uint32", "int64", "bool"] as const;
    const inputs = types.map((dtype) => input(dtype, ["rows", 2], dtype));
    const sum = inputs.map((one) => one.cast("float32")).reduce((a, b) => a.add(b));
    const { maps, inputs: fed } = await runOnce(writeModel({ a: sum.softmax() }, { inputs }));
    expect(maps).toHaveLength(1);
    expect([fed.float16?.dtype, numbers(fed.bool as NdArray)]).toEqual(["float32", new Array(16).fill(1)]);
  });

  it("follows shapes that are computed, as other exporters write them", async () => {
    const y = input("y", ["batch", "time", 6]);
    const shape = applyOne("Shape", [y]);
    const [batch, time] = [0, 1].map((i) => shape.gather(constant(array([i], [1], "int64"))));
    const target = applyOne("Concat", [batch, time, constant(array([2, 3], [2], "int64"))], { axis: 0 });
    const heads = applyOne("Reshape", [y, target]).transpose([0, 2, 1, 3]);
    const weights = heads.matmul(heads.transpose([0, 1, 3, 2])).softmax();
    const { maps } = await runOnce(writeModel({ weights }), { sizes: { batch: 2, time: 5 } });
    expect(maps.map((map) => map.shape)).toEqual([[2, 2, 5, 5]]);
  });
});

/** A model whose metadata names axes. */
function withMetadata(bytes: Uint8Array, metadata: Record<string, string>): Uint8Array {
  const model: ModelMessage = decode("Model", bytes);
  return encode("Model", { ...model, metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })) });
}

describe("a graph of a stranger", () => {
  const x = input("x", ["n", 4]);

  it("may name what is not there, or not so: that is not believed", async () => {
    const bytes = withMetadata(writeModel({ a: x.softmax(), n: x.argMax() }), {
      "fovea.axes.a": "batch heads queryLen keyLen",
      "fovea.axes.n": "batch",
      "fovea.axes.toString": "a b",
      "fovea.axes.__proto__": "a b",
      other: "x",
    });
    const graph = await openGraph(bytes, nodeBackend);
    expect(graph.facts.attention).toEqual({});
    expect((await graph.run()).maps.map(({ name }) => name)).toEqual(["a"]);
    await graph.close();
  });

  it("whose weights are no numbers is refused", async () => {
    const bytes = withMetadata(writeModel({ a: x.mul(0).log().mul(0) }), { "fovea.axes.a": "queryLen keyLen" });
    await expect(runOnce(bytes)).rejects.toThrow(new ModelError("graph: expected finite weights in a but found NaN"));
  });

  const big = constant(array([1, 60000, 60000], [3], "int64"));
  const loop = (steps: number) => {
    const many = input("few", [1, 64, 64]).expand([steps, 64, 64]);
    const { last } = scanNode({
      initial: { state: many.slice({ axis: 0, end: 1 }).squeeze(0) },
      inputs: { many },
      step: ({ state }, { many: one }) => ({ state: { state: state.matmul(one).matmul(one).tanh() }, output: {} }),
    });
    return last.state.softmax();
  };
  it.each<[string, () => Record<string, Tensor>, GraphInputs, string]>([
    [
      "one tensor too large",
      () => ({ a: applyOne("Expand", [x.sum(), big]).softmax() }),
      {},
      "at most 33,554,432 elements in what Expand gives but found more; choose smaller sizes",
    ],
    [
      "sizes that multiply",
      () => ({ a: x.unsqueeze(1).sub(x.unsqueeze(0)).unsqueeze(2).sub(x.unsqueeze(0).unsqueeze(0)).softmax() }),
      { sizes: { n: 1024 } },
      "at most 33,554,432 elements in what Sub gives but found more; choose smaller sizes",
    ],
    [
      "many large tensors",
      () => {
        const [column, row] = [
          x.reshape(["n", 4, 1]),
          x.reshape(["n", 1, 4]).expand(["n", 6000, 4]).reshape(["n", 1, 24000]),
        ];
        const many = Array.from({ length: 12 }, (_, i) => [`a${i}`, column.mul(i + 1.5).matmul(row)] as const);
        return Object.fromEntries(many);
      },
      { sizes: { n: 256 } },
      "at most 268,435,456 elements in all its tensors but found more; choose smaller sizes",
    ],
    [
      "much to compute",
      () => ({
        a: Array.from({ length: 16 })
          .reduce<Tensor>((sum) => sum.matmul(x.matmul(x.transpose())).relu(), x.matmul(x.transpose()))
          .softmax(),
      }),
      { sizes: { n: 1024 } },
      "at most 4 seconds of computing but found more; choose smaller sizes",
    ],
    [
      "a loop that takes long",
      () => ({ a: loop(8000) }),
      {},
      "at most 4 seconds of computing but found more; choose smaller sizes",
    ],
    [
      "much to fold",
      () => {
        const folded: Tensor[] = [
          constant(
            array(
              Float32Array.from({ length: 1024 }, (_, i) => i / 512),
              [1024, 1],
            ),
          ),
        ];
        for (let i = 0; i < 600; i++) folded.push((folded[i] as Tensor).mul(0.999));
        return { a: concat([x.slice({ axis: 1, end: 1 }), ...folded], 0) };
      },
      {},
      "at most 500,000 numbers that are folded but found more; choose smaller sizes",
    ],
    [
      "sizes that a run decides",
      () => ({ a: applyOne("NonZero", [x]).cast("float32").softmax() }),
      {},
      "sizes that follow from those of the inputs but found NonZero give [2,?]",
    ],
  ])("with %s is refused before it runs", async (_, outputs, given, found) => {
    const start = performance.now();
    const error: unknown = await runOnce(writeModel(outputs()), given).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ModelError);
    // The number of a dimension that a run decides is another each time.
    expect((error as Error).message.replace(/\?\d+/, "?")).toBe(`graph: expected ${found}`);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it("with inputs that are too large is refused", async () => {
    const many = input("many", ["a", "b", "c"]);
    await expect(runOnce(writeModel({ a: many.softmax() }), { sizes: { a: 1024, b: 1024, c: 1024 } })).rejects.toThrow(
      new RangeError("graph: expected at most 16777216 numbers in all inputs but found many [1024,1024,1024]"),
    );
  });

  it("with a short loop runs", async () => {
    const { maps } = await runOnce(writeModel({ a: loop(20) }));
    expect(maps[0]?.shape).toEqual([64, 64]);
  });

  it("of more nodes than can be prepared in some seconds is not opened", async () => {
    const chain = (count: number) => {
      let last = x;
      for (let i = 1; i < count; i++) last = last.tanh();
      return writeModel({ a: last.softmax() });
    };
    const start = performance.now();
    await expect(openGraph(chain(20_001), nodeBackend)).rejects.toThrow(
      new ModelError("onnx: expected at most 20000 nodes but found 20001; raise the limit"),
    );
    expect(performance.now() - start).toBeLessThan(5000);
    const graph = await openGraph(chain(20_000), nodeBackend);
    expect(graph.facts.open).toEqual(["n"]);
    await graph.close();
  });

  it.each(["constructor", "toString", "__proto__"])("may name its weights %s", async (name) => {
    const bytes = writeModel(Object.fromEntries([[name, x.softmax()]]));
    const { maps } = await runOnce(bytes, { sizes: { n: 3 } });
    expect(maps.map((map) => [map.name, map.axes, map.shape])).toEqual([[name, ["queryLen", "keyLen"], [3, 4]]]);
    const said = withMetadata(bytes, { [`fovea.axes.${name}`]: "queryLen keyLen" });
    const graph = await openGraph(said, nodeBackend);
    expect(Object.entries(graph.facts.attention)).toEqual([[name, ["queryLen", "keyLen"]]]);
    expect((await graph.run()).maps.map((map) => map.axes.join())).toEqual(["queryLen,keyLen"]);
    await graph.close();
  });

  it("whose axes of two names must be alike opens, and runs where they are", async () => {
    const sum = input("left", ["n", 4]).add(input("right", ["n", 4]));
    const model = decode("Model", writeModel({ a: sum.softmax() }));
    const [, right] = model.graph?.input ?? [];
    Object.assign(right?.type?.tensorType?.shape?.dim?.[0] as object, { dimParam: "m" });
    const graph = await openGraph(encode("Model", model), nodeBackend);
    expect(graph.facts.inputs.map(({ shape }) => shape)).toEqual([
      ["n", 4],
      ["m", 4],
    ]);
    await expect(graph.run({ sizes: { n: 3, m: 5 } })).rejects.toThrow(
      new ModelError(
        "onnx: expected node 0 (Add) to fit its inputs but found: Add: expected shapes that broadcast but found [3,4] and [5,4]",
      ),
    );
    expect((await graph.run({ sizes: { n: 5, m: 5 } })).maps[0]?.shape).toEqual([5, 4]);
    await graph.close();
  });

  it.each([
    ["nothing", new Uint8Array()],
    ["50 MB of zeros", new Uint8Array(50e6)],
    ["text", new TextEncoder().encode("<html>".repeat(1000))],
    ["half a model", reader().subarray(0, 4000)],
  ])("that is %s is refused at once", async (_, bytes) => {
    const start = performance.now();
    await expect(openGraph(bytes, nodeBackend)).rejects.toThrow(/^onnx: expected .+ but found .+/);
    expect(performance.now() - start).toBeLessThan(1000);
  });
});
