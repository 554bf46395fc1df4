import { describe, expect, test } from "vitest";
import { onOnnxRuntime } from "../../test/support/runtimes.ts";
import { gradient } from "../autodiff/gradient.ts";
import type { Buffer } from "../nn/module.ts";
import { traceGraph } from "../nn/trace.ts";
import { evaluate } from "../runtime/reference/index.ts";
import { ShapeError } from "../tensor/errors.ts";
import { substitute } from "../tensor/graph.ts";
import { array, type NdArray, numbers, product } from "../tensor/nd-array.ts";
import { Rng } from "../tensor/random.ts";
import { input, type Tensor } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import {
  AdditiveAttention,
  attend,
  gumbel,
  gumbelNoise,
  hardmax,
  MovingBaseline,
  type Normalize,
  reinforce,
  SAMPLED,
  sampled,
  sampledAttention,
  softmax,
} from "./index.ts";

const double = (values: readonly number[], shape: readonly number[]) => array(values, shape, "float64");
/** Uniform numbers as training is fed. */
const uniform = (shape: readonly number[], name: string) => {
  const rng = new Rng(5, name);
  return double(
    Array.from({ length: product(shape) }, () => rng.uniform()),
    shape,
  );
};

describe("hardmax", () => {
  test("ties go to the first, on either runtime", async () => {
    const scores = input("scores", [3, 4]);
    const mask = input("mask", [3, 4], "bool");
    const feeds = {
      scores: array([2, 5, 5, 1, 0, 0, 0, 0, 9, 3, 9, 3], [3, 4]),
      mask: array([1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1], [3, 4], "bool"),
    };
    const outputs = { weights: hardmax(scores, mask) };
    for (const found of [evaluate(outputs, feeds), await onOnnxRuntime(outputs, feeds)]) {
      expect(numbers(found.weights as NdArray)).toEqual([0, 1, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0]);
    }
  });

  test("gradients reach the values that are read, and nothing else", () => {
    const [query, value] = [input("query", [2, 3]), input("value", [3, 2])];
    const { output } = attend({ query, key: value, value, score: ({ query: scores }) => scores, normalize: hardmax });
    const [toScores, toValues] = gradient(output.mul(output).sum(), [query, value]) as [Tensor, Tensor];
    const feeds = { query: double([1, 3, 2, 5, 1, 0], [2, 3]), value: double([1, 2, 3, 4, 5, 6], [3, 2]) };
    const found = evaluate({ toScores, toValues }, feeds);
    expect(numbers(found.toScores as NdArray)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(numbers(found.toValues as NdArray)).toEqual([2, 4, 6, 8, 0, 0]);
  });
});

describe("noise of Gumbel", () => {
  test("it is finite for every number below 1, in float32, too", async () => {
    const u = input("u", [5]);
    const feeds = { u: array([0, 2 ** -24, 0.5, 1 - 2 ** -24, Math.exp(-1)]) };
    const outputs = { noise: gumbelNoise(u) };
    const least = -Math.log(25 * Math.LN2);
    const most = -Math.log(-Math.log1p(-(2 ** -24)));
    const expected = [least, -Math.log(24 * Math.LN2), -Math.log(Math.LN2), most, 0];
    for (const found of [evaluate(outputs, feeds), await onOnnxRuntime(outputs, feeds)]) {
      expectClose(found.noise, double(expected, [5]), "float32");
    }
    expect([least.toFixed(2), most.toFixed(2)]).toEqual(["-2.85", "16.64"]);
  });

  const COUNT = 20_000;
  const PROBABILITIES = [0.5, 0.25, 0.125, 0.0625, 0.0625];

  test.each([
    ["gumbel", (noise: Tensor) => gumbel({ noise })],
    ["sampled", (noise: Tensor) => sampled({ noise })],
  ])("%s draws each key as often as softmax says, and no forbidden one", (_, normalize) => {
    const shape = [COUNT, 6];
    const [noise, scores, mask] = [input("noise", shape), input("scores", [6]), input("mask", [6], "bool")];
    const { counts } = evaluate(
      { counts: normalize(noise)(scores, mask).sum({ axes: 0 }) },
      {
        noise: uniform(shape, "draws"),
        scores: double([...PROBABILITIES.map((p) => 3 + Math.log(p)), 9], [6]),
        mask: array([1, 1, 1, 1, 1, 0], [6], "bool"),
      },
    );
    const found = numbers(counts as NdArray);
    expect(found[5]).toBe(0);
    const distance = PROBABILITIES.reduce(
      (sum, p, i) => sum + ((found[i] as number) - p * COUNT) ** 2 / (p * COUNT),
      0,
    );
    expect(distance).toBeLessThan(18.47); // χ² with 4 degrees of freedom is above that once in a thousand times.
  });
});

describe("gumbel", () => {
  const scores = input("scores", [4, 5]);
  const noise = input("noise", [4, 5]);
  const mask = input("mask", [4, 5], "bool");
  const factors = input("factors", [4, 5]);
  const feeds = {
    scores: uniform([4, 5], "scores"),
    noise: uniform([4, 5], "noise"),
    factors: uniform([4, 5], "factors"),
    mask: array(
      Array.from({ length: 20 }, (_, i) => Number(i < 10 || (i < 15 && i % 2 === 0))),
      [4, 5],
      "bool",
    ),
  };
  const temperature = 0.6;
  const hard = gumbel({ temperature, noise })(scores, mask);
  const soft = gumbel({ temperature, noise, hard: false })(scores, mask);

  test("forward it is one-hot to the bit, in float32, too", async () => {
    for (const found of [evaluate({ hard }, feeds), await onOnnxRuntime({ hard }, feeds)]) {
      const rows = numbers(found.hard as NdArray);
      expect(rows.filter((weight) => weight === 1)).toHaveLength(3);
      expect(rows.filter((weight) => weight === 0)).toHaveLength(17);
      expect(rows.slice(15)).toEqual([0, 0, 0, 0, 0]);
    }
  });

  test("backward it is the soft weights, which are softmax((scores + noise) / temperature)", () => {
    const plain = softmax(scores.add(gumbelNoise(noise)).div(temperature), mask);
    const slopes = [hard, soft, plain].map((weights) => gradient(weights.mul(factors).sum(), [scores])[0] as Tensor);
    const outputs = { soft, plain, hardSlope: slopes[0], softSlope: slopes[1], plainSlope: slopes[2] };
    const found = evaluate(outputs as Record<string, Tensor>, feeds);
    expectClose(found.soft, found.plain as NdArray, "rounded");
    expectClose(found.softSlope, found.plainSlope as NdArray, "rounded");
    expect(numbers(found.hardSlope as NdArray)).toEqual(numbers(found.softSlope as NdArray));
    expect(numbers(found.hardSlope as NdArray).some((slope) => Math.abs(slope) > 0.01)).toBe(true);
    expect(
      numbers(found.hardSlope as NdArray)
        .slice(15)
        .map(Math.abs),
    ).toEqual([0, 0, 0, 0, 0]);
  });

  test("outside training there is no noise: the likeliest key, or softmax(scores / temperature)", () => {
    const [likeliest, shares] = [gumbel()(scores, mask), gumbel({ temperature, hard: false })(scores, mask)];
    const expected = { likeliest: hardmax(scores, mask), shares: softmax(scores.div(temperature), mask) };
    const [found, wanted] = [evaluate({ likeliest, shares }, feeds), evaluate(expected, feeds)];
    expect(found.likeliest).toEqual(wanted.likeliest);
    expectClose(found.shares, wanted.shares as NdArray, "rounded");
    const slope = gradient(likeliest.mul(factors).sum(), [scores])[0] as Tensor;
    expect(numbers(evaluate({ slope }, feeds).slope as NdArray)).toEqual(new Array(20).fill(0));
  });

  test("a temperature out of range is refused", () => {
    for (const [bad, text] of [
      [0, "0"],
      [-1, "-1"],
      [Infinity, "Infinity"],
      [Number.NaN, "NaN"],
    ] as const) {
      const message = `gumbel: expected temperature to be finite and above 0 but found ${text}`;
      expect(() => gumbel({ temperature: bad })).toThrow(new RangeError(message));
    }
  });
});

test.each([
  ["gumbel", gumbel()],
  ["sampled", sampled()],
])("in training, %s asks for fresh noise at each use, in modules, too", (name, normalize: Normalize) => {
  const attention = new AdditiveAttention({ queryDim: 3, keyDim: 3, hiddenDim: 3, normalize });
  const query = input("query", [2, 5, 3]);
  const build = () => {
    const { output } = attention.forward({ query, key: query, value: query });
    return attention.forward({ query: output, key: query, value: query });
  };
  const noise = [...traceGraph({ training: true }, build).noise];
  expect(noise.map(([input, { shape }]) => [input, shape])).toEqual([
    [`noise.${name}.0`, [2, 5, 5]],
    [`noise.${name}.1`, [2, 5, 5]],
  ]);
  expect([...traceGraph({ training: false }, build).noise]).toEqual([]);
});

describe("sampledAttention", () => {
  const KEYS = 3;
  const scores = input("scores", [1, KEYS]);
  const noise = input("noise", [1, KEYS]);
  const value = input("value", [KEYS, 1]);
  const mask = input("mask", [1, KEYS], "bool");
  const given = { query: input("query", [1, 1]), key: value, value, score: () => scores };
  /** Noise that makes a choice certain, whatever the scores. */
  const forcing = (k: number) =>
    double(
      Array.from({ length: KEYS }, (_, i) => (i === k ? 1 - 2 ** -24 : 0)),
      [1, KEYS],
    );
  const feeds = { scores: double([0.4, -0.7, 0.2], [1, KEYS]), value: double([2, -1, 5], [KEYS, 1]) };

  test.each([
    ["every key", [1, 1, 1], 0],
    ["every key", [1, 1, 1], 1.7],
    ["every key", [1, 1, 1], -30],
    ["two keys", [1, 0, 1], 1.7],
  ])("with %s of mask %j and baseline %d, the mean policy gradient is the exact one", (_, allowed, baseline) => {
    const { output, logProbability, probabilities } = sampledAttention({ ...given, mask, noise });
    // The reward is what is read: a number of the drawn key.
    const reward = output.squeeze(-1);
    const [estimate] = gradient(reinforce({ logProbability, reward, baseline }).sum(), [scores]) as [Tensor];
    const [exact] = gradient(probabilities.matmul(value).sum().neg(), [scores]) as [Tensor];
    const all = { ...feeds, mask: array(allowed, [1, KEYS], "bool") };
    const found = evaluate({ exact, probabilities }, { ...all, noise: forcing(0) });
    const mean = new Array<number>(KEYS).fill(0);
    for (const [k, p] of numbers(found.probabilities as NdArray).entries()) {
      if (allowed[k] === 0) continue;
      const drawn = evaluate({ estimate, output }, { ...all, noise: forcing(k) });
      expect(numbers(drawn.output as NdArray)).toEqual([numbers(feeds.value)[k]]);
      for (const [i, slope] of numbers(drawn.estimate as NdArray).entries()) mean[i] = (mean[i] as number) + p * slope;
    }
    expectClose(double(mean, [1, KEYS]), found.exact as NdArray, "float64");
    expect(mean.some((slope) => Math.abs(slope) > 0.1)).toBe(true);
  });

  test("log-probability is that of the drawn key, and entropy that of the distribution", () => {
    const { logProbability, entropy, weights } = sampledAttention({ ...given, noise });
    const total = [0.4, -0.7, 0.2].reduce((sum, z) => sum + Math.exp(z), 0);
    const probabilities = [0.4, -0.7, 0.2].map((z) => Math.exp(z) / total);
    for (const [k, p] of probabilities.entries()) {
      const found = evaluate({ logProbability, entropy, weights }, { ...feeds, noise: forcing(k) });
      expect(numbers(found.weights as NdArray)).toEqual(probabilities.map((_, i) => Number(i === k)));
      expectClose(found.logProbability, double([Math.log(p)], [1]), "float64");
      const expected = -probabilities.reduce((sum, q) => sum + q * Math.log(q), 0);
      expectClose(found.entropy, double([expected], [1]), "float64");
    }
  });

  test("where every key is forbidden all is 0, and gradients are finite, in float32, too", async () => {
    const drawn = sampledAttention({ ...given, mask, noise });
    const { output, weights, probabilities, logProbability, entropy } = drawn;
    const reward = output.squeeze(-1).sub(3);
    const loss = reinforce({ logProbability, reward }).sum().sub(entropy.sum()).add(output.sum());
    const [toScores, toValues] = gradient(loss, [scores, value]) as [Tensor, Tensor];
    const outputs = { output, weights, probabilities, logProbability, entropy, toScores, toValues };
    const closed = { ...feeds, noise: forcing(1), mask: array([0, 0, 0], [1, KEYS], "bool") };
    for (const found of [evaluate(outputs, closed), await onOnnxRuntime(outputs, closed)]) {
      for (const [name, values] of Object.entries(found)) {
        expect(
          numbers(values).every((x) => x === 0),
          name,
        ).toBe(true);
      }
    }
  });

  test("scores of 1e12 leave everything finite", async () => {
    const { output, logProbability, entropy } = sampledAttention({ ...given, mask, noise });
    const [slope] = gradient(reinforce({ logProbability, reward: output.squeeze(-1) }).sum(), [scores]) as [Tensor];
    const far = {
      value: feeds.value,
      noise: forcing(1),
      scores: double([1e12, -1e12, 1e12], [1, KEYS]),
      mask: array([1, 1, 0], [1, KEYS], "bool"),
    };
    const outputs = { output, logProbability, entropy, slope };
    for (const found of [evaluate(outputs, far), await onOnnxRuntime(outputs, far)]) {
      const values = Object.values(found).flatMap(numbers);
      expect(values.map((x) => x + 0)).toEqual([2, 0, 0, 0, 0, 0]);
    }
  });
});

describe("reinforce", () => {
  test("no gradient reaches reward or baseline", () => {
    const leaves = ["logProbability", "reward", "baseline"].map((name) => input(name, [2]));
    const [logProbability, reward, baseline] = leaves as [Tensor, Tensor, Tensor];
    const slopes = gradient(reinforce({ logProbability, reward, baseline }).sum(), leaves);
    const found = evaluate(
      { policy: slopes[0] as Tensor, reward: slopes[1] as Tensor, baseline: slopes[2] as Tensor },
      { logProbability: array([-1, -2]), reward: array([3, 5]), baseline: array([1, 1]) },
    );
    expect(Object.values(found).map(numbers)).toEqual([
      [-2, -4],
      [0, 0],
      [0, 0],
    ]);
  });

  test("rewards of another length are refused", () => {
    const attempt = () =>
      reinforce({ logProbability: input("logProbability", [2, 5]), reward: input("reward", [2, 7]) });
    expect(attempt).toThrow(
      new ShapeError(
        "reinforce: expected reward [... queryLen] to have queryLen=5, as in logProbability, but found shape [2,7]",
      ),
    );
  });
});

test("the example of sampled attention reads the baseline that earlier steps left, and moves it", () => {
  const { build, loss } = SAMPLED.example;
  const model = build({ dim: 3, valueDim: 3, queryLen: 2, keyLen: 5 });
  const x = input("x", [2, 2, 3]);
  const losses = input("losses", [2, 2]);
  const step = () => {
    const answer = model.forward({ query: x, key: x, value: x });
    return { answer, own: loss?.({ model, answer, losses, where: input("where", [2, 2], "int32") }) as Tensor };
  };
  const { result, updates } = traceGraph({ training: true }, step);
  const [[name, buffer]] = [...model.buffers()] as [[string, Buffer]];
  expect(name).toBe("baseline.value");
  expect(result.own.shape).toEqual([2]);
  const logProbability = input("logProbability", [2, 2]);
  const before = input("before", []);
  const { logProbability: drawn } = result.answer as unknown as { logProbability: Tensor };
  const outputs = { own: result.own, after: updates.get(buffer) as Tensor };
  const found = evaluate(substitute(outputs, new Map([[buffer, before] as const, [drawn, logProbability] as const])), {
    before: double([-3], []),
    losses: double([1, 2, 3, 6], [2, 2]),
    logProbability: double([-1, -0.5, -2, -4], [2, 2]),
  });
  expectClose(found.own, double([1 * 2 + 0.5 * 1, 2 * 0 + 4 * -3], [2]), "rounded");
  expectClose(found.after, double([-3], []), "rounded"); // the mean reward is −3, too
});

describe("MovingBaseline", () => {
  test("a step reads what earlier steps left, and moves a tenth of the way to its mean reward", () => {
    const baseline = new MovingBaseline({ start: 2 });
    const reward = input("reward", [2, 2]);
    const traced = traceGraph({ training: true }, () => baseline.forward(reward));
    expect(traced.result).toBe(baseline.value);
    const next = traced.updates.get(baseline.value) as Tensor;
    const before = input("before", []);
    const { after } = evaluate(substitute({ after: next }, new Map([[baseline.value, before]])), {
      before: double([2], []),
      reward: double([9, 15, 11, 13], [2, 2]),
    });
    expectClose(after, double([3], []), "rounded");
    expect([...baseline.buffers().keys()]).toEqual(["value"]);
    expect(traceGraph({ training: false }, () => baseline.forward(reward)).updates.size).toBe(0);
  });

  test("a decay out of range is refused", () => {
    expect(() => new MovingBaseline({ decay: 1 })).toThrow(
      new RangeError("MovingBaseline: expected decay to be at least 0 and below 1 but found 1"),
    );
  });
});
