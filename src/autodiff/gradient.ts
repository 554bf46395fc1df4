import { type Shape, sameShape } from "../tensor/dim.ts";
import { ModelError, ShapeError } from "../tensor/errors.ts";
import { sortNodes } from "../tensor/graph.ts";
import { FLOATS } from "../tensor/operators/operator.ts";
import { knownIntegers } from "../tensor/symbolic-shape.ts";
import { applyOne, concat, constant, type Node, type Tensor, zeros } from "../tensor/tensor.ts";
import { FLAT, GRADIENTS } from "./rules/index.ts";

/** A weight's gradient from one use of it: `Aᵀ B`, of matrices or of as many stacks of matrices. */
export function isOuterProduct({ node, shape }: Tensor): boolean {
  const { operator, inputs, attributes } = node;
  if (!(operator === "Gemm" && !inputs[2]) && operator !== "FusedMatMul") return false;
  const plain = attributes.transA === 1 && attributes.transB === 0 && attributes.alpha === 1;
  const stacked = attributes.transBatchA || attributes.transBatchB;
  // A stack that stretches cannot be joined with one that does not.
  const alike = (side?: Tensor) => side && sameShape(side.shape.slice(0, -2), shape.slice(0, -2));
  return Boolean(plain && !stacked && alike(inputs[0]) && alike(inputs[1]));
}

/** A bias's gradient from one use of it: the sum of a matrix's rows. */
export function isRowSum({ node, rank }: Tensor): boolean {
  const { operator, inputs, attributes } = node;
  if (operator !== "ReduceSum" || inputs[0]?.rank !== 2 || rank !== 1 || attributes.keepdims !== 0) return false;
  const axes = knownIntegers(inputs[1]);
  return axes?.length === 1 && axes[0] === 0;
}

/** Many uses as one: the operands one below the other. */
function merge(parts: readonly Tensor[], join: (side: (index: number) => Tensor) => Tensor): Tensor[] {
  if (parts.length < 2) return [...parts];
  const side = (index: number) =>
    concat(
      parts.map((part) => part.node.inputs[index] as Tensor),
      -2,
    );
  return [join(side)];
}

/**
 * The sum of all gradients that reach a tensor. Uses of one weight at many steps become *one* product:
 * Σ Aₜᵀ Bₜ = [A₁; A₂; …]ᵀ [B₁; B₂; …], which a processor computes far faster than many small ones; so do those of a bias.
 */
function total(parts: readonly Tensor[]): Tensor {
  const products = parts.filter(isOuterProduct);
  const rowSums = parts.filter(isRowSum);
  const operator = products[0]?.node.operator as string;
  const sums = [
    ...parts.filter((part) => !isOuterProduct(part) && !isRowSum(part)),
    ...merge(products, (side) => applyOne(operator, [side(0), side(1)], { transA: 1 })),
    ...merge(rowSums, (side) => side(0).sum({ axes: 0 })),
  ];
  return sums.length > 2 ? applyOne("Sum", sums) : sums.reduce((sum, part) => sum.add(part));
}

/**
 * Reverse-mode differentiation: the gradients of a scalar with respect to tensors, as more graph.
 *
 * @param loss a scalar tensor
 * @param wrt the tensors to differentiate by
 * @returns one tensor each, of its shape; zeros where the loss does not depend on it
 * @throws ShapeError when the loss is not a scalar; ModelError when an operator on the way has no gradient
 */
export function gradient(loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  if (loss.rank !== 0)
    throw new ShapeError(`gradient: expected a scalar loss but found shape [${loss.shape}]; sum() it`);
  const found = pullback([[loss, constant(1, loss.dtype)]], wrt);
  return wrt.map((tensor, i) => found[i] ?? zeros(tensor.shape, tensor.dtype));
}

/** The nodes that outputs need, in order, and the tensors among them through which a gradient flows. */
export function activeNodes(
  outputs: readonly Tensor[],
  wanted: ReadonlySet<Tensor>,
): { order: Node[]; active: Set<Tensor> } {
  const order = sortNodes(outputs);
  const active = new Set<Tensor>(wanted);
  for (const node of order) {
    if (node.attributes.stopGradient || FLAT.has(node.operator)) continue;
    if (node.inputs.some((input) => input && active.has(input))) {
      for (const output of node.outputs) if (FLOATS.has(output.dtype)) active.add(output);
    }
  }
  return { order, active };
}

/**
 * Gradients of outputs, carried back: the vector–Jacobian product.
 *
 * @param seeds outputs, each with the gradient that reaches it
 * @param wrt the tensors to differentiate by
 * @returns one tensor each, of its shape; undefined where no output depends on it
 * @throws ModelError when an operator on the way has no gradient
 */
export function pullback(
  seeds: readonly (readonly [output: Tensor, gradient: Tensor])[],
  wrt: readonly Tensor[],
): (Tensor | undefined)[] {
  const wanted = new Set(wrt);
  const { order, active } = activeNodes(
    seeds.map(([output]) => output),
    wanted,
  );
  const reached = new Map<Tensor, Tensor[]>();
  const reach = (tensor: Tensor, part: Tensor) => {
    const parts = reached.get(tensor);
    if (parts) parts.push(part);
    else reached.set(tensor, [part]);
  };
  for (const [output, part] of seeds) reach(output, part);
  const result = new Map<Tensor, Tensor>();
  for (const node of order.reverse()) {
    if (!node.outputs.some((output) => active.has(output))) continue;
    const gradients = node.outputs.map((output) => {
      const parts = reached.get(output);
      reached.delete(output);
      return parts && total(parts);
    });
    if (gradients.every((part) => part === undefined)) continue;
    for (const [i, output] of node.outputs.entries())
      if (wanted.has(output)) result.set(output, gradients[i] as Tensor);
    if (!node.inputs.some((input) => input && active.has(input))) continue;
    const rule = Object.hasOwn(GRADIENTS, node.operator) ? GRADIENTS[node.operator] : undefined;
    if (!rule) throw new ModelError(`gradient: expected operators with a gradient but found ${node.operator}`);
    for (const [i, part] of rule(node, gradients, { active, wanted }).entries()) {
      const input = node.inputs[i];
      if (!input || !part || !active.has(input)) continue;
      check(node, input.shape, part);
      reach(input, part);
    }
  }
  return wrt.map((tensor) => result.get(tensor));
}

function check(node: Node, shape: Shape, part: Tensor): void {
  if (!sameShape(part.shape, shape)) {
    throw new ModelError(`gradient of ${node.operator}: expected shape [${shape}] but found [${part.shape}]`);
  }
}

/** The same values, through which no gradient flows. */
export function stopGradient(tensor: Tensor): Tensor {
  return applyOne("Identity", [tensor], { stopGradient: 1 });
}

/**
 * Values of one tensor with the gradient of another: forward `value`, backward as if it were `surrogate` (the straight-through
 * estimator, Bengio et al. 2013, section 4, with `surrogate` the soft choice and `value` the hard one).
 */
export function withGradientOf(value: Tensor, surrogate: Tensor): Tensor {
  return surrogate.add(stopGradient(value.sub(surrogate)));
}

/**
 * A value with a gradient of its own: forward `value`, which was computed from `inputs`; backward what `pullback` makes of them.
 * For results whose slope has a shorter form than the chain of their parts. Where a gradient by one of these parts is wanted, it
 * takes the long way.
 *
 * @param from.inputs the tensors that have a gradient
 * @param from.given what else the pullback reads: parts of the value that are there already
 * @param pullback from inputs, given, output and the gradient of the output, the gradient of each input, undefined where it has
 *   none; it may read only what it is given
 */
export function withPullback(
  value: Tensor,
  from: { readonly inputs: readonly Tensor[]; readonly given?: readonly Tensor[] },
  pullback: (parts: {
    readonly inputs: readonly Tensor[];
    readonly given: readonly Tensor[];
    readonly output: Tensor;
    readonly gradient: Tensor;
  }) => readonly (Tensor | undefined)[],
): Tensor {
  const count = from.inputs.length;
  return applyOne("Identity", [value, ...from.inputs, ...(from.given ?? [])], {
    ofPullback: count,
    pullback: (node, gradient) => {
      const own = node.inputs.slice(1) as readonly Tensor[];
      const [inputs, given] = [own.slice(0, count), own.slice(count)];
      return pullback({ inputs, given, output: node.outputs[0] as Tensor, gradient });
    },
  });
}
