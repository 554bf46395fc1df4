import ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { randomNumbers } from "../autodiff/central-differences.fixture.ts";
import { withPullback } from "../autodiff/gradient.ts";
import { attributesOf, GRADIENT_CASES } from "../autodiff/gradient-cases.fixture.ts";
import { Linear } from "../nn/linear.ts";
import { initialize } from "../nn/module.ts";
import { SESSION_OPTIONS } from "../runtime/node.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ModelError } from "../tensor/errors.ts";
import { type Outputs, sortNodes } from "../tensor/graph.ts";
import { array, type NdArray, product } from "../tensor/nd-array.ts";
import { scanNode } from "../tensor/scan.ts";
import { shapeTensor } from "../tensor/symbolic-shape.ts";
import {
  apply,
  applyOne,
  type Body,
  concat,
  constant,
  full,
  input,
  leaf,
  range,
  type Tensor,
  where,
} from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { NEWEST_OPSET, readModel } from "./read.ts";
import { type WriteOptions, writeModel } from "./write.ts";

/** Runs the bytes on ONNX Runtime. */
async function run(bytes: Uint8Array, feeds: Readonly<Record<string, NdArray>>): Promise<Record<string, NdArray>> {
  const session = await ort.InferenceSession.create(bytes, SESSION_OPTIONS);
  const given = Object.entries(feeds).map(([name, { data, shape, dtype }]) => [
    name,
    new ort.Tensor(dtype as "float32", data as Float32Array, shape),
  ]);
  const results = await session.run(Object.fromEntries(given));
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data, dims, type }]) => [
      name,
      { data: data as Float32Array, shape: dims, dtype: type as "float32" },
    ]),
  );
}

async function expectSame(
  outputs: Outputs,
  feeds: Readonly<Record<string, NdArray>>,
  options?: WriteOptions,
): Promise<void> {
  const [found, expected] = [await run(writeModel(outputs, options), feeds), evaluate(outputs, feeds)];
  expect(Object.keys(found)).toEqual(Object.keys(outputs));
  for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float32", name);
}

describe("every operator is read again as it was written", () => {
  const table = GRADIENT_CASES.map((row) => ({
    row,
    name: `${row.operator} ${row.about ?? JSON.stringify(row.attributes ?? {})}`,
  }));
  test.each(table)("$name", ({ row }) => {
    const given = row.inputs.map((value, i) => {
      if (value === undefined) return undefined;
      return constant("data" in value ? value : randomNumbers(value, `${i}`));
    });
    const results = apply(row.operator, given, attributesOf(row, "float64"), row.outputs ?? 1);
    const outputs = Object.fromEntries(results.map((tensor, i) => [`y${i}`, tensor]));
    const read = readModel(writeModel(outputs, { opset: NEWEST_OPSET }));
    expect(Object.keys(read.outputs)).toEqual(Object.keys(outputs));
    const [expected, found] = [evaluate(outputs, {}), evaluate(read.outputs, {})];
    for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "rounded", name);
    for (const [name, { dtype, shape }] of Object.entries(outputs)) {
      expect([read.outputs[name]?.dtype, read.outputs[name]?.shape]).toEqual([dtype, shape]);
    }
  });
});

describe("symbols", () => {
  const x = input("x", ["batch", "time", 2]);
  const feeds = {
    x: array(
      Float32Array.from({ length: 12 }, (_, i) => i - 4),
      [2, 3, 2],
    ),
  };

  test("become named dimensions, and their sizes are read from the input that has them", async () => {
    await expectSame(
      {
        joined: x.reshape(["batch*time", 2]),
        swapped: x.reshape(["time", "batch", 2]),
        beside: x.add(full(["batch", 1, 1], 5)),
        counted: x.mul(range("time", "float32").unsqueeze(1)),
        mean: x.sum().div(full([], 1)),
      },
      feeds,
    );
  });

  test("the bytes name them", () => {
    const read = readModel(writeModel({ y: x.reshape(["batch*time", 2]) }));
    expect(read.inputs[0]?.shape).toEqual(["batch", "time", 2]);
    expect(read.outputs.y?.shape.at(-1)).toBe(2);
  });

  test("that no input has are refused", () => {
    expect(() => writeModel({ y: full(["width"], 1) })).toThrow(
      new ModelError("onnx: expected an input with the dimension width but found none"),
    );
  });
});

describe("names", () => {
  const a = input("a", [2]);
  const feeds = { a: array([1, -2]) };

  test("of one tensor wanted twice, of an input and of a constant that are wanted", async () => {
    const y = a.exp();
    await expectSame({ y, z: y, copy: a, two: constant([2, 3]), w: y.add(1) }, feeds);
  });

  test("that look like ours are left to their owners", async () => {
    await expectSame({ t1: input("t0", [2]).add(1).mul(2).add(3) }, { t0: array([1, -2]) });
  });

  test.each<[string, () => unknown, string]>([
    [
      "an output named as an input",
      () => writeModel({ a: a.exp() }),
      "onnx: expected inputs, outputs and weights of different names but found a twice; rename one",
    ],
    [
      "two inputs of one name",
      () => writeModel({ y: a.add(input("a", [2])) }),
      "onnx: expected inputs, outputs and weights of different names but found a twice; rename one",
    ],
    [
      "an input that is not declared",
      () => writeModel({ y: a.add(input("b", [2])) }, { inputs: [a] }),
      "onnx: expected every input among `inputs` but found b outside",
    ],
    [
      "a leaf without a value",
      () => writeModel({ y: leaf("Parameter", {}, { shape: [2], dtype: "float32" }).exp() }),
      "onnx: expected a value for every Parameter but found one without",
    ],
  ])("%s is refused", (_, act, message) => {
    expect(act).toThrow(new ModelError(message));
  });

  test("inputs may be declared that no output uses, in the order given", async () => {
    const bytes = writeModel({ y: a.exp() }, { inputs: [input("unused", [1]), a] });
    expect(readModel(bytes).inputs.map(({ node }) => node.attributes.name)).toEqual(["unused", "a"]);
    const found = await run(bytes, { ...feeds, unused: array([0]) });
    expectClose(found.y, array([Math.E, Math.exp(-2)]), "float32");
  });
});

describe("what else a model holds", () => {
  test("parameters become initialisers under their names", async () => {
    const layer = new Linear({ inputDim: 2, outputDim: 3 });
    initialize(layer, 4);
    const x = input("x", ["batch", 2]);
    const named = [...layer.parameters()].map(
      ([name, leafOf]) => [leafOf, { name, value: leafOf.value as NdArray }] as const,
    );
    const bytes = writeModel(
      { y: layer.forward(x) },
      { initializers: new Map<Tensor, (typeof named)[number][1]>(named) },
    );
    expect(new TextDecoder("latin1").decode(bytes)).toMatch(/weight[\s\S]*bias|bias[\s\S]*weight/);
    const values = new Map<Tensor, NdArray>([
      ...named.map(([tensor, { value }]) => [tensor, value] as const),
      [x, array([1, 2], [1, 2])],
    ]);
    const expected = evaluate({ y: layer.forward(x) }, values).y as NdArray;
    expectClose((await run(bytes, { x: array([1, 2], [1, 2]) })).y, expected, "float32");
  });

  test("metadata, and the operator sets that are used", () => {
    const read = readModel(writeModel({ y: input("a", [2]).exp() }, { metadata: { axes: "batch", empty: "" } }));
    expect(read.metadata).toEqual({ axes: "batch", empty: "" });
    expect(read.opset).toEqual({ "": 18 });
    const fused = applyOne("FusedMatMul", [input("p", [2, 3]), input("q", [3, 2])]);
    expect(readModel(writeModel({ y: fused }, { opset: 20 })).opset).toEqual({ "": 20, "com.microsoft": 1 });
  });

  test("an operator newer than the operator set is refused, unless it is raised", () => {
    const y = applyOne("Gelu", [input("a", [2])]);
    expect(() => writeModel({ y })).toThrow(
      new ModelError("onnx: expected operators of opset 18 but found Gelu (since 20); raise --opset"),
    );
    expect(readModel(writeModel({ y }, { opset: 20 })).outputs.y?.node.operator).toBe("Gelu");
  });

  test("constants of every type that the runtime has", async () => {
    const a = input("a", [2]);
    const rows = constant(array([1, 0], undefined, "int64"));
    const flags = constant(array([1, 0], undefined, "bool"));
    await expectSame(
      {
        gathered: a.gather(rows),
        chosen: where(flags, a, 9),
        bytes: constant(array([200, 1], undefined, "uint8"))
          .cast("float32")
          .add(a),
        doubles: constant(array([0.1, 0.2], undefined, "float64"))
          .cast("float32")
          .add(a),
      },
      { a: array([1, -2]) },
    );
  });

  test("a view of a larger buffer is written as its own part", async () => {
    const whole = new Float32Array([9, 1, 2, 9]);
    const part = { data: whole.subarray(1, 3), shape: [2], dtype: "float32" } as const;
    await expectSame({ y: input("a", [2]).add(constant(part)) }, { a: array([0, 0]) });
    expect(product(part.shape)).toBe(2);
  });
});

describe("graphs inside nodes", () => {
  const x = input("x", [5, "n", 3]);
  const feeds = { x: randomNumbers([5, 2, 3], "x") };
  const single = { x: array(Float32Array.from(feeds.x.data as Float64Array), [5, 2, 3]) };
  const scanOf = (step: (element: Tensor) => Tensor) =>
    scanNode({ initial: {}, inputs: { x }, step: (_, element) => ({ state: {}, output: { y: step(element.x) } }) })
      .output.y;

  /** Written, read again and run by both. */
  async function expectRead(outputs: Outputs): Promise<void> {
    const read = readModel(writeModel(outputs));
    const [expected, found] = [evaluate(outputs, feeds), evaluate(read.outputs, feeds)];
    for (const [name, value] of Object.entries(expected)) expectClose(found[name], value, "float64", name);
    const ran = await run(writeModel(outputs), single);
    for (const [name, value] of Object.entries(expected)) expectClose(ran[name], value, "float32", name);
  }

  test("share constants with the graph around them, before and after", async () => {
    const [two, three] = [constant(2), constant(3)];
    const y = scanOf((element) => element.mul(two).add(three));
    await expectRead({ before: x.mul(three), y, after: y.mul(two), two });
  });

  test("share dimensions with it", async () => {
    const shape = shapeTensor(["n", 1]);
    const ones = applyOne("ConstantOfShape", [shape], { value: array([1]) });
    const y = scanOf((element) => element.add(applyOne("Expand", [element.sum(), shape])));
    await expectRead({ shape, y, after: ones.add(y) });
  });

  test("compute what the graph around them computes for itself, and gives", async () => {
    const width = shapeTensor(["n", 3]);
    const y = applyOne("Scan", [x], {
      num_scan_inputs: 1,
      body: (() => {
        const element = input("element", ["n", 3]);
        return { inputs: [element], outputs: [applyOne("Reshape", [element, width]), element] };
      })(),
    });
    await expectRead({ y, width });
    await expectRead({ width, y });
  });

  test("do not see the shape of what is outside, but what it comes to", async () => {
    const w = x.exp();
    const shape = applyOne("Shape", [w], { start: 1, end: 3 });
    const [rows] = shape.split([1, 1], 0) as [Tensor];
    const twice = concat([applyOne("Shape", [w], { start: 1, end: 2 }), constant([3], "int64")], 0);
    const y = scanOf((element) => element.reshape(["n", 3]).add(applyOne("Reshape", [element, twice])));
    const z = scanOf((element) => element.add(applyOne("Expand", [element.sum(), shape])).add(rows.cast("float32")));
    expect([y.shape, z.shape]).toEqual([
      [5, "n", 3],
      [5, "n", 3],
    ]);
    const bodies = [y, z].map(({ node }) => node.attributes.body as Body);
    const leaves = bodies.map(
      ({ outputs }) => sortNodes(outputs).filter(({ operator }) => operator === "Input").length,
    );
    expect(leaves).toEqual([1, 2]);
    await expectRead({ y, z });
  });

  test("lie in each other", async () => {
    const two = constant(2);
    const y = scanOf((element) => {
      const { output } = scanNode({
        initial: {},
        inputs: { row: element.transpose([1, 0]) },
        step: (_, { row }) => ({ state: {}, output: { z: row.mul(two).add(element.sum()) } }),
      });
      return output.z.mul(two);
    });
    await expectRead({ y, two });
  });
});

test("an identity with a gradient of its own is written as one input", () => {
  const [x, extra] = [input("x", [2]), input("extra", [2])];
  const y = withPullback(x.exp(), { inputs: [x], given: [extra.log()] }, () => [undefined]);
  const { node } = readModel(writeModel({ y })).outputs.y as Tensor;
  expect([node.operator, node.inputs.map((from) => from?.node.operator)]).toEqual(["Identity", ["Exp"]]);
});
