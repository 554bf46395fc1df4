import type { GraphToRun } from "../runtime/backend.ts";
import { formatShape, isUnknown, type Shape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { sortNodes, transform } from "../tensor/graph.ts";
import { allocate, type NdArray, product, strides } from "../tensor/nd-array.ts";
import { apply, input, type Node, type Tensor, where } from "../tensor/tensor.ts";
import { requireOnce, requirePlace } from "./places.ts";

/** Which attention weights are to be changed: an output of the graph, and what its axes are, as `batch queryLen keyLen`. */
export interface ChangedOutput {
  readonly name: string;
  readonly axes: readonly string[];
}

/** Other weights for a run. */
export interface WeightChange {
  /** Keys that are not read where the weights are the model's own. */
  readonly masked?: readonly number[];
  /** Weights of some queries, of all heads and examples: as many finite numbers as there are keys. */
  readonly forced?: readonly { readonly step: number; readonly weights: ArrayLike<number> }[];
}

/** A graph with three inputs more, which change its attention weights as it runs. */
export interface WhatIfGraph extends GraphToRun {
  /**
   * What the further inputs are fed.
   *
   * @param shape the weights' shape in this run
   * @throws ShapeError for a shape that these weights cannot have; RangeError for keys and queries that are not there, for a query
   *   that is forced twice, and for other numbers than one for each key
   */
  feeds(change: WeightChange, shape: readonly number[]): Record<string, NdArray>;
}

/** Weights of some queries: the tensor that the graph computes with, and how the output is made of it. */
interface Part {
  readonly root: Tensor;
  /** Operators that lead from the root to its part of the output, none of which changes a number. */
  readonly chain: readonly Node[];
  /** Where it lies in the output; nothing where it is all of it. */
  readonly place?: { readonly axis: number; readonly start: number; readonly end: number };
}

/**
 * The same graph with attention weights that a run may change, each as soon as it is computed, so that everything after it
 * follows from the changed ones:
 *
 *     weights = forced                            for the queries that are forced
 *               own · keep / Σ own · keep         for the others: a softmax without the masked keys
 *
 * Where nothing is masked, a query's own weights stay as they are, to the bit; where nothing is left of them, they are all 0. Forced weights
 * are used as they are given, those of masked keys too.
 *
 * @throws ModelError where the weights are those of a scan, whose steps cannot be reached from outside, or where nothing but
 *   themselves is computed from them
 */
export function whatIfGraph({ inputs, outputs }: GraphToRun, changed: ChangedOutput): WhatIfGraph {
  const { name } = changed;
  const weights = Object.hasOwn(outputs, name) ? outputs[name] : undefined;
  if (!weights) throw new ModelError(`what-if: expected an output named ${name} but found ${Object.keys(outputs)}`);
  const axes = axesOf(weights, changed);
  const parts = partsOf(weights, axes);
  checkParts(parts, name, outputs);
  const taken = new Set(inputs.map(({ node }) => node.attributes.name as string).concat(Object.keys(outputs)));
  const free = (wanted: string): string => (taken.has(wanted) ? free(`${wanted}_`) : wanted);
  const names = { keep: free("keep"), forced: free("forced"), isForced: free("isForced") };
  const added = {
    keep: input(
      names.keep,
      [axes.batch, axes.key].flatMap((axis) => weights.shape[axis] ?? []),
    ),
    forced: input(names.forced, weights.shape),
    isForced: input(names.isForced, weights.shape.toSpliced(axes.key, 1), "bool"),
  };
  const stretched = weights.shape.flatMap((_, axis) => (axis === axes.batch || axis === axes.key ? [] : [axis]));
  const all = {
    keep: stretched.length > 0 ? added.keep.unsqueeze(stretched) : added.keep,
    forced: added.forced,
    isForced: added.isForced.unsqueeze(axes.key),
  };
  const changes = parts.map((part): [Tensor, (root: Tensor) => Tensor] => {
    const at = (tensor: Tensor) => (part.place ? tensor.slice(part.place) : tensor);
    const change = (own: Tensor) =>
      where(at(all.isForced), at(all.forced).cast(own.dtype), renormalized(own, all.keep, axes.key));
    return [part.root, (root) => backward(part, change(forward(part, root)))];
  });
  return {
    inputs: [...inputs, ...Object.values(added)],
    outputs: transform(outputs, new Map(changes)),
    feeds: (change, shape) => {
      checkShape(changed, weights.shape, shape);
      checkChange(change, { keys: shape[axes.key] as number, queries: shape[axes.query] ?? 1 });
      return feedsOf(change, { names, axes, shape });
    },
  };
}

interface Axes {
  /** −1 where there is none. */
  readonly batch: number;
  readonly query: number;
  readonly key: number;
}

function axesOf({ rank }: Tensor, { name, axes }: ChangedOutput): Axes {
  const [batch, query, key] = ["batch", "queryLen", "keyLen"].map((axis) => axes.indexOf(axis)) as [
    number,
    number,
    number,
  ];
  if (axes.length === rank && key > batch) return { batch, query, key };
  throw new ModelError(
    `what-if: expected ${name} to have ${rank} axes, keyLen after batch, but found "${axes.join(" ")}"`,
  );
}

function partsOf(weights: Tensor, axes: Axes): Part[] {
  const whole = descend(weights, INVERSES);
  const { root, chain } = descend(weights, { Transpose: INVERSES.Transpose as Inverse, Identity: same });
  if (root.node.operator !== "Concat") return [whole];
  let axis = root.node.attributes.axis as number;
  if (axis < 0) axis += root.rank;
  const concatAxis = axis;
  for (const node of chain) if (node.operator === "Transpose") axis = permutationOf(node).indexOf(axis);
  const pieces = root.node.inputs as readonly Tensor[];
  const sizes = pieces.map((piece) => piece.shape[concatAxis]);
  if (axis === axes.key || axis === axes.batch || sizes.some((size) => typeof size !== "number")) return [whole];
  let start = 0;
  return pieces.map((piece, i) => {
    const from = descend(piece, INVERSES);
    const place = { axis, start, end: start + (sizes[i] as number) };
    start = place.end;
    return { root: from.root, chain: [...from.chain, ...chain], place };
  });
}

function checkParts(parts: readonly Part[], name: string, outputs: GraphToRun["outputs"]): void {
  const roots = new Set(parts.map(({ root }) => root));
  if (roots.size < parts.length) {
    throw new ModelError(`what-if: expected each step of ${name} to be computed by itself but found some that are one`);
  }
  for (const { node } of roots) {
    if (!node.attributes.body) continue;
    throw new ModelError(
      `what-if: expected the steps of ${name} one by one but found a ${node.operator}; export the model with its steps written out`,
    );
  }
  const others = Object.entries(outputs).flatMap(([other, tensor]) => (other === name ? [] : [tensor]));
  const nodes = new Set(sortNodes(others));
  if (parts.some(({ root }) => nodes.has(root.node))) return;
  throw new ModelError(`what-if: expected something to be computed from ${name} but found that it is only shown`);
}

/** Undoes a node that changes no number: what its input would be for another output; undefined where that cannot be told. */
type Inverse = (node: Node) => ((output: Tensor) => Tensor) | undefined;

const same: Inverse = () => (output) => output;

const INVERSES: Readonly<Record<string, Inverse>> = {
  Identity: same,
  Transpose: (node) => {
    const permutation = permutationOf(node);
    return (output) => output.transpose(permutation.map((_, axis) => permutation.indexOf(axis)));
  },
  Unsqueeze: (node) => (output) => apply("Squeeze", [output, node.inputs[1]])[0] as Tensor,
  Squeeze: (node) =>
    node.inputs[1] ? (output) => apply("Unsqueeze", [output, node.inputs[1]])[0] as Tensor : undefined,
  Reshape: ({ inputs: [before] }) => {
    const { shape } = before as Tensor;
    return shape.some(isUnknown) ? undefined : (output) => output.reshape(shape);
  },
};

function permutationOf({ attributes, inputs }: Node): readonly number[] {
  const axes = (inputs[0] as Tensor).shape.map((_, axis) => axis);
  return (attributes.perm as readonly number[] | undefined) ?? axes.reverse();
}

/** Goes back from a tensor through operators that can be undone. */
function descend(tensor: Tensor, through: Readonly<Record<string, Inverse>>): Pick<Part, "root" | "chain"> {
  const chain: Node[] = [];
  let root = tensor;
  while (Object.hasOwn(through, root.node.operator) && through[root.node.operator]?.(root.node)) {
    chain.unshift(root.node);
    root = root.node.inputs[0] as Tensor;
  }
  return { root, chain };
}

function forward({ chain }: Part, root: Tensor): Tensor {
  return chain.reduce((tensor, { operator, inputs, attributes }) => {
    return apply(operator, [tensor, ...inputs.slice(1)], attributes)[0] as Tensor;
  }, root);
}

function backward({ chain }: Part, changed: Tensor): Tensor {
  return chain.reduceRight((tensor, node) => INVERSES[node.operator]?.(node)?.(tensor) as Tensor, changed);
}

/** The weights of the keys that are kept, over their sum; divided by 1 where that is all of them. */
function renormalized(own: Tensor, keep: Tensor, keyAxis: number): Tensor {
  const kept = own.mul(keep.cast(own.dtype));
  const sum = kept.sum({ axes: keyAxis, keepDims: true });
  const isMasked = keep.min({ axes: keyAxis, keepDims: true }).less(1);
  return kept.div(where(isMasked.and(sum.greater(0)), sum, 1));
}

function checkShape({ name }: ChangedOutput, known: Shape, shape: readonly number[]): void {
  const isFit = known.every((dim, axis) => typeof dim === "string" || dim === shape[axis]);
  if (isFit && known.length === shape.length) return;
  throw new ShapeError(
    `what-if: expected ${name} to be of shape ${formatShape(known)} but found ${formatShape(shape)}`,
  );
}

function checkChange(
  { masked = [], forced = [] }: WeightChange,
  { keys, queries }: { keys: number; queries: number },
): void {
  for (const key of masked) requirePlace("what-if", "masked keys", { found: key, count: keys });
  for (const { step, weights } of forced) {
    requirePlace("what-if", "forced steps", { found: step, count: queries });
    if (weights.length !== keys) {
      throw new RangeError(
        `what-if: expected ${keys} weights for step ${step}, one a key, but found ${weights.length}`,
      );
    }
    const bad = Array.from(weights).find((weight) => !Number.isFinite(weight));
    if (bad !== undefined) {
      throw new RangeError(`what-if: expected finite weights for step ${step} but found ${bad}`);
    }
  }
  requireOnce("what-if", "forced", forced);
}

function feedsOf(
  { masked = [], forced = [] }: WeightChange,
  {
    names,
    axes,
    shape,
  }: { names: Record<"keep" | "forced" | "isForced", string>; axes: Axes; shape: readonly number[] },
): Record<string, NdArray> {
  const keys = shape[axes.key] as number;
  const keepShape = [axes.batch, axes.key].flatMap((axis) => shape[axis] ?? []);
  const keep = new Float32Array(product(keepShape)).fill(1);
  for (let row = 0; row < keep.length; row += keys) for (const key of masked) keep[row + key] = 0;
  const weights = new Float32Array(product(shape));
  const byStep = new Map(forced.map((change) => [change.step, change.weights]));
  const rowShape = shape.toSpliced(axes.key, 1);
  const isForced = allocate("bool", product(rowShape)) as Uint8Array;
  const [steps, rowSteps] = [strides(shape), strides(rowShape)];
  const queryAt = axes.query > axes.key ? axes.query - 1 : axes.query;
  for (let row = 0; row < isForced.length; row++) {
    const places = rowSteps.map((step, axis) => Math.floor(row / step) % (rowShape[axis] as number));
    const own = byStep.get(axes.query < 0 ? 0 : (places[queryAt] as number));
    if (!own) continue;
    isForced[row] = 1;
    const start = places
      .toSpliced(axes.key, 0, 0)
      .reduce((sum, place, axis) => sum + place * (steps[axis] as number), 0);
    for (let key = 0; key < keys; key++) weights[start + key * (steps[axes.key] as number)] = own[key] as number;
  }
  return {
    [names.keep]: { data: keep, shape: keepShape, dtype: "float32" },
    [names.forced]: { data: weights, shape, dtype: "float32" },
    [names.isForced]: { data: isForced, shape: rowShape, dtype: "bool" },
  };
}
