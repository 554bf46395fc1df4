import { describe, expect, it } from "vitest";
import { CoverageAttention } from "../attention/coverage.ts";
import { MultiHeadAttention } from "../attention/multi-head.ts";
import { initialize, Module } from "../nn/module.ts";
import { trace } from "../nn/trace.ts";
import { readModel } from "../onnx/read.ts";
import { nodeBackend } from "../runtime/node.ts";
import type { Dim } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { concat, input, stack, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { exportOnnx, type InputTypes } from "./inference.ts";
import { type WeightChange, whatIfGraph } from "./what-if.ts";

const random = (name: string, shape: readonly number[]) => {
  const rng = new Rng(3, name);
  return array(
    Float32Array.from({ length: product(shape) }, () => rng.normal()),
    shape,
  );
};

/** Runs a graph as it is, and with a change. */
async function runBoth(
  graph: ReturnType<typeof readModel> | { inputs: Tensor[]; outputs: Record<string, Tensor> },
  { axes, feeds, change = {} }: { axes: string; feeds: Record<string, NdArray>; change?: WeightChange },
): Promise<{ plain: Record<string, NdArray>; changed: Record<string, NdArray> }> {
  const session = await nodeBackend.prepare(graph);
  const plain = await session.run(feeds);
  const whatIf = whatIfGraph(graph, { name: "weights", axes: axes.split(" ") });
  const other = await nodeBackend.prepare(whatIf);
  const changed = await other.run({ ...feeds, ...whatIf.feeds(change, (plain.weights as NdArray).shape) });
  await Promise.all([session.release(), other.release()]);
  return { plain, changed };
}

class Heads extends Module {
  readonly attention: MultiHeadAttention = new MultiHeadAttention({ queryDim: 6, heads: 2 });

  forward({ x }: Record<string, Tensor>): { y: Tensor } {
    const { output, weights } = this.attention.forward({ query: x as Tensor, key: x as Tensor, value: x as Tensor });
    trace("weights", weights, "batch heads queryLen keyLen");
    return { y: output };
  }
}

describe("weights of all queries at once, of several heads", () => {
  const model = new Heads();
  initialize(model, 4);
  const types = { x: { shape: ["batch", 5, 6], dtype: "float32" } } as const satisfies InputTypes;
  const graph = readModel(exportOnnx(model, types));
  const feeds = { x: random("x", [3, 5, 6]) };
  const axes = "batch heads queryLen keyLen";
  const rowsOf = (value: NdArray | undefined) => {
    const all = numbers(value as NdArray);
    return Array.from({ length: all.length / 5 }, (_, row) => all.slice(row * 5, (row + 1) * 5));
  };

  it("stay as they are, to the bit, where nothing is changed", async () => {
    const { plain, changed } = await runBoth(graph, { axes, feeds });
    expect(changed).toEqual(plain);
  });

  it("are those of a softmax without a masked key", async () => {
    const { plain, changed } = await runBoth(graph, { axes, feeds, change: { masked: [1, 4] } });
    for (const [i, row] of rowsOf(plain.weights).entries()) {
      const sum = [0, 2, 3].reduce((total, key) => total + (row[key] as number), 0);
      const wanted = row.map((weight, key) => (key === 1 || key === 4 ? 0 : weight / sum));
      expectClose(array(rowsOf(changed.weights)[i] as number[]), array(wanted), "float32");
    }
    expect(changed.y).not.toEqual(plain.y);
  });

  it("are all 0 where every key is masked", async () => {
    const { changed } = await runBoth(graph, { axes, feeds, change: { masked: [0, 1, 2, 3, 4] } });
    expect(numbers(changed.weights as NdArray).every((weight) => weight === 0)).toBe(true);
    expect(numbers(changed.y as NdArray).every(Number.isFinite)).toBe(true);
  });

  it("are forced for one query, of all heads and examples, masked keys too; the others are not touched", async () => {
    const weights = [0, 0.25, 0.75, 0, 0];
    const change = { masked: [2], forced: [{ step: 3, weights }] };
    const { changed } = await runBoth(graph, { axes, feeds, change });
    for (const [i, row] of rowsOf(changed.weights).entries()) {
      if (i % 5 === 3) expect(row).toEqual(weights);
      else expect(row[2]).toBe(0);
    }
  });
});

describe("weights that are computed query by query", () => {
  /** Each query looks where the one before has looked, and one place on from there. */
  function steps(
    batch: Dim,
    join: (weights: Tensor[]) => Tensor,
  ): { inputs: Tensor[]; outputs: Record<string, Tensor> } {
    const [x, value] = [input("x", [batch, 4]), input("value", [batch, 4])];
    const all: Tensor[] = [];
    const read: Tensor[] = [];
    let scores = x;
    for (let step = 0; step < 3; step++) {
      const weights = scores.softmax();
      all.push(weights);
      read.push(weights.mul(value).sum({ axes: 1, keepDims: true }));
      scores = scores.add(concat([weights.slice({ axis: 1, start: 3 }), weights.slice({ axis: 1, end: 3 })], 1).mul(9));
    }
    return { inputs: [x, value], outputs: { y: concat(read, 1), weights: join(all) } };
  }

  /** The same in numbers, for one example. */
  function plainly(x: readonly number[], value: readonly number[], change: WeightChange): number[] {
    let scores = x;
    return Array.from({ length: 3 }, (_, step) => {
      const shares = scores.map((score, key) => (change.masked?.includes(key) ? 0 : Math.exp(score)));
      const sum = shares.reduce((total, share) => total + share, 0);
      const forced = change.forced?.find((one) => one.step === step)?.weights;
      const weights = forced ? Array.from(forced) : shares.map((share) => share / sum);
      scores = scores.map((score, key) => score + 9 * (weights[(key + 3) % 4] as number));
      return weights.reduce((total, weight, key) => total + weight * (value[key] as number), 0);
    });
  }

  const feeds = { x: array([0.1, 0.7, -0.3, 0.2], [1, 4]), value: array([1, 10, 100, 1000], [1, 4]) };
  const changes: WeightChange[] = [
    {},
    { masked: [1] },
    { forced: [{ step: 0, weights: [0, 0, 0, 1] }] },
    { forced: [{ step: 1, weights: [0.5, 0, 0.5, 0] }], masked: [0, 3] },
    { forced: [{ step: 2, weights: [0, 1, 0, 0] }] },
  ];

  it.each<[string, string, (weights: Tensor[]) => Tensor]>([
    ["stacked", "batch queryLen keyLen", (all) => stack(all, 1)],
    ["stacked in front, then turned", "batch queryLen keyLen", (all) => stack(all, 0).transpose([1, 0, 2])],
    [
      "with an axis by reshape",
      "batch queryLen keyLen",
      (all) =>
        concat(
          all.map((w) => w.reshape(["batch", 1, 4])),
          1,
        ),
    ],
    [
      "transposed themselves",
      "keyLen queryLen",
      (all) =>
        concat(
          all.map((w) => w.squeeze(0).unsqueeze(1)),
          1,
        ),
    ],
  ])("and %s change all that comes after", async (name, axes, join) => {
    const graph = steps(name === "transposed themselves" ? 1 : "batch", join);
    for (const change of changes) {
      const { plain, changed } = await runBoth(graph, { axes, feeds, change });
      const wanted = plainly(numbers(feeds.x), numbers(feeds.value), change);
      expectClose(changed.y, array(wanted, [1, 3]), "float32", `${JSON.stringify(change)}`);
      if (Object.keys(change).length === 0) expect(changed).toEqual(plain);
    }
  });
});

describe("a change of what is not there", () => {
  const scores = input("scores", ["batch", 3, 4]);
  const weights = scores.softmax();
  const outputs = { weights, y: weights.exp() };
  const changed = whatIfGraph(
    { inputs: [scores], outputs },
    { name: "weights", axes: ["batch", "queryLen", "keyLen"] },
  );
  const row = [1, 0, 0, 0];

  it.each<[string, WeightChange, string]>([
    ["a key behind the last", { masked: [0, 4] }, "masked keys from 0 to 3 but found 4"],
    ["a key before the first", { masked: [-1] }, "masked keys from 0 to 3 but found -1"],
    ["half a key", { masked: [1.5] }, "masked keys from 0 to 3 but found 1.5"],
    ["a query behind the last", { forced: [{ step: 3, weights: row }] }, "forced steps from 0 to 2 but found 3"],
    [
      "more weights than keys",
      { forced: [{ step: 0, weights: [...row, 9] }] },
      "4 weights for step 0, one a key, but found 5",
    ],
    ["fewer", { forced: [{ step: 2, weights: [1] }] }, "4 weights for step 2, one a key, but found 1"],
    [
      "no number",
      { forced: [{ step: 2, weights: Float32Array.of(0, Number.NaN, 0, 1) }] },
      "finite weights for step 2 but found NaN",
    ],
    [
      "one query twice",
      { forced: [1, 1].map((step) => ({ step, weights: row })) },
      "each step to be forced once but found step 1 twice",
    ],
  ])("is refused: %s", (_, change, found) => {
    expect(() => changed.feeds(change, [2, 3, 4])).toThrow(new RangeError(`what-if: expected ${found}`));
  });

  it.each([[[2, 3, 5]], [[3, 4]], [[2, 3, 4, 1]]])("is refused: weights of shape %j", (shape) => {
    expect(() => changed.feeds({}, shape)).toThrow(
      new ShapeError(`what-if: expected weights to be of shape [batch,3,4] but found [${shape}]`),
    );
  });

  it("touches no other example than those there are", () => {
    const { keep } = changed.feeds({ masked: [3] }, [2, 3, 4]);
    expect(numbers(keep as NdArray)).toEqual([1, 1, 1, 0, 1, 1, 1, 0]);
  });
});

describe("weights that cannot be changed", () => {
  const axes = ["batch", "queryLen", "keyLen"];
  const x = input("x", ["batch", 3, 4]);
  const weights = x.softmax();
  const graph = (outputs: Record<string, Tensor>) => ({ inputs: [x], outputs });

  it("are not there", () => {
    expect(() => whatIfGraph(graph({ y: x }), { name: "weights", axes })).toThrow(
      new ModelError("what-if: expected an output named weights but found y"),
    );
  });

  it.each(["constructor", "__proto__"])("have no name that every object has: %s", (name) => {
    expect(() => whatIfGraph(graph({ y: x }), { name, axes })).toThrow(
      new ModelError(`what-if: expected an output named ${name} but found y`),
    );
  });

  it.each([["batch keyLen"], ["keyLen batch queryLen"], ["batch queryLen other"]])("have the axes %j", (names) => {
    const message = `what-if: expected weights to have 3 axes, keyLen after batch, but found "${names}"`;
    expect(() =>
      whatIfGraph(graph({ y: weights.exp(), weights }), { name: "weights", axes: names.split(" ") }),
    ).toThrow(new ModelError(message));
  });

  it("are only shown", () => {
    expect(() => whatIfGraph(graph({ y: x.exp(), weights }), { name: "weights", axes })).toThrow(
      new ModelError("what-if: expected something to be computed from weights but found that it is only shown"),
    );
  });

  it("are one for several steps", () => {
    const one = x.slice({ axis: 1, end: 1 }).softmax();
    const twice = concat([one, one], 1);
    expect(() => whatIfGraph(graph({ y: one.exp(), weights: twice }), { name: "weights", axes })).toThrow(
      new ModelError("what-if: expected each step of weights to be computed by itself but found some that are one"),
    );
  });

  it("come out of a scan", () => {
    class Covering extends Module {
      readonly attention: CoverageAttention = new CoverageAttention({ queryDim: 2, keyDim: 2, hiddenDim: 3 });

      forward({ q, k }: Record<string, Tensor>): { y: Tensor } {
        const given = { query: q as Tensor, key: k as Tensor, value: k as Tensor };
        const { output, weights: own } = this.attention.forward(given);
        trace("weights", own, "batch queryLen keyLen");
        return { y: output };
      }
    }
    const model = new Covering();
    initialize(model, 1);
    const shapes = { q: ["batch", "queries", 2], k: ["batch", 4, 2] } as const;
    const types = { q: { shape: shapes.q, dtype: "float32" }, k: { shape: shapes.k, dtype: "float32" } } as const;
    const message =
      "what-if: expected the steps of weights one by one but found a Scan; export the model with its steps written out";
    expect(() => whatIfGraph(readModel(exportOnnx(model, types)), { name: "weights", axes })).toThrow(
      new ModelError(message),
    );
  });
});
