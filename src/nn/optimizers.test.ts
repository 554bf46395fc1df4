import { describe, expect, test } from "vitest";
import { readGolden } from "../../test/support/golden.ts";
import { type Arrays, onOnnxRuntime, onReference } from "../../test/support/runtimes.ts";
import type { Outputs } from "../tensor/graph.ts";
import { array, type NdArray, numbers } from "../tensor/nd-array.ts";
import { input } from "../tensor/tensor.ts";
import { expectClose } from "../tensor/tolerances.fixture.ts";
import { FlatParameters } from "./flat.ts";
import { Module, Parameter } from "./module.ts";
import { adam, adamW, averaged, type Optimizer, sgd } from "./optimizers.ts";

/** Parameters of any shapes and options. */
class Bag extends Module {
  readonly all: Readonly<Record<string, Parameter>>;

  constructor(all: Readonly<Record<string, Parameter>>) {
    super();
    this.all = all;
  }
}

const initializer = () => {};
const parameter = (shape: readonly number[], rest: object = {}) => new Parameter(shape, { initializer, ...rest });

/** A step as a graph: `next.` parameters and slots from inputs of those names. */
function stepGraph({ optimizer, flat }: { optimizer: Optimizer; flat: FlatParameters }): Outputs {
  const vector = (name: string) => input(name, [flat.size]);
  const { parameters, slots } = optimizer.update({
    parameters: vector("parameters"),
    gradient: vector("gradient"),
    slots: Object.fromEntries(optimizer.slots.map((name) => [name, vector(name)])),
    segments: flat.segments,
  });
  const next = Object.entries({ parameters, ...slots }).map(([name, tensor]) => [`next.${name}`, tensor]);
  return Object.fromEntries(next);
}

/** Steps of an optimiser on a back end, from parameters and the gradients of each step: the parameters after each. */
async function steps(
  subject: { optimizer: Optimizer; flat: FlatParameters },
  start: NdArray,
  gradients: readonly NdArray[],
  run: (outputs: Outputs, feeds: Arrays) => Arrays | Promise<Arrays> = onReference,
): Promise<NdArray[]> {
  const { optimizer, flat } = subject;
  const graph = stepGraph(subject);
  const zero = array(new Array(flat.size).fill(0), undefined, "float64");
  let state: Arrays = { parameters: start, ...Object.fromEntries(optimizer.slots.map((name) => [name, zero])) };
  const after: NdArray[] = [];
  for (const [step, gradient] of gradients.entries()) {
    const scalars = Object.entries(optimizer.scalars(step)).map(
      ([name, x]) => [name, array(x, [], "float64")] as const,
    );
    const next = await run(graph, { ...state, ...Object.fromEntries(scalars), gradient });
    state = Object.fromEntries(Object.keys(state).map((name) => [name, next[`next.${name}`] as NdArray]));
    after.push(state.parameters as NdArray);
  }
  return after;
}

describe("Adam and AdamW with clipping agree with PyTorch", () => {
  const golden = readGolden("adam");
  // PyTorch decays vectors too.
  const bag = new Bag({ matrix: parameter([3, 5]), vector: parameter([7], { decay: true }) });
  const flat = new FlatParameters(bag);
  const join = (values: ReadonlyMap<string, NdArray>, prefix: string) =>
    array(
      ["matrix", "vector"].flatMap((name) => numbers(values.get(prefix + name) as NdArray)),
      undefined,
      "float64",
    );
  const options = { learningRate: 0.005, clipNorm: 0.5 };
  const cases = [
    { label: "adam", optimizer: adam(options) },
    { label: "adamw", optimizer: adamW({ ...options, weightDecay: 0.01 }) },
  ];
  const gradients = [0, 1, 2].map((step) => join(golden.inputs, `gradient.${step}.`));

  test.each(cases)("$label", async ({ label, optimizer }) => {
    const start = join(golden.weights, "");
    const exact = await steps({ optimizer, flat }, start, gradients);
    const rough = await steps({ optimizer, flat }, start, gradients, onOnnxRuntime);
    for (const step of [0, 1, 2]) {
      const expected = join(golden.outputs, `${label}.${step}.`);
      expectClose(exact[step], expected, "rounded", `step ${step}`);
      expectClose(rough[step], expected, "float32", `step ${step}`);
    }
  });
});

describe("closed forms", () => {
  const one = (rest: object = {}) => new FlatParameters(new Bag({ x: parameter([1], rest) }));
  const column = (...values: number[]) => values.map((value) => array([value], undefined, "float64"));
  const last = (values: readonly NdArray[]) => numbers(values.at(-1) as NdArray)[0] as number;

  test("plain descent on x²/2 shrinks x by 1 − η at each step", async () => {
    const flat = one();
    const optimizer = sgd({ learningRate: 0.25 });
    let x = 3;
    for (let step = 0; step < 4; step++) x = last(await steps({ optimizer, flat }, array([x]), column(x)));
    expect(x).toBeCloseTo(3 * 0.75 ** 4, 12);
  });

  test("momentum under a constant gradient adds up a geometric series", async () => {
    const after = await steps(
      { optimizer: sgd({ learningRate: 0.5, momentum: 0.5 }), flat: one() },
      array([0]),
      column(1, 1, 1),
    );
    expect(after.map((value) => numbers(value)[0])).toEqual([-0.5, -1.25, -2.125]);
  });

  test("Adam's first step is the rate against the gradient's sign, whatever its size", async () => {
    for (const gradient of [1e-3, -40]) {
      const after = await steps({ optimizer: adam({ learningRate: 0.01 }), flat: one() }, array([1]), column(gradient));
      expect(last(after)).toBeCloseTo(1 - 0.01 * Math.sign(gradient), 6);
    }
  });

  test("a schedule sets the rate of each step", async () => {
    const optimizer = sgd({ learningRate: (step) => [1, 0.1][step] as number });
    const after = await steps({ optimizer, flat: one() }, array([0]), column(1, 1));
    expect(last(after)).toBeCloseTo(-1.1, 6);
  });

  test("clipping scales a long gradient down to the norm and leaves a short one", async () => {
    const flat = new FlatParameters(new Bag({ a: parameter([1]), b: parameter([1, 1]) }));
    const optimizer = sgd({ learningRate: 1, clipNorm: 1 });
    const [long, short] = [array([3, 4], undefined, "float64"), array([0.3, 0.4], undefined, "float64")];
    const zero = array([0, 0]);
    const [clipped, left] = [
      await steps({ optimizer, flat }, zero, [long]),
      await steps({ optimizer, flat }, zero, [short]),
    ];
    expectClose(clipped[0], array([-0.6, -0.8], undefined, "float64"), "rounded");
    expectClose(left[0], array([-0.3, -0.4], undefined, "float64"), "rounded");
  });

  test("a group's rate multiplies the step, and decay leaves vectors alone", async () => {
    const flat = new FlatParameters(
      new Bag({ matrix: parameter([1, 1]), vector: parameter([1]), slow: parameter([1, 1], { rate: 0.5 }) }),
    );
    expect(flat.segments).toEqual([
      { size: 1, rate: 1, decay: true },
      { size: 1, rate: 1, decay: false },
      { size: 1, rate: 0.5, decay: true },
    ]);
    const optimizer = adamW({ learningRate: 0.1, weightDecay: 0.5 });
    const [after] = await steps({ optimizer, flat }, array([1, 1, 1]), [array([1, 1, 1], undefined, "float64")]);
    // Each: 1 − rate · η (the Adam step) − rate · η λ (the decay, of matrices).
    expectClose(after, array([1 - 0.1 - 0.05, 1 - 0.1, 1 - 0.05 - 0.025], undefined, "float64"), "rounded");
  });
});

describe("options out of range are refused", () => {
  const rate = { learningRate: 0.1 };
  test.each<[() => Optimizer, string]>([
    [
      () => adam({} as { learningRate: number }),
      "adam: expected learningRate to be finite and at least 0, or a schedule, but found undefined",
    ],
    [
      () => sgd({ learningRate: -1 }),
      "sgd: expected learningRate to be finite and at least 0, or a schedule, but found -1",
    ],
    [
      () => adamW({ learningRate: Number.NaN }),
      "adamW: expected learningRate to be finite and at least 0, or a schedule, but found NaN",
    ],
    [() => sgd({ ...rate, clipNorm: 0 }), "sgd: expected clipNorm to be finite and above 0 but found 0"],
    [() => adam({ ...rate, clipNorm: -1 }), "adam: expected clipNorm to be finite and above 0 but found -1"],
    [() => sgd({ ...rate, momentum: 1 }), "sgd: expected momentum to be at least 0 and below 1 but found 1"],
    [() => adam({ ...rate, beta1: 1 }), "adam: expected beta1 to be at least 0 and below 1 but found 1"],
    [() => adam({ ...rate, beta2: -0.1 }), "adam: expected beta2 to be at least 0 and below 1 but found -0.1"],
    [() => adam({ ...rate, epsilon: 0 }), "adam: expected epsilon to be finite and above 0 but found 0"],
    [() => adamW({ ...rate, weightDecay: -1 }), "adamW: expected weightDecay to be finite and at least 0 but found -1"],
    [() => averaged(sgd(rate), { decay: 1 }), "averaged: expected decay to be at least 0 and below 1 but found 1"],
    [
      () => averaged(sgd(rate), { decay: 0.9, from: -1 }),
      "averaged: expected from to be finite and at least 0 but found -1",
    ],
  ])("%s", (build, message) => {
    expect(build).toThrow(new RangeError(message));
  });

  test("a rate of 0 and a schedule are taken", () => {
    expect(sgd({ learningRate: 0 }).scalars(3)).toEqual({ learningRate: 0 });
    expect(sgd({ learningRate: (step) => step }).scalars(3)).toEqual({ learningRate: 3 });
  });
});
